"""Types: annotations make schemas, and values of them are written and read."""

from __future__ import annotations

import datetime
import enum
from typing import Literal, Optional

import pykorm
import pytest
from pykorm import fields, models
from pykorm._types import _schema_of_field
from pykorm.exceptions import DecodeError, ModelError

UTC = datetime.timezone.utc


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(models.Nested):
    country: str = fields.DataField("country", required=True)
    height: Optional[int] = fields.DataField(["position", "height"], default=0)


@pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    """A fruit.

    More about it.
    """

    variety: str = fields.Spec("variety", required=True, column="Variety", description="The variety of the peach")
    price: int = fields.Spec("price", default=1, schema={"minimum": 0})
    weight: float | None = fields.Spec("weight")
    sweet: bool = fields.Spec("sweet")
    size: Size = fields.Spec("size")
    grade: Literal["A", "B"] = fields.Spec("grade")
    tags: list[str] = fields.Spec("tags")
    sizes: list[Size] = fields.Spec("sizes")
    counts: dict[str, int] = fields.Spec("counts")
    free: dict = fields.Spec("free")
    untyped = fields.Spec("untyped")
    origin: Origin = fields.Spec("origin")
    origins: list[Origin] = fields.Spec("origins")
    picked: datetime.datetime = fields.Status("picked")
    stock = fields.Spec[int]("stock")
    orchard: str = fields.Label("orchard")


ANY = {"x-kubernetes-preserve-unknown-fields": True}
ORIGIN = {
    "type": "object",
    "required": ["country"],
    "properties": {
        "country": {"type": "string"},
        "position": {"type": "object", "properties": {"height": {"type": "integer", "format": "int64", "default": 0}}},
    },
}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("variety", {"type": "string", "description": "The variety of the peach"}),
        ("price", {"type": "integer", "format": "int64", "minimum": 0}),
        ("weight", {"type": "number"}),
        ("sweet", {"type": "boolean"}),
        ("size", {"type": "string", "enum": ["small", "big"]}),
        ("grade", {"type": "string", "enum": ["A", "B"]}),
        ("tags", {"type": "array", "items": {"type": "string"}}),
        ("sizes", {"type": "array", "items": {"type": "string", "enum": ["small", "big"]}}),
        ("counts", {"type": "object", "additionalProperties": {"type": "integer", "format": "int64"}}),
        ("free", {"type": "object", **ANY}),
        ("untyped", ANY),
        ("origin", ORIGIN),
        ("origins", {"type": "array", "items": ORIGIN}),
        ("picked", {"type": "string", "format": "date-time"}),
        ("stock", {"type": "integer", "format": "int64"}),
        ("orchard", {"type": "string"}),
    ],
)
def test_schemas(name, schema):
    assert _schema_of_field(Peach._fields_by_name[name]) == schema


def test_values_are_written_and_read():
    peach = Peach(
        name="p",
        variety="Frost",
        size=Size.BIG,
        sizes=[Size.SMALL, "big"],
        origin=Origin(country="CH"),
        origins=[Origin(country="IT", height=3)],
        picked=datetime.datetime(2026, 7, 1, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    )
    body = peach._k8s_dict
    assert body["status"] == {"picked": "2026-07-01T10:30:00Z"}
    assert body["spec"] == {
        "variety": "Frost",
        "price": 1,
        "size": "big",
        "sizes": ["small", "big"],
        "origin": {"country": "CH", "position": {"height": 0}},
        "origins": [{"country": "IT", "position": {"height": 3}}],
    }
    back = Peach._instantiate_with_dict(body)
    assert back.size is Size.BIG
    assert back.sizes == [Size.SMALL, Size.BIG]
    assert (back.origin.country, back.origins[0].height) == ("CH", 3)
    assert back.picked == peach.picked


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-07-01T10:30:00Z", datetime.datetime(2026, 7, 1, 10, 30, tzinfo=UTC)),
        ("2026-07-01T10:30:00.123456789Z", datetime.datetime(2026, 7, 1, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2026-07-01T10:30:00.5+00:00", datetime.datetime(2026, 7, 1, 10, 30, 0, 500000, tzinfo=UTC)),
    ],
)
def test_times_of_the_server(text, wanted):
    assert Peach._instantiate_with_dict({"status": {"picked": text}}).picked == wanted


def test_times_that_are_none():
    with pytest.raises(DecodeError, match="a time is needed"):
        _ = Peach._instantiate_with_dict({"status": {"picked": "yesterday"}}).picked
    with pytest.raises(ModelError, match="has no time zone"):
        _ = Peach(name="p", variety="x", picked=datetime.datetime(2026, 1, 1))._k8s_dict


def test_sets_and_tuples():
    class Basket(Peach):
        colours: set[str] = fields.Spec("colours", default=set())
        kinds: frozenset[Size] = fields.Spec("kinds")
        pair: tuple[int, str] = fields.Spec("pair")
        row: tuple[Size, ...] = fields.Spec("row")
        bare: set = fields.Spec("bare")

    basket = Basket(name="b", variety="x", kinds=[Size.SMALL, Size.BIG], pair=(1, "a"), row=[Size.BIG], bare=("q", "p"))
    basket.colours.update({"red", "green"})
    assert (basket.kinds, basket.row, basket.bare) == (frozenset(Size), (Size.BIG,), {"p", "q"})
    spec = basket._k8s_dict["spec"]
    # What has no order is written in one, so that two writers write the same.
    assert (spec["colours"], spec["kinds"], spec["bare"]) == (["green", "red"], ["big", "small"], ["p", "q"])
    assert (spec["pair"], spec["row"]) == ([1, "a"], ["big"])
    back = Basket._instantiate_with_dict({"spec": {**spec, "colours": ["red", "green"]}})
    assert (back.colours, back.kinds, back.row) == ({"red", "green"}, frozenset(Size), (Size.BIG,))
    assert back.pair == (1, "a")
    assert _schema_of_field(Basket._fields_by_name["colours"]) == {
        "type": "array",
        "items": {"type": "string"},
        "x-kubernetes-list-type": "set",
    }
    assert _schema_of_field(Basket._fields_by_name["pair"]) == {"type": "array", "items": ANY}
    with pytest.raises(DecodeError, match="a list of plain values is needed"):
        _ = Basket._instantiate_with_dict({"spec": {"colours": [{}]}}).colours
    with pytest.raises(ModelError, match="Basket.colours: a list is needed, not 'red'"):
        basket.colours = "red"


def test_unknown_members_of_an_enumeration_do_not_break_a_read():
    peach = Peach._instantiate_with_dict({"spec": {"size": "huge"}})
    assert peach.size == "huge"


def test_annotations_that_cannot_be_evaluated_leave_a_field_untyped():
    class Odd(pykorm.NamespacedModel):
        thing: NowhereDefined = fields.Spec("thing")  # noqa: F821

    assert _schema_of_field(Odd._fields_by_name["thing"]) == ANY
    assert Odd(thing=3).thing == 3
