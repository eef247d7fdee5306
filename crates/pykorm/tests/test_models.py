"""Models and fields, without any cluster."""

import copy
import pickle

import pykorm
import pytest
from pykorm import fields, models
from pykorm.exceptions import DecodeError, ModelError, PykormError, ReadOnlyException, ValidationError


class Colourful:
    """A plain class: no model, but it has fields."""

    colour = fields.Spec("colour", default="red")


class Origin(models.Nested):
    country = fields.DataField("country", default="CH")
    farm = fields.DataField("farm")


@pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = fields.Spec("variety")


@pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "plums")
class Plum(pykorm.ClusterModel, Colourful):
    variety: str = fields.Spec("variety")
    price: int = fields.Spec("price", default=1)
    tags = fields.Spec("tags", default=[])
    label = pykorm.MetadataLabel("app.kubernetes.io/name")
    note = pykorm.MetadataAnnotation("example.com/note")
    origin = fields.DictNestedField(Origin, path=["spec", "origin"])
    harvests = fields.ListField(Origin, path=["spec", "harvests"])
    ripe = fields.Status("ripe")
    emptied = fields.Spec("emptied", allow_empty=True)

    @property
    def double(self):
        return self.price * 2


def read(**spec):
    return Plum._instantiate_with_dict({"metadata": {"name": "p", "uid": "u"}, "spec": spec})


def test_the_repr_of_the_readme():
    peach = Peach(namespace="default", name="cake-peach", variety="Frost")
    assert repr(peach) == "<Peach namespace=default, name=cake-peach, variety=Frost>"


def test_fields_are_collected_over_the_whole_mro():
    plum = Plum(name="p", variety="Opal")
    assert repr(plum).startswith("<Plum name=p, ")
    assert plum.colour == "red"
    assert plum.to_dict() == {
        "name": "p",
        "variety": "Opal",
        "price": 1,
        "tags": [],
        "colour": "red",
        "origin": {"country": "CH"},
        "harvests": [],
        "double": 2,
    }


def test_fields_of_one_class_are_not_seen_by_another():
    assert "price" not in Peach._fields_by_name
    assert "colour" not in Peach._fields_by_name
    with pytest.raises(ModelError, match="Peach has no attribute 'price'; it has .*variety"):
        Peach(price=3)


def test_unknown_names_are_refused():
    with pytest.raises(ModelError, match="Plum has no attribute 'zork'"):
        Plum(name="p", zork=1)
    with pytest.raises(ModelError, match="Origin has no attribute 'zork'"):
        Plum(name="p", origin={"zork": 1})


def test_a_field_overridden_by_something_else_is_none_any_more():
    class Bare(Plum):
        colour = None

    assert "colour" not in Bare._fields_by_name
    assert Bare(name="x").colour is None


def test_what_is_set_once_stays():
    plum = Plum(name="p")
    plum.name = "p"
    with pytest.raises(ReadOnlyException, match="Plum.name is read-only and already is 'p'"):
        plum.name = "q"
    peach = Peach(namespace="a", name="p")
    peach.namespace = "b"
    assert peach.namespace == "b"


def test_read_only_fields():
    plum = Plum._instantiate_with_dict(
        {"metadata": {"name": "p", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"}}
    )
    assert (plum.created_at, plum._k8s_uid) == ("2026-01-01T00:00:00Z", "u")
    plum.created_at = "2026-01-01T00:00:00Z"
    with pytest.raises(ReadOnlyException):
        plum.created_at = "2027-01-01T00:00:00Z"
    with pytest.raises(ReadOnlyException):
        plum._k8s_uid = "other"
    assert plum._k8s_dict["metadata"] == {"name": "p"}


def test_class_access_gives_the_field_and_instance_access_the_value():
    assert isinstance(Plum.variety, fields.Spec)
    assert repr(Plum.variety) == "<pykorm/Spec: ['spec', 'variety']>"
    assert Plum.note.fullpath == ["metadata", "annotations", "example.com/note"]
    assert Plum(name="p").variety is None


def test_defaults_are_copies_and_what_is_appended_is_kept():
    one, other = Plum(name="a"), Plum(name="b")
    one.tags.append("x")
    assert one.tags == ["x"]
    assert other.tags == []
    assert Plum.tags.default == []
    assert one._k8s_dict["spec"]["tags"] == ["x"]


def test_what_is_appended_to_a_list_that_was_absent_is_kept():
    plum = read(variety="Opal")
    plum.harvests.append(Origin(country="IT"))
    plum.tags.append("sweet")
    assert plum._k8s_dict["spec"]["harvests"] == [{"country": "IT"}]
    assert plum._k8s_dict["spec"]["tags"] == ["sweet"]


def test_a_dict_for_an_attribute_of_a_nested_type_becomes_one():
    class Basket(Peach):
        origin: Origin = fields.Spec("origin")
        origins: "list[Origin] | None" = fields.Spec("origins")
        by_name: dict[str, Origin] = fields.Spec("byName")

    basket = Basket(name="b", origin={"farm": "hill"}, origins=({"farm": "a"}, Origin(farm="b")))
    basket.by_name = {"x": {"farm": "c"}}
    assert (basket.origin.farm, [origin.farm for origin in basket.origins]) == ("hill", ["a", "b"])
    assert basket.by_name["x"].farm == "c"
    body = basket._k8s_dict
    assert body["spec"]["byName"] == {"x": {"country": "CH", "farm": "c"}}
    assert Basket._instantiate_with_dict(body) == basket


def test_none_is_absent_or_null():
    body = Plum(name="p", emptied=None, note=None)._k8s_dict
    assert body["spec"] == {"price": 1, "tags": [], "colour": "red", "emptied": None}
    assert "annotations" not in body["metadata"]


def test_false_and_zero_are_values():
    class Strict(Peach):
        count = fields.Spec("count", required=True)
        flag = fields.Spec("flag", required=True)

    assert Strict(name="p", count=0, flag=False)._k8s_dict["spec"] == {"count": 0, "flag": False}
    with pytest.raises(ValidationError, match=r"Strict p: count \(spec.count\) must be set"):
        _ = Strict(name="p", flag=False)._k8s_dict


def test_required_inside_a_nested_object():
    class Part(models.Nested):
        size = fields.DataField("size", required=True)

    class Whole(Peach):
        part = fields.DictNestedField(Part, path=["spec", "part"])
        parts = fields.ListField(Part, path=["spec", "parts"])

    with pytest.raises(ValidationError, match="size"):
        _ = Whole(name="w", part={}, parts=[])._k8s_dict
    with pytest.raises(ValidationError, match="size"):
        _ = Whole(name="w", part={"size": 1}, parts=[{}])._k8s_dict


def test_the_whole_object():
    plum = Plum(
        name="p",
        variety="Opal",
        label="tree",
        note="x/y",
        origin={"farm": "hill"},
        harvests=[{"country": "IT"}],
        ripe=True,
    )
    assert plum._k8s_dict == {
        "apiVersion": "pykorm.infomaniak.com/v1",
        "kind": "Plum",
        "metadata": {
            "name": "p",
            "labels": {"app.kubernetes.io/name": "tree"},
            "annotations": {"example.com/note": "x/y"},
        },
        "spec": {
            "variety": "Opal",
            "price": 1,
            "tags": [],
            "colour": "red",
            "origin": {"country": "CH", "farm": "hill"},
            "harvests": [{"country": "IT"}],
            "emptied": None,
        },
        "status": {"ripe": True},
    }


def test_a_dict_for_a_nested_object_becomes_one():
    plum = Plum(name="p", origin={"farm": "hill"})
    assert isinstance(plum.origin, Origin)
    assert (plum.origin.farm, plum.origin.country) == ("hill", "CH")
    plum.harvests = [{"farm": "a"}, Origin(farm="b")]
    assert [type(item) for item in plum.harvests] == [Origin, Origin]
    with pytest.raises(ModelError, match="Origin or a dict"):
        plum.origin = 3
    with pytest.raises(ModelError, match="a list is needed"):
        plum.harvests = "text"


def test_what_is_required_inside_an_object_that_is_not_there():
    class Part(models.Nested):
        size = fields.DataField("size", required=True)

    class Whole(Peach):
        part = fields.DictNestedField(Part, path=["spec", "part"])
        parts = fields.ListField(Part, path=["spec", "parts"])

    whole = Whole(name="w", variety="x")
    assert (whole.part.size, whole.parts) == (None, [])  # looked at, but not set
    assert whole._k8s_dict["spec"] == {"variety": "x"}
    whole.part.size = 3
    assert whole._k8s_dict["spec"] == {"variety": "x", "part": {"size": 3}}


def test_missing_nested_objects_and_lists():
    plum = read(variety="Opal")
    assert plum.origin == Origin()
    assert plum.origin.country == "CH"
    assert plum.harvests == []
    # Looking at them changes nothing of what would be sent.
    assert "origin" not in plum._k8s_dict["spec"]
    plum.origin.farm = "hill"
    assert plum._k8s_dict["spec"]["origin"] == {"country": "CH", "farm": "hill"}


def test_string_paths_are_one_literal_key():
    class Odd(Peach):
        dotted = fields.Spec("a.b/c")
        star = fields.Spec("*")
        deep = fields.Spec(["a", "b"])

    odd = Odd(name="o", dotted=1, star=2, deep=3)
    assert odd._k8s_dict["spec"] == {"a.b/c": 1, "*": 2, "a": {"b": 3}}
    back = Odd._instantiate_with_dict(odd._k8s_dict)
    assert (back.dotted, back.star, back.deep) == (1, 2, 3)


def test_processors():
    class Celsius(fields.Spec):
        @staticmethod
        def preprocessor(x):
            return x * 10

        @staticmethod
        def postprocessor(x):
            return x / 10

    class Tree(Peach):
        warmth = Celsius("warmth")

    tree = Tree(name="t", warmth=3)
    assert tree._k8s_dict["spec"] == {"warmth": 30}
    assert Tree._instantiate_with_dict(tree._k8s_dict).warmth == 3
    assert Tree(name="t")._k8s_dict.get("spec") is None  # not called with None
    assert (Tree.warmth.to_dict(2), Tree.warmth.get_data({"spec": {"warmth": 5}})) == ({"spec": {"warmth": 20}}, 0.5)


def test_reading_does_not_call_init():
    class Own(Peach):
        def __init__(self, namespace, name, variety):
            self.namespace = namespace
            self.name = name
            self.variety = variety

    made = Own("default", "cake-peach", "Frost")
    assert repr(made) == "<Own namespace=default, name=cake-peach, variety=Frost>"
    back = Own._instantiate_with_dict(made._k8s_dict)
    assert back == made


def test_equality_and_hash():
    assert Plum(name="p") == Plum(name="p")
    assert Plum(name="p") != Plum(name="p", price=2)
    assert Plum(name="p") != Peach(name="p")
    plum = Plum(name="p")
    before = hash(plum)
    plum.price = 7
    assert hash(plum) == before == hash(Plum(name="p"))
    assert len({Plum(name="p"), Plum(name="p"), Plum(name="q")}) == 2


def test_the_same_kind_may_be_declared_twice():
    @pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "peaches", "Peach")
    class Again(pykorm.NamespacedModel):
        price = fields.Spec("price")

    assert Again(name="p", price=2)._k8s_dict["kind"] == "Peach"
    assert Peach(name="p", variety="x")._k8s_dict["spec"] == {"variety": "x"}


def test_a_class_without_a_kind():
    class Loose(pykorm.NamespacedModel):
        pass

    with pytest.raises(ModelError, match="Loose is not bound to a kind: put @pykorm.k8s_custom_object"):
        _ = Loose(name="x")._k8s_dict
    with pytest.raises(ModelError, match="must inherit from NamespacedModel or ClusterModel"):
        pykorm.k8s_core("ConfigMap")(object)


def test_the_secrets_of_a_secret_are_not_shown():
    @pykorm.k8s_core("Secret")
    class Secret(pykorm.NamespacedModel):
        data = fields.DataField("data")
        kind_of = fields.DataField("type")
        pin: int = fields.DataField(["data", "pin"])
        set_once: str = fields.DataField(["data", "once"], readonly=True)
        nested = fields.DictNestedField(Origin, path=["data", "nested"])

    secret = Secret(namespace="default", name="s", data={"password": "aHVudGVyMg=="}, kind_of="Opaque")
    assert repr(secret) == "<Secret namespace=default, name=s, data=***, kind_of=Opaque, nested=***>"
    secret.set_once = "hunter2"
    secrets = Secret.query.filter((Secret.data == "hunter2") | ~pykorm.Q(pin=7, kind_of="Opaque"))
    assert repr(secrets.filter(data__password="hunter2")) == (
        "<NamespacedObjectQuery of Secret where (<Expression data eq ***> | ~Q(pin=***, kind_of='Opaque')) and "
        "Q(data__password=***)>"
    )
    for call, told in (
        (lambda: setattr(secret, "set_once", "hunter3"), "Secret.set_once is read-only and already is set"),
        (lambda: setattr(secret, "nested", "hunter2"), "Secret.nested: a str does not fit"),
        (lambda: Secret.pin == "hunter2", "Secret.pin cannot be compared with a str"),
        (
            lambda: Secret.query.filter(data__password__in="hunter2"),
            "Secret.data__password cannot be compared with a str",
        ),
    ):
        with pytest.raises(PykormError) as raised:
            call()
        assert str(raised.value) == told


def test_a_value_that_cannot_be_read_names_object_and_path():
    plum = Plum._instantiate_with_dict({"metadata": {"name": "bad"}, "spec": {"harvests": 3, "origin": "x"}})
    with pytest.raises(DecodeError, match="Plum bad: a list is needed, but there is a number"):
        _ = plum.harvests
    with pytest.raises(DecodeError, match="Plum bad: Origin needs an object, but there is a string"):
        _ = plum.origin
    assert "harvests=(DecodeError)" in repr(plum)


def test_what_changed_and_what_did_not():
    plum = read(variety="Opal", tags=["a"], unknown="kept")
    raw = {"metadata": {"name": "p"}, "spec": {"variety": "Opal", "tags": ["a"], "unknown": "kept"}}

    def base_and_now():
        names = plum._touched()
        return plum._normalizer(names)(raw), plum._written(names)

    identity = {"apiVersion": "pykorm.infomaniak.com/v1", "kind": "Plum", "metadata": {"name": "p"}}
    assert base_and_now() == (identity, identity)
    assert (plum.variety, plum.price, plum.harvests, plum.origin) == ("Opal", 1, [], Origin())
    base, now = base_and_now()
    assert base == now == {**identity, "spec": {"variety": "Opal"}}
    plum.tags.append("b")
    base, now = base_and_now()
    assert (base["spec"]["tags"], now["spec"]["tags"]) == (["a"], ["a", "b"])
    plum.variety = None
    plum.price = 1
    assert base_and_now()[1]["spec"] == {"tags": ["a", "b"], "price": 1}


def test_values_that_are_written_as_they_are_read_need_no_python():
    assert Plum._normalize(["variety"]) == [(("spec", "variety"), False)]
    assert callable(Plum._normalize(["variety", "harvests"]))
    assert callable(Plum._normalize(["variety"], owners=True))

    @pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "plums")
    class Renamed(pykorm.NamespacedModel):
        class Shouted(pykorm.Spec):
            @staticmethod
            def postprocessor(x):
                return x.upper()

        name = pykorm.Metadata("labels")
        loud = Shouted("variety")
        nothing = pykorm.Spec("nothing", allow_empty=True)

    assert callable(Renamed._normalize(["nothing"]))  # whose object it is stands elsewhere
    renamed = Renamed._instantiate_with_dict({"metadata": {"name": "p"}, "spec": {}})
    assert renamed._plain_values(["nothing"]) is None

    class Loud(Renamed):
        name = pykorm.Metadata("name")

    assert Loud._normalize(["nothing"]) == [(("spec", "nothing"), True)]
    assert callable(Loud._normalize(["loud"]))


def test_values_that_are_written_as_they_are():
    plum = read(variety="Opal", tags=["a"])
    plum.variety = None
    assert plum._plain_values(plum._touched()) == [(("spec", "variety"), False, None)]
    plum.origin = Origin()
    assert plum._plain_values(plum._touched()) is None
    plum = read(variety="Opal")
    assert plum.price == 1  # made up: it is not to be written
    plum.variety = "Frost"
    assert plum._plain_values(plum._touched()) is None


def test_copies_and_pickles():
    plum = read(variety="Opal", tags=["a"])
    plum.price = 9
    for twin in (copy.copy(plum), copy.deepcopy(plum), pickle.loads(pickle.dumps(plum))):
        assert twin == plum
        assert twin.price == 9
    deep = copy.deepcopy(plum)
    deep.tags.append("b")
    assert plum.tags == ["a"]


def test_properties_with_setters_can_be_constructed():
    class Cheap(Peach):
        @property
        def shown(self):
            return self.variety

        @shown.setter
        def shown(self, value):
            self.variety = value

    assert Cheap(name="c", shown="Frost").variety == "Frost"


def test_label_selectors():
    assert models.PykormModel.process_labels({"a": "b", "c": "d"}) == "a=b,c=d"
