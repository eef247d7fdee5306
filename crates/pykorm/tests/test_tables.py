"""Tables: columns for pyarrow, pandas and polars, built by the engine."""

from __future__ import annotations

import asyncio
import datetime
import enum
import subprocess
import sys
from typing import Optional

import pykorm
import pytest
from conftest import group
from pykorm import fields, models
from pykorm.exceptions import DecodeError, FieldError, MissingDependency

pa = pytest.importorskip("pyarrow")
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")

GROUP = group("tables")
UTC = datetime.timezone.utc
NOON = datetime.datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(models.Nested):
    country: str = fields.DataField("country")
    height: Optional[int] = fields.DataField(["position", "height"], default=7)


class Shouted(fields.Spec):
    @staticmethod
    def postprocessor(x: str) -> str:
        return x.upper()


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    price: int = fields.Spec("price", default=1)
    weight: float | None = fields.Spec("weight")
    sweet: bool = fields.Spec("sweet")
    variety: str = fields.Spec("variety")
    size: Size = fields.Spec("size")
    picked: datetime.datetime = fields.Spec("picked")
    tags: list[str] = fields.Spec("tags")
    counts: dict[str, int] = fields.Spec("counts")
    free: dict = fields.Spec("free")
    untyped = fields.Spec("untyped")
    origin: Origin = fields.DictNestedField(Origin, path=["spec", "origin"])
    origins: list[Origin] = fields.ListField(Origin, path=["spec", "origins"])
    loud: str = Shouted("loud")
    orchard: str = fields.Label("orchard")

    @property
    def total(self) -> float:
        return self.price * (self.weight or 0.0)

    @property
    def untold(self):
        return [self.variety]


FULL = {
    "price": 3,
    "weight": 1.5,
    "sweet": True,
    "variety": "Frost",
    "size": "big",
    "picked": "2026-07-01T14:00:00.25+02:00",
    "tags": ["a", None, "b"],
    "counts": {"x": 1, "y": 2},
    "free": {"k": [1]},
    "untyped": 5,
    "origin": {"country": "CH", "position": {"height": 900}},
    "origins": [{"country": "IT"}, {"country": "FR", "position": {"height": 1}}],
    "loud": "hey",
}

# The same kind without types, so that a server takes anything.
_FIELDS = {name: fields.Spec(name) for name in FULL}
Anything = pykorm.k8s_custom_object(GROUP, "v1", "peaches")(
    type("Peach", (pykorm.NamespacedModel,), {**_FIELDS, "orchard": fields.Label("orchard")})
)


@pykorm.k8s_custom_object(GROUP, "v1", "plums")
class Plum(pykorm.NamespacedModel):
    """Its attributes have no types."""

    text = fields.Spec("text")
    whole = fields.Spec("whole")
    number = fields.Spec("number")
    flag = fields.Spec("flag")
    mixed = fields.Spec("mixed")


KINDS = (Anything, Plum)


def put(cluster: pykorm.Cluster, orchard: str, **specs: dict[str, object]) -> None:
    for name, spec in specs.items():
        made = Anything(namespace="default", name=f"{orchard}-{name}", orchard=orchard, **spec)
        pykorm.Pykorm(cluster).save(made)


@pytest.fixture(scope="module")
def stocked(installed):
    """Two objects that fit, and one that does not."""
    put(installed, "good", a=FULL, b={})
    put(installed, "bad", a={"price": 1}, b={"price": "much", "origin": {"position": {"height": True}}})
    return installed


@pytest.fixture
def good(stocked):
    return Peach.query.using(stocked).filter(orchard="good")


@pytest.fixture
def bad(stocked):
    return Peach.query.using(stocked).filter(orchard="bad")


TIME = pa.timestamp("us", tz="UTC")
ORIGIN = pa.struct([("country", pa.string()), ("height", pa.int64())])
TYPES = {
    "namespace": pa.string(),
    "name": pa.string(),
    "created_at": TIME,
    "price": pa.int64(),
    "weight": pa.float64(),
    "sweet": pa.bool_(),
    "variety": pa.string(),
    "size": pa.string(),
    "picked": TIME,
    "tags": pa.list_(pa.string()),
    "counts": pa.map_(pa.string(), pa.int64()),
    "free": pa.string(),
    "untyped": pa.int64(),
    "origin": ORIGIN,
    "origins": pa.list_(ORIGIN),
    "loud": pa.string(),
    "orchard": pa.string(),
}


def test_every_field_is_a_column_of_its_type(good):
    table = good.to_arrow()
    table.validate(full=True)
    assert {field.name: field.type for field in table.schema if field.name != "counts"} == {
        name: kind for name, kind in TYPES.items() if name != "counts"
    }
    counts = table.schema.field("counts").type
    assert (counts.key_type, counts.item_type) == (pa.string(), pa.int64())
    assert table.column_names[:2] == ["namespace", "name"]
    assert all(field.nullable for field in table.schema)
    first, second = table.to_pylist()
    assert isinstance(first.pop("created_at"), datetime.datetime)
    assert first == {
        "namespace": "default",
        "name": "good-a",
        "price": 3,
        "weight": 1.5,
        "sweet": True,
        "variety": "Frost",
        "size": "big",
        "picked": NOON,
        "tags": ["a", None, "b"],
        "counts": [("x", 1), ("y", 2)],
        "free": '{"k":[1]}',
        "untyped": 5,
        "origin": {"country": "CH", "height": 900},
        "origins": [{"country": "IT", "height": 7}, {"country": "FR", "height": 1}],
        "loud": "HEY",
        "orchard": "good",
    }
    present = {name: value for name, value in second.items() if value is not None}
    assert isinstance(present.pop("created_at"), datetime.datetime)
    # What attributes of an empty object read.
    assert present == {
        "namespace": "default",
        "name": "good-b",
        "price": 1,
        "origin": {"country": None, "height": 7},
        "origins": [],
        "orchard": "good",
    }


def test_a_table_says_what_attributes_say(good):
    names = ("name", "price", "weight", "sweet", "variety", "tags", "untyped", "loud", "orchard", "total")
    assert good.to_arrow(*names).to_pylist() == good.values(*names)


def test_columns_are_chosen_by_name(good):
    table = good.to_arrow("name", "origin__height", "free__k", "total")
    assert table.column_names == ["name", "origin__height", "free__k", "total"]
    assert table.to_pydict() == {
        "name": ["good-a", "good-b"],
        "origin__height": [900, 7],
        "free__k": ["[1]", None],
        "total": [4.5, 0.0],
    }
    assert table.schema.field("total").type == pa.float64()


def test_a_property_of_no_type_gets_that_of_its_values(good):
    assert good.to_arrow("untold").to_pydict() == {"untold": ['["Frost"]', "[null]"]}


def test_polars_takes_it_without_pyarrow(good, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    frame = good.to_polars("name", "price", "picked", "origin", "tags")
    assert frame.schema == {
        "name": polars.String,
        "price": polars.Int64,
        "picked": polars.Datetime("us", "UTC"),
        "origin": polars.Struct({"country": polars.String, "height": polars.Int64}),
        "tags": polars.List(polars.String),
    }
    assert frame["price"].to_list() == [3, 1]
    assert frame["picked"].to_list() == [NOON, None]
    assert frame["origin"].to_list() == [{"country": "CH", "height": 900}, {"country": None, "height": 7}]


def test_pandas_keeps_whole_numbers_whole(good):
    frame = good.to_pandas("name", "price", "untyped", "picked")
    assert frame["untyped"].dtype == pandas.ArrowDtype(pa.int64())
    assert frame["untyped"][0] == 5
    assert frame["untyped"].isna().tolist() == [False, True]
    assert frame["price"].sum() == 4
    assert frame["picked"][0].to_pydatetime() == NOON


def test_under_asyncio(good):
    async def tables():
        return [await good.ato_arrow("price"), await good.ato_pandas("price"), await good.ato_polars("price")]

    arrow, frame, polar = asyncio.run(tables())
    assert arrow["price"].to_pylist() == frame["price"].tolist() == polar["price"].to_list() == [3, 1]


def test_what_does_not_fit_is_told(bad):
    with pytest.raises(DecodeError) as caught:
        bad.to_arrow("name", "price", "origin")
    assert str(caught.value) == (
        "Peach default/bad-b: the value at spec.price cannot be kept in the column 'price': a whole number of 64 bits "
        "is needed, but there is a string (and 1 more like it); with faults=[] they are null, and listed there"
    )
    faults: list[DecodeError] = []
    table = bad.to_arrow("name", "price", "origin", faults=faults)
    assert table.to_pydict() == {
        "name": ["bad-a", "bad-b"],
        "price": [1, None],
        "origin": [{"country": None, "height": 7}, {"country": None, "height": None}],
    }
    assert [(fault.details["name"], fault.details["path"]) for fault in faults] == [
        ("bad-b", "spec.price"),
        ("bad-b", "spec.origin.position.height"),
    ]
    assert "much" not in str(faults)
    # Other columns do not suffer.
    assert bad.to_arrow("name").to_pydict() == {"name": ["bad-a", "bad-b"]}


def test_what_python_cannot_make_is_told(bad, monkeypatch):
    monkeypatch.setattr(Peach, "total", property(lambda self: 1 / (self.price - 1)))
    Peach._properties = tuple(dict.fromkeys((*Peach._properties, "total")))
    faults: list[DecodeError] = []
    query = bad.filter(name="bad-a")
    assert query.to_arrow("total", faults=faults).to_pydict() == {"total": [None]}
    assert "ZeroDivisionError" in str(faults[0])
    assert "default/bad-a" in str(faults[0])


def test_queries_that_python_finishes(good):
    assert good.order_by("-price").to_arrow("name", "price").to_pydict() == {
        "name": ["good-a", "good-b"],
        "price": [3, 1],
    }
    assert good.filter(total=4.5).to_arrow("name").to_pydict() == {"name": ["good-a"]}
    assert good[1:].to_arrow("name").to_pydict() == {"name": ["good-b"]}
    assert good[:1].to_arrow("name").to_pydict() == {"name": ["good-a"]}


def test_no_objects_are_an_empty_table_of_the_same_types(good):
    table = good.filter(name="nobody").to_arrow()
    assert table.num_rows == 0
    assert table.schema.field("price").type == pa.int64()
    assert table.schema.field("untyped").type == pa.null()


def test_names_that_are_no_columns(good):
    with pytest.raises(FieldError, match="has no attribute 'colour'; it has"):
        good.to_arrow("colour")
    with pytest.raises(FieldError, match="compares"):
        good.to_arrow("price__gt")
    with pytest.raises(FieldError, match="origin has no attribute 'colour'; it has country, height"):
        good.to_arrow("origin__colour")


@pytest.mark.parametrize(
    ("method", "package", "hint"),
    [
        ("to_arrow", "pyarrow", "to_arrow() needs pyarrow: pip install 'pykorm[arrow]'"),
        ("to_pandas", "pandas", "to_pandas() needs pandas and pyarrow: pip install 'pykorm[pandas]'"),
        ("to_pandas", "pyarrow", "to_pandas() needs pandas and pyarrow: pip install 'pykorm[pandas]'"),
        ("to_polars", "polars", "to_polars() needs polars: pip install 'pykorm[polars]'"),
    ],
)
def test_a_package_that_is_missing(stocked, good, monkeypatch, method, package, hint):
    monkeypatch.setitem(sys.modules, package, None)
    with stocked.requests() as sent, pytest.raises(MissingDependency) as caught:
        getattr(good, method)("name")
    assert list(sent) == []
    assert str(caught.value) == hint
    assert isinstance(caught.value, ImportError)


def test_classes_that_know_no_types(installed):
    pk = pykorm.Pykorm(installed)
    pk.save(Plum(namespace="default", name="a", text="x", whole=1, number=1, flag=False, mixed=1))
    pk.save(Plum(namespace="default", name="b", text="y", whole=2, number=1.5, mixed="1"))
    table = pk.query(Plum).order_by("name").to_arrow("text", "whole", "number", "flag", "mixed")
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "bool", "string"]
    assert table.to_pydict() == {
        "text": ["x", "y"],
        "whole": [1, 2],
        "number": [1.0, 1.5],
        "flag": [False, None],
        "mixed": ["1", '"1"'],
    }


def test_many_rows_come_in_batches():
    @pykorm.k8s_custom_object(GROUP, "v1", "figs")
    class Fig(pykorm.NamespacedModel):
        price: int = fields.Spec("price")
        untyped = fields.Spec("untyped")
        loud: str = Shouted("loud")

    from pykorm import _native
    from pykorm._columns import checked, columns_of

    fig = _native.Source({"metadata": {"name": "a"}, "spec": {"price": 4, "untyped": "u", "loud": "l"}})
    found = _native.table_of([fig] * 40_000, *columns_of(Fig, ("price", "untyped", "loud")))
    native = checked(Fig, found, None)
    assert len(native) == 40_000
    table = pa.table(native)
    assert table["price"].num_chunks == 3
    table.validate(full=True)
    assert table.slice(39_999).to_pylist() == [{"price": 4, "untyped": "u", "loud": "L"}]
    # The protocol can be used again, and pyarrow's own reader takes it too.
    assert pa.RecordBatchReader.from_stream(native).read_all() == table
    assert pa.schema(native) == table.schema


def test_the_table_outlives_what_it_came_from(installed, any_kubeconfig):
    program = f"""
import gc, pykorm, pyarrow
@pykorm.k8s_custom_object({GROUP!r}, "v1", "plums")
class Plum(pykorm.NamespacedModel):
    text: str = pykorm.Spec("text")
with pykorm.Cluster({any_kubeconfig!r}) if {any_kubeconfig!r} else pykorm.embedded() as cluster:
    cluster.install(Plum)
    Plum(namespace="default", name="outlived", text="Frost").save(cluster)
    found = Plum.query.using(cluster).filter(name="outlived")
    table = found.to_arrow("text")
    frame = found.to_polars("text")
del cluster, found
gc.collect()
print(table.to_pydict(), frame["text"].to_list())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("{'text': ['Frost']} ['Frost']", "")
