"""Several clusters at once, and handles to one cluster that behave differently; on every server."""

from __future__ import annotations

import asyncio
import time

import pykorm
import pytest
from conftest import Namespace, cluster_at, group, unique
from pykorm.exceptions import ConnectError, Invalid, NotInstalled, ResidualRefused, Timeout, UsageError


@pykorm.k8s_custom_object(group("clusters"), "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price", default=1)


KINDS = (Peach,)


def grown(cluster: pykorm.Cluster, *names: str) -> pykorm.Cluster:
    """The cluster, with objects of these names."""
    cluster.install(Peach)
    for number, name in enumerate(names):
        Peach(namespace="default", name=name, variety="Frost", price=number).save(cluster)
    return cluster


@pytest.fixture
def cluster(here):
    """One that has an object named ``a``."""
    return grown(here, "a")


def nobody() -> pykorm.Cluster:
    return pykorm.clusters.from_configuration({"host": "http://127.0.0.1:1"})


@pytest.fixture
def clusters(here):
    """A server and an embedded one that answer, and two that cannot."""
    south = grown(pykorm.embedded(), "c")
    return pykorm.Clusters(
        {"north": grown(here, "a", "b"), "empty": pykorm.embedded(), "nobody": nobody(), "south": south}
    )


def check(answers, clusters):
    assert [(name, peach.name) for name, peach in answers] == [("north", "a"), ("north", "b"), ("south", "c")]
    assert [peach.cluster is clusters[name] for name, peach in answers] == [True] * 3
    failures = dict(answers.failures())
    assert list(failures) == ["empty", "nobody"]
    assert isinstance(failures["empty"], NotInstalled)
    assert isinstance(failures["nobody"], ConnectError)
    assert "127.0.0.1:1" in str(failures["nobody"])
    assert len(answers) == 3
    assert [peach.name for peach in answers["north"]] == ["a", "b"]
    with pytest.raises(NotInstalled):
        answers["empty"]
    with pytest.raises(KeyError):
        answers["zork"]
    assert repr(answers) == "<Answers of 4 clusters: 3 objects, 2 failures>"


def test_one_query_over_several_clusters(clusters):
    answers = clusters.query(Peach.query.filter(variety="Frost").order_by("name"))
    check(answers, clusters)
    for name, peach in answers:
        peach.price = 7
        peach.save()
        assert Peach.query.using(clusters[name]).filter(namespace="default").get(peach.name).price == 7


def test_one_query_over_several_clusters_under_asyncio(clusters):
    check(asyncio.run(clusters.aquery(Peach.query.order_by("name"))), clusters)


def test_they_are_asked_in_parallel(here, any_kubeconfig):
    """Four connections; they may lead to one server, which then gives each the same answer."""
    several = pykorm.Clusters({name: cluster_at(any_kubeconfig) for name in "abcd"})
    for cluster in several.values():
        cluster.install(Peach)
        pykorm.Pykorm(cluster).get_or_create(Peach(namespace="default", name="one"))
        cluster.faults.on("read", path="/peaches").delay(1)
    began = time.monotonic()
    assert len(several.query(Peach.query)) == 4
    assert time.monotonic() - began < 3.5  # one after the other they would take 4 seconds
    for cluster in several.values():
        assert cluster.faults.waiting == 0


def test_both_servers_at_once(any_cluster):
    own = pykorm.embedded()
    answers = pykorm.Clusters({"one": any_cluster, "own": own}).query(Namespace.query.filter(name="kube-system"))
    assert [(name, found.name) for name, found in answers] == [("one", "kube-system"), ("own", "kube-system")]
    assert [found.cluster for found in answers.objects()] == [any_cluster, own]


def test_the_clusters_of_the_configuration(cluster, monkeypatch):
    there = grown(pykorm.embedded(), "b")
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {"here": cluster, "there": there})
    several = pykorm.Clusters()
    assert dict(several) == {"here": cluster, "there": there}
    assert [name for name, _ in several.query(Peach.query)] == ["here", "there"]
    assert repr(several) == "<Clusters here, there>"


def test_an_object_knows_its_cluster(cluster, monkeypatch):
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {"default": nobody()})
    peach = Peach(namespace="default", name="b", variety="Frost")
    assert peach.cluster is None
    peach.save(cluster)
    assert peach.cluster is cluster
    assert Peach.query.using(cluster).first().cluster is cluster
    assert "cluster" not in peach.to_dict()
    # What is done with the object itself is done where it lives; the default cluster would not answer.
    peach.price = 4
    peach.save()
    peach.price = 5
    peach.apply()
    peach.price = 6
    peach.refresh()
    assert Peach.query.using(cluster).filter(namespace="default").get("b").price == 5
    peach.delete()
    assert Peach.query.using(cluster).filter(namespace="default").get("b") is None
    peach.save()
    assert Peach.query.using(cluster).count() == 2


# Handles.


def test_dry_run_stores_nothing_and_changes_no_object(cluster):
    trial = pykorm.Pykorm(cluster.dry_run())
    new = Peach(namespace="default", name="new", variety="Frost")
    with cluster.requests() as sent:
        trial.save(new)
        assert "dryRun=All" in sent[0].path
    assert (new.cluster, new.created_at) == (None, None)
    with pytest.raises(Invalid):
        trial.save(Peach(namespace="default", name="Not_A_Name", variety="x"))
    peach = Peach.query.using(cluster).filter(namespace="default").get("a")
    peach.price = 9
    trial.save(peach)
    trial.apply(peach, force=True)
    trial.delete(peach)
    trial.add_finalizer(peach, "example.com/x")
    assert Peach.query.using(cluster).values_list("name", "price") == [("a", 0)]
    pykorm.Pykorm(cluster).save(peach)  # it still is to be saved
    assert Peach.query.using(cluster).one().price == 9


def test_refusing_a_residual(cluster):
    strict = cluster.refuse_residual()
    assert Peach.query.using(strict).filter(name="a").count() == 1
    with pytest.raises(ResidualRefused, match="price"), cluster.requests() as sent:
        Peach.query.using(strict).filter(price__gt=1).all()
    assert list(sent) == []
    assert Peach.query.using(cluster).filter(price__gt=1).all() == []


def test_timeouts(cluster):
    cluster.faults.on("read").hang()
    began = time.monotonic()
    with pytest.raises(Timeout, match="listing peaches"):
        Peach.query.using(cluster.with_timeout(0.2)).all()
    assert time.monotonic() - began < 30  # and not the 60 seconds that a call may take otherwise


def test_pages_and_managers(cluster):
    grown(cluster, "b", "c")
    with cluster.requests() as sent:
        assert Peach.query.using(cluster.with_page_size(2)).count() == 3
        assert len(Peach.query.using(cluster.with_page_size(2)).all()) == 3
        assert "limit=2" in sent[-1].path
    shop = pykorm.Pykorm(cluster.with_field_manager("shop"))
    peach = Peach(namespace="default", name="d", variety="Frost")
    shop.apply(peach)
    assert "spec.variety" in shop.owned_fields(peach)
    assert pykorm.Pykorm(cluster).owned_fields(peach) == []
    # An object read by one handle is saved by another.
    peach.price = 3
    pykorm.Pykorm(cluster).save(peach)
    assert Peach.query.using(cluster).filter(namespace="default").get("d").price == 3


def test_a_cluster_is_made_to_behave_so(kubeconfig):
    """The same settings, given when the connection is made."""
    made = pykorm.Cluster(kubeconfig, page_size=2, field_manager="shop", dry_run=True, refuse_residual=True)
    with made.requests() as sent:
        with pytest.raises(ResidualRefused, match="creationTimestamp"):
            Namespace.query.using(made).filter(created_at__gt="2026-01-01T00:00:00Z").all()
        assert list(sent) == []
        Namespace(name=unique("never")).save(made)
        (request,) = sent
        assert {"dryRun=All", "fieldManager=shop"} <= set(request.path.partition("?")[2].split("&"))
        sent.clear()
        assert len(Namespace.query.using(made).all()) > 2
        assert len(sent) > 1
        assert all("limit=2" in request.path for request in sent)
    hasty = pykorm.Cluster(kubeconfig, timeout=0.2, faults=True)
    hasty.faults.on("read").hang()
    with pytest.raises(Timeout, match="listing namespaces"):
        Namespace.query.using(hasty).all()


def test_kinds_by_name(any_cluster):
    for name in ("deploy", "deployments", "deployment", "Deployment", "deployments.apps", "deployments.v1.apps"):
        found = any_cluster.kind(name)
        assert (found._api_version(), found.__name__, found._pykorm_plural) == ("apps/v1", "Deployment", "deployments")
        assert issubclass(found, pykorm.NamespacedModel)
    with pytest.raises(UsageError, match="serves no kind called `zork`"):
        any_cluster.kind("zork")
    role = any_cluster.kind("clusterroles", fields=["rules"])
    assert issubclass(role, pykorm.ClusterModel)
    name = unique("pykorm-kinds")
    made = role(name=name, rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
    made.save(any_cluster)
    assert any_cluster.query(role).get(name).rules[0]["verbs"] == ["get"]
    made.delete(any_cluster)
    kinds = {kind.plural: kind for kind in any_cluster.kinds() if kind.api_version in ("v1", "apps/v1")}
    assert kinds["pods"] == ("v1", "Pod", "pods", True, ("po",))
    assert kinds["namespaces"].namespaced is False


def test_custom_kinds_by_name(cluster):
    whole = f"peaches.{Peach._pykorm_group}"  # other tests may have a kind named Peach too
    found = cluster.kind(whole)
    peach = cluster.query(found).filter(namespace="default").get("a")
    assert peach.spec == {"variety": "Frost", "price": 0}
    peach.spec["price"] = 5
    peach.save(cluster)
    assert Peach.query.using(cluster).one().price == 5

    async def main():
        assert (await cluster.akind(whole)).__name__ == "Peach"
        assert "peaches" in [kind.plural for kind in await cluster.akinds()]

    asyncio.run(main())
