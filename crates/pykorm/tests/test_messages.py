"""What people read when something is wrong: which object, which field, what happened, and what to do next in Python."""

from __future__ import annotations

import pathlib
import re

import pykorm
import pytest
from conftest import WORKSPACE, group
from pykorm import _native, exceptions
from pykorm.exceptions import PykormError

GROUP = group("messages")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety", required=True)
    price: int = pykorm.Spec("price", default=1, schema={"minimum": 0})


@pykorm.k8s_custom_object(GROUP, "v1", "nectarines")
class Nectarine(pykorm.NamespacedModel):
    pass


@pykorm.k8s_custom_object(GROUP, "v1", "peaches", "Peach")
class Strange(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    zork: str = pykorm.Spec("zork")


KINDS = (Peach,)


def peach(name="cake", **attributes):
    return Peach(namespace="default", name=name, **{"variety": "Frost", **attributes})


def query():
    return Peach.query.filter(namespace="default")


def fruit(cluster):
    mine = peach()
    mine.save()
    return mine


def conflict(cluster):
    mine, theirs = fruit(cluster), query().get("cake")
    theirs.price = 3
    theirs.save()
    mine.price = 4
    mine.save()


def gone(cluster):
    mine = fruit(cluster)
    query().delete()
    mine.price = 4
    mine.save()


def replaced(cluster):
    mine = fruit(cluster)
    query().delete()
    fruit(cluster)
    mine.price = 4
    mine.save()


def owned(cluster):
    pykorm.Pykorm(cluster.with_field_manager("shop")).apply(peach(price=2))
    peach(price=3).apply()


def faulty(requests, fault, *arguments, **options):
    def inject(cluster):
        getattr(cluster.faults.on(requests, times=None), fault)(*arguments, **options)
        # Only what would hang has little time: on a busy machine an answer may take longer than that.
        target = cluster.with_timeout(0.2) if fault == "hang" else cluster
        query().using(target).all() if requests == "read" else peach().save(target)

    return inject


SITUATIONS = {
    "a kind that is not installed": (
        lambda cluster: Nectarine.query.all(),
        f"NotInstalled: the cluster at WHERE does not serve Nectarine (nectarines, apiVersion {GROUP}/v1)\n"
        "  hint: install its CustomResourceDefinition with pk.install(Nectarine) or `kubectl apply`",
    ),
    "a namespace that is not there": (
        lambda cluster: Peach(namespace="nowhere", name="x", variety="y").save(),
        "NotFound: Peach nowhere/x cannot be created: its namespace does not exist\n"
        "  hint: create it first, for example with `kubectl create namespace nowhere`",
    ),
    "a name that is taken": (
        lambda cluster: (fruit(cluster), fruit(cluster)),
        "AlreadyExists: Peach default/cake already exists\n"
        "  hint: to change it, read it first (with query.get) and save what you read, or use pk.apply",
    ),
    "a conflict": (
        conflict,
        "ConflictError: Peach default/cake was changed by somebody else meanwhile: "
        "spec.price (read: 1, now: 3, yours: 4)\n  hint: read it again (pk.refresh), decide, and save again",
    ),
    "an object that is gone": (
        gone,
        "NotFound: Peach default/cake is gone: it was deleted after it was read\n"
        "  hint: to create it again, use pk.create",
    ),
    "an object that was replaced": (
        replaced,
        "NotFound: Peach default/cake is gone: it was deleted after it was read, and another object of that name was "
        "created\n  hint: read it again (pk.refresh) to work on the new object",
    ),
    "a field of another manager": (
        owned,
        'ApplyConflict: Peach default/cake cannot be applied: .spec.price is owned by "shop"\n'
        "  hint: leave the field out to let its owner keep it, or take it over with force=True",
    ),
    "a value that the schema refuses": (
        lambda cluster: peach(price=-1).save(),
        "Invalid: Peach default/cake is invalid: spec.price: Invalid value: -1: spec.price in body should be greater "
        "than or equal to 0",
    ),
    "a field that the schema does not know": (
        lambda cluster: Strange(namespace="default", name="x", zork="y", variety="z").save(),
        "Invalid: Peach default/x is invalid: spec.zork: the schema in the cluster does not know this field\n"
        "  hint: bring the CustomResourceDefinition up to the model with pk.install(Peach), or correct the field's "
        "name",
    ),
    "a field that is missing": (
        lambda cluster: Peach(namespace="default", name="x").save(),
        "ValidationError: Peach default/x: variety (spec.variety) must be set before it can be saved",
    ),
    "a value that is no JSON": (
        lambda cluster: peach(variety=object()).save(),
        "ModelError: Peach default/cake: spec.variety: a value of type object does not fit: "
        "only dicts, lists, strings, numbers, booleans and None can be stored",
    ),
    "a part of a query that only we can evaluate": (
        lambda cluster: query().using(cluster.refuse_residual()).filter(price__gt=1).all(),
        "ResidualRefused: the server cannot evaluate `spec.price > 1` for Peach, "
        "and this handle refuses to do it here\n"
        "  hint: declare the field with selectable=True, ask by labels, or use a cluster without refuse_residual",
    ),
    "an attribute that is not there": (
        lambda cluster: query().filter(zork=1),
        "FieldError: Peach has no attribute 'zork'; it has created_at, name, namespace, price, variety",
    ),
    "a read that takes too long": (
        faulty("read", "hang"),
        "Timeout: listing peaches did not end within 200ms\n"
        "  hint: allow it more time with cluster.with_timeout(seconds)",
    ),
    "a write that takes too long": (
        faulty("write", "hang"),
        "OutcomeUnknown: creating Peach default/cake may or may not have happened: no answer came within 200ms\n"
        "  hint: read the object again (pk.refresh or query.get) to see what became of it",
    ),
    "a server that is too busy": (
        faulty("read", "answer", 429, retry_after=100),
        "TooManyRequests: the server is too busy for listing peaches: the server has received too many "
        "requests and has asked us to try again later\n"
        "  hint: it asked to be tried again after 100s; cluster.with_timeout(seconds) allows a call more time",
    ),
    "something that is forbidden": (
        faulty("read", "answer", 403),
        "Forbidden: listing peaches is forbidden: Internal error occurred: injected fault\n"
        "  hint: see what you may do with `kubectl auth can-i --list`",
    ),
    "nobody there": (
        lambda cluster: query().using(pykorm.clusters.from_configuration({"host": "http://127.0.0.1:1"})).all(),
        "ConnectError: no cluster is reachable at http://127.0.0.1:1: client error (Connect): tcp connect error: "
        "Connection refused (os error 111)\n"
        "  hint: is the cluster running and the kubeconfig's `server` right? `kubectl cluster-info` uses the same "
        "configuration; pykorm.embedded() and `korm serve` need no cluster",
    ),
    "a kubeconfig that is not there": (
        lambda cluster: query().using(pykorm.Cluster("/nowhere")).all(),
        "ConfigError: the kubeconfig /nowhere cannot be read: No such file or directory (os error 2)\n"
        "  hint: check that the file exists and that you may read it",
    ),
    "a kind that nobody knows": (
        lambda cluster: cluster.kind("zork"),
        "UsageError: the cluster at WHERE serves no kind called `zork`\n"
        "  hint: `kubectl api-resources` lists the kinds; a custom one may not be installed yet",
    ),
    "more than one": (
        lambda cluster: (peach("a").save(), peach("b").save(), query().one()),
        "MultipleObjectsReturned: there is more than one such Peach: <NamespacedObjectQuery of Peach where "
        "Q(namespace='default')>",
    ),
    "none": (
        lambda cluster: query().one(),
        "DoesNotExist: there is no such Peach: <NamespacedObjectQuery of Peach where Q(namespace='default')>",
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_read(here, any_kubeconfig, situation):
    cause, text = SITUATIONS[situation]
    with pytest.raises(PykormError) as raised:
        cause(here)
    assert f"{type(raised.value).__name__}: {raised.value}" == text.replace("WHERE", address(any_kubeconfig))


def address(kubeconfig: str | None) -> str:
    """What messages call a cluster by."""
    if kubeconfig is None:
        return "embedded"
    (config,) = _native.documents(pathlib.Path(kubeconfig).read_text())
    context = next(one["context"] for one in config["contexts"] if one["name"] == config["current-context"])
    return next(one["cluster"]["server"] for one in config["clusters"] if one["name"] == context["cluster"])


def test_every_exception_has_its_place():
    for name in exceptions.__all__:
        found = getattr(exceptions, name)
        assert found.__doc__, name
        if isinstance(found, type) and issubclass(found, Exception):
            assert issubclass(found, PykormError)


def test_advice_speaks_python():
    """Each hint of the engine is said in Python's words."""
    for kind in exceptions._BY_KIND:
        for rust, python in exceptions._WORDS:
            error = exceptions.error_from_native(kind, f"what happened\n  hint: {rust}", {})
            assert str(error) == f"what happened\n  hint: {python}"
            assert error.details["hint"] == python
            assert "::" not in python


def test_nothing_of_what_the_engine_advises_is_left_in_rust():
    """Looks for it in the engine's own text, so that new advice is not forgotten here."""
    engine = WORKSPACE / "crates/korm/src"
    advice = [
        line.replace('\\"', '"').strip()
        for path in sorted(engine.rglob("*.rs"))
        for line in path.read_text().splitlines()
        if re.search(r"`[^`]*(::|Meta)[^`]*`", line)
        and not line.strip().startswith("//")
        and "tests" not in str(path.relative_to(engine))
    ]
    assert len(advice) > 5
    for line in advice:
        said = exceptions._in_python(line)
        assert "::" not in said, line
        assert "Meta`" not in said, line
