"""Mistakes that a program can make, told before anything is sent: the class, the attribute, and a way out."""

from __future__ import annotations

import datetime
import enum

import pykorm
import pytest
from conftest import group
from pykorm import Q
from pykorm.exceptions import PykormError

GROUP = group("mistakes")


class Size(enum.Enum):
    SMALL = "small"
    BIG = "big"


class Origin(pykorm.Nested):
    country: str = pykorm.DataField("country", required=True)
    farm: str = pykorm.DataField("farm")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety", required=True)
    price: int = pykorm.Spec("price", default=1)
    weight: float | None = pykorm.Spec("weight")
    sweet: bool = pykorm.Spec("sweet")
    size: Size = pykorm.Spec("size")
    sizes: list[Size] = pykorm.Spec("sizes")
    tags: list[str] = pykorm.Spec("tags", default=[])
    free = pykorm.Spec("free")
    origin: Origin = pykorm.Spec("origin")
    origins: list[Origin] = pykorm.Spec("origins")
    picked: datetime.datetime = pykorm.Status("picked")
    orchard = pykorm.Label("orchard")

    @property
    def dear(self):
        return self.price > 5


@pykorm.k8s_custom_object(GROUP, "v1", "pears")
class Pear(pykorm.NamespacedModel):
    price: int = pykorm.Spec("price")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches", "Peach")
class Fruit(pykorm.NamespacedModel):
    """The same kind as another class."""

    price: int = pykorm.Spec("price")


@pykorm.k8s_core("ConfigMap")
class Box(pykorm.NamespacedModel):
    data: dict[str, str] = pykorm.DataField("data", default={})


KINDS = (Peach,)


def peach(**attributes):
    return Peach(**{"namespace": "default", "name": "cake", "variety": "Frost", **attributes})


def query():
    return Peach.query.filter(namespace="default")


PK = pykorm.Pykorm
NAIVE = datetime.datetime(2026, 1, 1)
ALL = (
    "created_at, dear, free, name, namespace, orchard, origin, origins, picked, price, size, sizes, sweet, tags, "
    "variety"
)
OPERATORS = "eq ne lt lte gt gte in not_in contains startswith endswith regex exists isnull"
ZONE = "datetime.datetime(2026, 1, 1, 0, 0) has no time zone; use datetime.datetime(..., tzinfo=datetime.timezone.utc)"
SEVERAL = "; for several objects there are save_all, apply_all and delete_all, and a query's update and delete"

TOLD = {
    # Names.
    "a filter": (
        lambda: query().filter(vareity="x"),
        f"FieldError: Peach has no attribute 'vareity' (did you mean 'variety'?); it has {ALL}, weight",
    ),
    "a filter inside": (
        lambda: query().filter(origin__contry="x"),
        "FieldError: Peach.origin__contry: origin has no attribute 'contry' (did you mean 'country'?); "
        "it has country, farm",
    ),
    "an operator": (
        lambda: query().filter(price__greater=3),
        "FieldError: Peach.price__greater: 'greater' is no operator, and there is nothing inside price; the operators "
        f"are {OPERATORS}",
    ),
    "an order": (
        lambda: query().order_by("-origin__contry"),
        "FieldError: Peach.-origin__contry: origin has no attribute 'contry' (did you mean 'country'?); "
        "it has country, farm",
    ),
    "a value": (
        lambda: query().values("price__gt"),
        "FieldError: Peach: 'price__gt' compares; what is needed is an attribute, or what lies inside one",
    ),
    "an attribute": (
        lambda: peach(vareity="x"),
        f"ModelError: Peach has no attribute 'vareity' (did you mean 'variety'?); it has {ALL.replace('dear, ', '')}, "
        "weight",
    ),
    "an attribute inside": (
        lambda: peach(origin={"contry": "CH"}),
        "ModelError: Peach.origin: Origin has no attribute 'contry' (did you mean 'country'?); it has country, farm",
    ),
    "an attribute inside a list": (
        lambda: peach(origins=[{"contry": "CH"}]),
        "ModelError: Peach.origins: Origin has no attribute 'contry' (did you mean 'country'?); it has country, farm",
    ),
    "a property": (lambda: peach(dear=True), "ModelError: Peach.dear is a property that cannot be set"),
    "an update": (
        lambda: query().update(prise=3),
        "FieldError: Peach has no attribute 'prise' (did you mean 'price'?); it has "
        f"{ALL.replace('dear, ', '')}, weight",
    ),
    "the field of another class": (
        lambda: query().filter(Pear.price > 2),
        "FieldError: Pear.price is no field of Peach",
    ),
    "the field of a nested class": (
        lambda: query().filter(Origin.country == "CH"),
        "FieldError: Origin.country is no field of Peach; what lies inside an attribute is asked for as "
        "Q(attribute__country=...)",
    ),
    # Values.
    "a string for a number": (
        lambda: query().filter(price="much"),
        "FieldError: Peach.price is compared with a number, not with 'much'",
    ),
    "a string for a number, in an expression": (
        lambda: query().filter(Peach.price > "much"),
        "FieldError: Peach.price is compared with a number, not with 'much'",
    ),
    "a string for a number, in Q": (
        lambda: query().filter(~Q(weight__lt="much")),
        "FieldError: Peach.weight is compared with a number, not with 'much'",
    ),
    "a string for a number, excluded": (
        lambda: query().exclude(price__in=[1, "much"]),
        "FieldError: Peach.price is compared with a number, not with 'much'",
    ),
    "a boolean for a number": (
        lambda: query().filter(price=True),
        "FieldError: Peach.price is compared with a number, not with True",
    ),
    "a number for a boolean": (
        lambda: query().filter(sweet=1),
        "FieldError: Peach.sweet is compared with True or False, not with 1",
    ),
    "a number for a label": (
        lambda: query().filter(orchard=3),
        "FieldError: Peach.orchard is compared with a string, not with 3",
    ),
    "the name of a member": (
        lambda: query().filter(size="BIG"),
        "FieldError: Peach.size: 'BIG' is the name of Size.BIG, not its value; did you mean Size.BIG?",
    ),
    "a string for a list": (
        lambda: query().filter(variety__in="Frost"),
        "FieldError: Peach.variety: a list of values is needed, not 'Frost'",
    ),
    "a number for a list": (
        lambda: query().filter(price__in=3),
        "FieldError: Peach.price: a list of values is needed, not 3",
    ),
    "a number for a text": (
        lambda: query().filter(variety__startswith=3),
        "FieldError: Peach.variety: startswith needs a string, not 3",
    ),
    "a time without a zone": (lambda: query().filter(picked__gt=NAIVE), f"FieldError: Peach.picked: {ZONE}"),
    "a day for a time": (
        lambda: query().filter(picked__gt=datetime.date(2026, 1, 1)),
        "FieldError: Peach.picked is compared with a datetime, or a string as 2026-01-01T00:00:00Z, not with "
        "datetime.date(2026, 1, 1)",
    ),
    "a text that is no time": (
        lambda: query().filter(Peach.picked > "yesterday"),
        "FieldError: Peach.picked is compared with a datetime, or a string as 2026-01-01T00:00:00Z, not with "
        "'yesterday'",
    ),
    "a value that no object has": (
        lambda: query().filter(free={"a": {1}}),
        "FieldError: Peach.free: a value of type set cannot be compared with what is in the cluster: that is made of "
        "dicts, lists, strings, numbers, booleans and None",
    ),
    "a time without a zone, saved": (
        lambda: peach(picked=NAIVE).save(),
        f"ModelError: Peach default/cake: the value of picked cannot be written to status.picked: {ZONE}",
    ),
    "text for a list, saved": (
        lambda: peach(sizes="small"),
        "ModelError: Peach.sizes: a list is needed, not 'small'",
    ),
    "text for a nested object": (
        lambda: peach(origin="CH"),
        "ModelError: Peach.origin: Origin or a dict of its attributes is needed, not 'CH'",
    ),
    "what is required inside": (
        lambda: peach(origin={}).save(),
        "ValidationError: Peach default/cake: origin.country (spec.origin.country) must be set before it can be saved",
    ),
    "what is required inside a list": (
        lambda: peach(origins=[{"country": "CH"}, {}]).save(),
        "ValidationError: Peach default/cake: origins[1].country (spec.origins.1.country) must be set before it can be "
        "saved",
    ),
    "a value that contains itself": (
        lambda: peach(free=(lambda found: found.append(found) or found)([])).save(),
        "ModelError: Peach default/cake: the value is nested too deeply, or contains itself",
    ),
    # Calls.
    "a class is saved": (lambda: PK().save(Peach), "UsageError: an object of a model is needed, not the class Peach"),
    "a dict is saved": (lambda: PK().save({"a": 1}), "UsageError: an object of a model is needed, not a dict"),
    "None is deleted": (lambda: PK().delete(None), "UsageError: an object of a model is needed, not a NoneType"),
    "a list is saved": (
        lambda: PK().save([peach()]),
        f"UsageError: an object of a model is needed, not a list{SEVERAL}",
    ),
    "a query is deleted": (
        lambda: PK().delete(query()),
        f"UsageError: an object of a model is needed, not a NamespacedObjectQuery{SEVERAL}",
    ),
    "an object is installed": (
        lambda: PK().install(peach()),
        "UsageError: install needs classes, as install(Peach, Pear), not a Peach",
    ),
    "a list is installed": (
        lambda: PK().install([Peach]),
        "UsageError: install needs classes, as install(Peach, Pear), not a list",
    ),
    "the definition of a native kind": (
        lambda: Box.crd(),
        "ModelError: Box belongs to Kubernetes itself: it has no CustomResourceDefinition",
    ),
    "a path that is a number": (
        lambda: pykorm.Spec(3),
        "ModelError: Spec(3): a path is a key or a list of keys, none of them empty",
    ),
    # Clusters.
    "a number for a cluster": (
        lambda: query().using(3).all(),
        "UsageError: a cluster is given as a pykorm.Cluster or by its name, not as an int",
    ),
    "a configuration that is a string": (
        lambda: pykorm.Clusters({"a": "hunter2"}),
        "ConfigError: a cluster's configuration is a pykorm.Cluster, a kubernetes Configuration or a dict of its "
        "attributes, not a str",
    ),
    "an attribute of a configuration": (
        lambda: pykorm.Clusters({"a": {"hots": "hunter2"}}),
        "ConfigError: a cluster's configuration has no attribute 'hots' (did you mean 'host'?); it has api_key, "
        "api_key_prefix, cert_file, host, key_file, password, proxy, refresh_api_key_hook, ssl_ca_cert, "
        "tls_server_name, username, verify_ssl",
    ),
    "a time that is none": (
        lambda: pykorm.Cluster(timeout="x"),
        "UsageError: timeout='x': it is a number of seconds, more than 0",
    ),
    "no time at all": (
        lambda: pykorm.Cluster().with_timeout(0),
        "UsageError: timeout=0: it is a number of seconds, more than 0",
    ),
    "a page of less than nothing": (
        lambda: pykorm.Cluster().with_page_size(-1),
        "UsageError: page_size=-1: it is a number of objects; 0 means everything at once",
    ),
    "a manager without a name": (
        lambda: pykorm.Cluster().with_field_manager(""),
        "UsageError: field_manager='': it is a name, as 'shop'",
    ),
}


@pytest.mark.parametrize("mistake", TOLD)
def test_what_is_told(pykorm_cluster, pykorm_requests, mistake):
    """Nothing is sent, so it makes no difference to which server: the embedded one has no CRD to wait for."""
    call, text = TOLD[mistake]
    with pytest.raises(PykormError) as raised:
        call()
    assert f"{type(raised.value).__name__}: {raised.value}" == text
    assert list(pykorm_requests) == []


def test_what_is_no_mistake():
    """Other classes of the kind, bases and mixins, other spellings of a value; and what the original took."""

    class Sub(Peach):
        grade = pykorm.Spec("grade")

    Peach.query.filter(Fruit.price > 2, Sub.grade == "A", pykorm.Spec("unmapped") == 1)
    Sub.query.filter(Peach.price > 2, Peach.name == "x")
    Peach.query.filter(price=2.5, weight=2, size="huge", picked__lt="2026-01-01T00:00:00Z", variety=None)
    Peach.query.filter(free__deep__er=1, free="x", tags__contains="x", tags=["a"])
    Peach.query.filter_by(price="much", sweet=0, orchard=3)


def test_an_index_that_is_none(here):
    for peaches in (Peach.query, Peach.query.filter(price=1)):
        for _ in range(2):  # not sent, and sent
            with pytest.raises(IndexError, match=r"there is no object 7 in <NamespacedObjectQuery of Peach"):
                peaches[7]
            with pytest.raises(IndexError, match="there is no object -1"):
                peaches[-1]
            with pytest.raises(TypeError, match="indexed by numbers and slices"):
                peaches["cake"]
            assert len(peaches) == 0


def test_values_that_come_once(here):
    """An iterator is emptied by being read, and a query reads it more than once."""
    for number in range(4):
        peach(name=f"p{number}", price=number).save()
    for peaches in (
        Peach.query.filter(price__in=(number for number in (1, 2))),
        Peach.query.filter(Q(price__in=iter([1, 2]))),
        Peach.query.exclude(price__not_in=map(int, "12")),
        Peach.query.filter(Peach.price.in_(number for number in (1, 2))),
    ):
        for _ in range(2):
            assert [found.price for found in peaches.all()] == [1, 2]
