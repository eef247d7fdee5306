"""Every way of writing, waiting for it and awaiting it; on the embedded and on the reference server."""

from __future__ import annotations

import asyncio
import sys
import threading

import pykorm
import pytest
from conftest import group, uninstall
from pykorm.exceptions import (
    AlreadyExists,
    ApplyConflict,
    ConflictError,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Timeout,
    UsageError,
    WaitFailed,
)

GROUP = group("writes")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1, schema={"minimum": 0})
    ripe: bool = pykorm.Status("ripe")
    conditions: list = pykorm.Status("conditions")


@pykorm.k8s_custom_object(GROUP, "v1", "plums")
class Plum(pykorm.NamespacedModel):
    """Its definition, below, has no status subresource, as those of many operators of old."""

    sweet: bool = pykorm.Spec("sweet")
    ripe: bool = pykorm.Status("ripe")
    picked: int = pykorm.Status("picked")


PLUMS = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: plums.{GROUP}}}
spec:
  group: {GROUP}
  names: {{kind: Plum, listKind: PlumList, plural: plums, singular: plum}}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {{type: object, x-kubernetes-preserve-unknown-fields: true}}
          status: {{type: object, properties: {{ripe: {{type: boolean}}, picked: {{type: integer, maximum: 9}}}}}}
"""


KINDS = (Peach,)


class Both:
    """Calls that wait, or their asynchronous twins: what is tested of the one is tested of the other."""

    def __init__(self, pk: pykorm.Pykorm, asynchronous: bool) -> None:
        self.pk = pk
        self.asynchronous = asynchronous

    def __getattr__(self, name: str):
        if not self.asynchronous:
            return getattr(self.pk, name)
        twin = getattr(self.pk, {"wait_for": "await_for"}.get(name, f"a{name}"))

        def call(*args, **kwargs):
            async def main():
                return await twin(*args, **kwargs)

            return asyncio.run(main())

        return call


@pytest.fixture(scope="module")
def cluster(installed):
    return installed


@pytest.fixture(scope="module")
def plums_served(cluster):
    cluster.load(PLUMS)
    yield
    uninstall(cluster, f"plums.{GROUP}")


@pytest.fixture(params=["waiting", "awaiting"])
def pk(request, cluster):
    return Both(pykorm.Pykorm(cluster), request.param == "awaiting")


@pytest.fixture
def peaches(cluster, ns):
    return Peach.query.using(cluster).filter(namespace=ns)


def made(ns, name="cake", **attributes):
    return Peach(namespace=ns, name=name, **{"variety": "Frost", **attributes})


def test_create_and_get_or_create(pk, ns, peaches):
    peach = made(ns)
    pk.create(peach)
    with pytest.raises(AlreadyExists, match=f"Peach {ns}/cake"):
        pk.create(peach)
    other = made(ns, price=7)
    assert pk.get_or_create(other) is False
    assert other.price == 1
    assert pk.get_or_create(made(ns, "pie")) is True
    assert peaches.count() == 2


def test_update(pk, ns, peaches):
    pk.save(made(ns))
    mine = Peach(namespace=ns, name="cake")
    pk.update(mine, lambda peach: setattr(peach, "price", peach.price + 1))
    assert (mine.price, peaches.get("cake").price) == (2, 2)
    with pytest.raises(NotFound, match=f"Peach {ns}/zork"):
        pk.update(Peach(namespace=ns, name="zork"), lambda peach: None)


def test_apply_names_manager_and_field(pk, ns, cluster, peaches):
    shop = Both(pykorm.Pykorm(cluster.with_field_manager("shop")), pk.asynchronous)
    shop.apply(made(ns, price=2))
    with pytest.raises(ApplyConflict, match=r'shop') as raised:
        pk.apply(made(ns, price=3))
    (conflict,) = raised.value.owned
    assert conflict == ("shop", ".spec.price")
    assert ".spec.price" in str(raised.value)
    pk.apply(made(ns, price=3), force=True)
    assert peaches.get("cake").price == 3
    # What an apply leaves out is removed, if nobody else owns it.
    peach = Peach(namespace=ns, name="cake", price=3)
    pk.apply(peach)
    assert peach.variety == "Frost"  # the shop's
    assert sorted(pk.owned_fields(peach)) == ["spec.price"]
    assert sorted(shop.owned_fields(peach)) == ["spec.variety"]
    owners = {(owner.manager, owner.operation): owner.fields for owner in pk.owners(peach)}
    assert owners["pykorm", "Apply"] == ("spec.price",)
    assert owners["shop", "Apply"] == ("spec.variety",)


def test_many(pk, ns, peaches):
    seen = []
    several = [made(ns, f"p{n}", price=n) for n in range(6)]
    several[3].price = -1
    outcomes = pk.save_all(several, concurrency=2, progress=lambda done, total: seen.append((done, total)))
    assert [outcome.ok for outcome in outcomes] == [True, True, True, False, True, True]
    assert isinstance(outcomes[3].error, Invalid)
    assert "spec.price" in str(outcomes[3].error)
    assert seen == [(n, 6) for n in range(1, 7)]
    for peach in several:
        peach.price = 8
    outcomes = pk.apply_all(several, force=True)
    assert [outcome.object for outcome in outcomes] == several
    assert [outcome.ok for outcome in outcomes] == [True] * 6
    assert peaches.values_list("price", flat=True) == [8] * 6
    outcomes = pk.delete_all([*several, made(ns, "never")])
    assert [outcome.ok for outcome in outcomes] == [True] * 6 + [False]
    assert isinstance(outcomes[6].error, NotFound)
    assert peaches.count() == 0


def test_delete_with_finalizers_and_wait(pk, ns, peaches, cluster):
    peach = made(ns)
    pk.save(peach)
    pk.add_finalizer(peach, "example.com/cleanup")
    pk.add_finalizer(peach, "example.com/cleanup")
    pk.add_finalizer(peach, "example.com/other")
    assert peach._stored("finalizers") == ["example.com/cleanup", "example.com/other"]
    pk.remove_finalizer(peach, "example.com/other")
    with pytest.raises(Timeout, match=f"Peach {ns}/cake"):
        pk.delete(peach, wait=0.3)
    held = peaches.get("cake")
    assert held._stored("deletionTimestamp")
    finish = threading.Timer(0.3, lambda: pykorm.Pykorm(cluster).remove_finalizer(made(ns), "example.com/cleanup"))
    finish.start()
    pk.delete(held, wait=30)
    finish.join()
    assert peaches.get("cake") is None


def test_delete_only_if_unchanged(pk, ns, peaches):
    peach = made(ns)
    pk.save(peach)
    other = peaches.get("cake")
    other.price = 5
    pk.save(other)
    with pytest.raises(ConflictError, match=f"Peach {ns}/cake"):
        pk.delete(peach, if_unchanged=True)
    with pytest.raises(UsageError, match="was not read from this cluster"):
        pk.delete(made(ns), if_unchanged=True)
    with pytest.raises(UsageError, match='"Background", "Foreground" or "Orphan"'):
        pk.delete(other, propagation="Sideways")
    pk.delete(other, if_unchanged=True)
    assert peaches.count() == 0


def test_explaining_a_deletion(pk, ns, cluster):
    peach = made(ns)
    pk.save(peach)
    with cluster.requests() as sent:
        text = pk.explain_delete(peach, propagation="Orphan")
    assert list(sent) == []
    request, body, dependents = text.splitlines()
    assert request == f"DELETE /apis/{GROUP}/v1/namespaces/{ns}/peaches/cake"
    assert peach._k8s_uid in body
    assert "stay" in dependents


def test_an_update_of_many_that_somebody_overtakes(ns, cluster, peaches):
    """Between the list and the save of each, somebody else changes the same attribute."""
    pk = pykorm.Pykorm(cluster)
    pk.save_all([made(ns, f"p{n}") for n in range(3)])
    seen = peaches.all()
    for peach in peaches:
        peach.price = 5
        pk.save(peach)
    query = peaches._clone()
    query.all = lambda: seen  # what was listed before that
    query._alone = lambda: query
    assert query.update(price=9) == 3
    assert peaches.values_list("price", flat=True) == [9, 9, 9]


def test_a_failure_of_many_knows_every_outcome(ns, cluster, peaches):
    pykorm.Pykorm(cluster).save_all([made(ns, f"p{n}", variety="x" * n) for n in range(3)])
    with pytest.raises(Invalid) as raised:
        peaches.update(price=-1)
    outcomes = raised.value.details["outcomes"]
    assert [outcome.object.name for outcome in outcomes] == ["p0", "p1", "p2"]
    assert not any(outcome.ok for outcome in outcomes)
    assert asyncio.run(peaches.aupdate(price=2)) == 3
    assert asyncio.run(peaches.adelete()) == 3


def test_the_object_itself_deletes_as_well(ns, cluster, peaches):
    for asynchronous in (False, True):
        peach = made(ns)
        peach.save(cluster)
        if asynchronous:
            asyncio.run(peach.adelete(cluster, propagation="Background", if_unchanged=True, wait=10))
        else:
            peach.delete(cluster, propagation="Background", if_unchanged=True, wait=10)
        assert peaches.count() == 0


def test_refresh(pk, ns, peaches):
    peach = made(ns)
    pk.save(peach)
    other = peaches.get("cake")
    other.price = 5
    pk.save(other)
    peach.variety = "unsaved"
    pk.refresh(peach)
    assert (peach.variety, peach.price) == ("Frost", 5)


def test_waiting(pk, ns, cluster):
    waiting = pykorm.Pykorm(cluster)
    peach = made(ns)
    threading.Timer(0.2, lambda: waiting.save(made(ns))).start()
    pk.wait_for(peach, "exists", timeout=20)

    def ripen():
        mine = Peach.query.using(cluster).filter(namespace=ns).get("cake")
        mine.conditions = [{"type": "Ready", "status": "True"}]
        mine.ripe = True
        waiting.save(mine)

    threading.Timer(0.2, ripen).start()
    pk.wait_for(peach, "Ready", timeout=20)
    pk.wait_for(peach, (Peach.ripe == True) & (Peach.price < 5), timeout=20)  # noqa: E712
    with pytest.raises(WaitFailed, match=f"Peach {ns}/cake"):
        pk.wait_for(peach, Peach.price > 7, unless=Peach.ripe == True, timeout=20)  # noqa: E712
    with pytest.raises(Timeout, match=f"Peach {ns}/cake"):
        pk.wait_for(peach, "gone", timeout=0.2)


def test_install(pk):
    pk.install(Peach)


# The status of a kind whose definition has no status subresource.


@pytest.mark.usefixtures("plums_served")
def test_a_status_without_a_subresource(pk, ns, cluster):
    plums = Plum.query.using(cluster).filter(namespace=ns)
    plum = Plum(namespace=ns, name="opal", sweet=True, ripe=False)
    pk.save(plum)
    assert plum.ripe is False
    assert plums.get("opal").ripe is False
    plum.ripe = True
    plum.sweet = False
    pk.save(plum)
    back = plums.get("opal")
    assert (back.ripe, back.sweet) == (True, False)
    # It is a compare-and-set all the same.
    other = plums.get("opal")
    other.picked = 3
    pk.save(other)
    plum.picked = 4
    with pytest.raises(ConflictError, match="status.picked"):
        pk.save(plum)
    other.picked = 99
    with pytest.raises(Invalid, match="status.picked"):
        pk.save(other)
    pk.apply(Plum(namespace=ns, name="applied", sweet=True, picked=5))
    assert plums.get("applied").picked == 5


@pytest.mark.usefixtures("plums_served")
def test_the_status_of_an_object_that_is_gone(pk, ns, cluster):
    plum = Plum(namespace=ns, name="opal", sweet=True)
    pk.save(plum)
    again = Plum.query.using(cluster).filter(namespace=ns).get("opal")
    pk.delete(again)
    plum.ripe = True
    with pytest.raises(NotFound, match=f"Plum {ns}/opal"):
        pk.save(plum)


# Answers that are lost: a write is done, rejected or unknown, and no conflict with itself.


def made_or_read(action):
    pk = pykorm.Pykorm()
    if action == "create":
        return lambda: pk.save(made("default"))
    if action == "apply":
        return lambda: pk.apply(made("default", price=2))
    peach = made("default")
    pk.save(peach)
    if action == "delete":
        return lambda: pk.delete(peach)
    if action == "update":
        return lambda: pk.update(peach, lambda peach: setattr(peach, "price", peach.price + 1))
    if action == "finalizer":
        return lambda: pk.add_finalizer(peach, "example.com/x")
    peach.price = 2
    return lambda: pk.save(peach)


@pytest.mark.parametrize("fault", ["lose_answer", "answer"])
@pytest.mark.parametrize("action", ["create", "save", "apply", "delete", "update", "finalizer"])
def test_a_lost_answer_is_no_conflict_with_oneself(here, faults, action, fault):
    call = made_or_read(action)
    arguments = {"lose_answer": {}, "answer": {"status": 504, "after_applying": True}}[fault]
    getattr(faults.on("write"), fault)(**arguments)
    call()
    left = Peach.query.filter(namespace="default").all()
    if action == "delete":
        assert left == []
    else:
        (peach,) = left
        assert peach.price == (1 if action in ("create", "finalizer") else 2)
    if action == "finalizer":
        pykorm.Pykorm().remove_finalizer(peach, "example.com/x")  # or it could not be deleted


def test_what_nobody_can_tell_is_said_so(here, faults):
    faults.on(times=None).hang()
    hasty = pykorm.Pykorm(here.with_timeout(0.3))
    with pytest.raises(OutcomeUnknown, match="Peach default/cake may or may not have happened"):
        hasty.save(made("default"))
    (outcome,) = hasty.save_all([made("default")])
    assert (outcome.ok, outcome.kind) == (False, "unknown")
    faults.calm()
    assert Peach.query.count() == 0
    outcomes = pykorm.Pykorm().save_all([made("default"), made("default", "Not_A_Name")])
    assert [outcome.kind for outcome in outcomes] == ["done", "rejected"]


# The progress bar.


def test_the_progress_bar(here, monkeypatch, capsys):
    pk = pykorm.Pykorm()
    pk.save_all([made("default", f"p{n}") for n in range(4)], progress=True)
    assert capsys.readouterr().err == ""  # no terminal, no bar
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    pk.delete_all(Peach.query.all(), progress=True)
    shown = capsys.readouterr().err.split("\r")
    assert shown[1] == f"[{'#' * 10}{'.' * 30}] 1/4"
    assert shown[-1] == f"[{'#' * 40}] 4/4\n"
