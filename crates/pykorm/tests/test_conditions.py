"""Conditions and lookups, as they are handed to the engine."""

import datetime
import enum

import pykorm
import pytest
from pykorm import Q, fields, models
from pykorm.exceptions import FieldError


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(models.Nested):
    country = fields.DataField("country")


@pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = fields.Spec("variety")
    price: int = fields.Spec("price")
    size: Size = fields.Spec("size")
    picked: datetime.datetime = fields.Status("picked")
    origin = fields.DictNestedField(Origin, path=["spec", "origin"])
    labels = fields.Metadata("labels")

    @property
    def dear(self):
        return self.price > 5


def atom(path, op, **more):
    return {"test": {"path": path, "op": op, **more}}


VARIETY, PRICE = ["spec", "variety"], ["spec", "price"]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (Peach.price > 2, atom(PRICE, {"gt": 2})),
        (Peach.price >= 2, atom(PRICE, {"ge": 2})),
        (Peach.price < 2, atom(PRICE, {"lt": 2})),
        (Peach.price <= 2, atom(PRICE, {"le": 2})),
        (Peach.variety == "Frost", atom(VARIETY, {"eq": "Frost"})),
        (Peach.variety != "Frost", atom(VARIETY, {"ne": "Frost"})),
        (Peach.variety.in_(["a", "b"]), atom(VARIETY, {"in": ["a", "b"]})),
        (Peach.variety.not_in(["a"]), atom(VARIETY, {"not_in": ["a"]})),
        (Peach.variety.contains("ro"), atom(VARIETY, {"contains": "ro"})),
        (Peach.variety.startswith("F"), atom(VARIETY, {"starts_with": "F"})),
        (Peach.variety.endswith("t"), atom(VARIETY, {"ends_with": "t"})),
        (Peach.variety.matches("^F"), atom(VARIETY, {"matches": "^F"})),
        (Peach.variety.exists(), atom(VARIETY, "exists")),
        (Peach.variety.is_null(), atom(VARIETY, "is_null")),
        (Peach.size == Size.BIG, atom(["spec", "size"], {"eq": "big"})),
        (
            Peach.picked > datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
            atom(["status", "picked"], {"gt": "2026-01-01T00:00:00Z"}, compare="instant"),
        ),
        (Q(price__gt=2), atom(PRICE, {"gt": 2})),
        (Q(price__gte=2), atom(PRICE, {"ge": 2})),
        (Q(price__isnull=False), atom(PRICE, "exists")),
        (Q(price__exists=False), atom(PRICE, "is_null")),
        (Q(size__in=[Size.BIG, "small"]), atom(["spec", "size"], {"in": ["big", "small"]})),
        (Q(origin__country="CH"), atom(["spec", "origin", "country"], {"eq": "CH"})),
        (Q(origin__country__startswith="C"), atom(["spec", "origin", "country"], {"starts_with": "C"})),
        (Q(labels__orchard="north"), atom(["metadata", "labels", "orchard"], {"eq": "north"})),
        (Q(variety=None), atom(VARIETY, {"eq": None})),
        (Q(name="x"), atom(["metadata", "name"], {"eq": "x"})),
        (~Q(price=1), {"not": atom(PRICE, {"eq": 1})}),
        (Q(price=1, variety="a"), {"and": [atom(PRICE, {"eq": 1}), atom(VARIETY, {"eq": "a"})]}),
        (
            Q(price=1) | Q(price=2) | (Peach.price > 3),
            {"or": [atom(PRICE, {"eq": 1}), atom(PRICE, {"eq": 2}), atom(PRICE, {"gt": 3})]},
        ),
        (
            (Peach.price > 1) & ~(Peach.variety == "a"),
            {"and": [atom(PRICE, {"gt": 1}), {"not": atom(VARIETY, {"eq": "a"})}]},
        ),
    ],
)
def test_what_the_engine_gets(condition, wanted):
    assert condition.resolve(Peach) == wanted


def test_conditions_are_not_truth_values():
    with pytest.raises(TypeError, match="join conditions with &"):
        bool(Peach.price > 2)
    with pytest.raises(TypeError, match="comparisons need brackets"):
        _ = (Peach.price > 2) & 3


@pytest.mark.parametrize("key", ["zork", "origin__zork", "zork__gt"])
def test_names_that_do_not_exist_are_told_at_once(key):
    with pytest.raises(FieldError, match="zork"):
        Peach.query.filter(**{key: 1})
    with pytest.raises(FieldError, match="zork"):
        Peach.query.filter(Q(**{key: 1}))


def test_properties_are_filtered_by_in_python_only():
    Peach.query.filter(dear=True).filter(dear__ne=False)
    with pytest.raises(FieldError, match="is a property"):
        Peach.query.filter(Q(dear=True))
    with pytest.raises(FieldError, match="is a property"):
        Peach.query.exclude(dear=True)


def test_chaining_has_no_side_effects():
    query = Peach.query
    narrowed = query.filter(price__gt=2).filter_by(namespace="x").filter_by_labels(a="b").using("other")
    assert query._conditions == ()
    assert query._labels == ()
    assert query._cluster == "default"
    assert (narrowed._namespace, narrowed._labels, narrowed._cluster) == ("x", ("a=b",), "other")
    assert Peach.query._cluster == "default"


def test_slices():
    query = Peach.query.filter(price=1)
    assert query[:10]._options()["limit"] == 10
    assert query[5:10]._options()["limit"] == 10
    assert query[5:][:3]._options()["limit"] == 8
    options = query.order_by("-price", "origin__country", "picked")[:10]._options()
    assert options["limit"] == 10
    assert options["order"] == [
        (["spec", "price"], True, "json"),
        (["spec", "origin", "country"], False, "json"),
        (["status", "picked"], False, "instant"),
    ]
    # What only Python can order by has to be fetched whole.
    options = query.order_by("dear")[:10]._options()
    assert (options["limit"], options["order"]) == (None, [])
    for wrong in (slice(None, None, 2), slice(-1, None)):
        with pytest.raises(FieldError, match="from the front"):
            query[wrong]
    with pytest.raises(FieldError, match="slice last"):
        query[:1].filter(price=2)


def test_order_by_names_what_does_not_exist():
    with pytest.raises(FieldError, match="zork"):
        Peach.query.order_by("-zork")


def test_reprs():
    assert repr(Peach.query) == "<NamespacedObjectQuery of Peach>"
    text = repr(Peach.query.filter(Peach.price > 2, Q(variety="a") | ~Q(price=3), variety__ne="b"))
    assert text == (
        "<NamespacedObjectQuery of Peach where <Expression spec.price gt 2> and "
        "(Q(variety='a') | ~Q(price=3)) and Q(variety__ne='b')>"
    )
