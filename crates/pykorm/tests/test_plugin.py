"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

PEACH = """
import pykorm, pytest
from pykorm.exceptions import OutcomeUnknown

@pykorm.k8s_custom_object("plugin.example.com", "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")

"""

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: peaches.plugin.example.com}
spec:
  group: plugin.example.com
  names: {kind: Peach, listKind: PeachList, plural: peaches, singular: peach}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""


def fruit(*names: str) -> str:
    return "\n---\n".join(
        f"apiVersion: plugin.example.com/v1\nkind: Peach\nmetadata: {{name: {name}}}\nspec: {{variety: Frost}}"
        for name in names
    )


@pytest.fixture
def run(pytester):
    def run(tests: str, **outcomes: int):
        pytester.makefile(".yaml", crd=CRD, two=fruit("a", "b"), one=fruit("c"))
        pytester.makepyfile(PEACH + tests)
        # In a process of its own: the engine does not like to be loaded twice.
        done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers")
        done.assert_outcomes(**outcomes)
        return done

    return run


def test_each_test_has_a_cluster_of_its_own(run):
    run(
        """
@pytest.mark.parametrize("turn", range(3))
def test_it(pykorm_cluster, turn):
    pykorm_cluster.install(Peach)
    assert Peach.query.count() == 0
    Peach(namespace="default", name="a", variety="Frost").save()
    assert Peach.query.count() == 1

def test_without():
    assert pykorm.Pykorm.clusters_config == {}
""",
        passed=4,
    )


def test_markers_say_what_is_there(run):
    run(
        """
pytestmark = pytest.mark.pykorm(load="crd.yaml")

def test_module(pykorm_cluster):
    assert Peach.query.count() == 0

@pytest.mark.pykorm(load=["two.yaml", "one.yaml"])
def test_function(pykorm_cluster):
    assert Peach.query.values_list("name", flat=True) == ["a", "b", "c"]

@pytest.mark.pykorm(load="one.yaml")
class TestClass:
    @pytest.mark.pykorm(load="two.yaml")
    def test_all(self, pykorm_cluster, pykorm_requests):
        assert Peach.query.count() == 3
        assert [request.method for request in pykorm_requests] == ["GET"]

@pytest.mark.parametrize("pykorm_cluster", [{"load": "one.yaml"}, {"load": ["two.yaml"]}], indirect=True)
def test_parameters(pykorm_cluster):
    assert Peach.query.count() in (1, 2)
""",
        passed=5,
    )


def test_classes_are_installed_and_texts_loaded(run):
    run(
        '''
@pytest.mark.pykorm(install=[Peach], load="""
apiVersion: plugin.example.com/v1
kind: Peach
metadata: {name: a}
spec: {variety: Frost}
""")
def test_it(pykorm_cluster):
    assert Peach.query.one().variety == "Frost"

@pytest.mark.pykorm(install=Peach)
def test_one(pykorm_cluster):
    assert not Peach.query.exists()
''',
        passed=2,
    )


def test_the_configuration_file_says_what_is_there(run, pytester):
    pytester.makeini("[pytest]\npykorm_load = crd.yaml two.yaml\n")
    run("def test_it(pykorm_cluster):\n    assert Peach.query.count() == 2\n", passed=1)


def test_faults_and_requests(run):
    run(
        """
pytestmark = pytest.mark.pykorm(install=Peach)

def test_a_lost_answer(pykorm_requests, pykorm_faults):
    pykorm_faults.on("write").lose_answer()
    Peach(namespace="default", name="a", variety="Frost").save()
    assert Peach.query.count() == 1
    assert pykorm_requests[0].status is None
    assert pykorm_requests.lines()[:2] == ["POST /apis/plugin.example.com/v1/namespaces/default/peaches"] * 2
    assert [fault.method for fault in pykorm_faults.injected] == ["POST"]

def test_a_delete_whose_answer_is_lost(pykorm_faults):
    peach = Peach(namespace="default", name="a", variety="Frost")
    peach.save()
    pykorm_faults.on(method="DELETE").lose_answer()
    peach.delete()
    assert Peach.query.count() == 0

def test_a_server_that_is_busy(pykorm_requests, pykorm_faults):
    pykorm_faults.on("read", path="/peaches", times=2).answer(503)
    assert Peach.query.all() == []
    assert [request.status for request in pykorm_requests] == [503, 503, 200]

def test_an_error_for_good(pykorm_faults):
    pykorm_faults.on("write").answer(403)
    with pytest.raises(pykorm.exceptions.Forbidden):
        Peach(namespace="default", name="a").save()

def test_a_watch_that_is_cut(pykorm_faults, pykorm_requests):
    Peach(namespace="default", name="a", variety="Frost").save()
    pykorm_faults.on("watch").cut_stream(after_lines=0)
    with Peach.query.watch() as watch:
        seen = [next(watch).type for _ in range(2)]
        Peach(namespace="default", name="b", variety="Frost").save()
        seen.append(next(watch).object.name)
    assert seen == ["added", "synced", "b"]
    assert sum("watch=" in request.path for request in pykorm_requests) >= 2

def test_history_that_is_lost_within_a_watch(pykorm_faults):
    pykorm_faults.on("watch").gone_in_stream(after_lines=0)
    with Peach.query.watch() as watch:
        assert next(watch).type == "synced"
        Peach(namespace="default", name="b", variety="Frost").save()
        assert next(watch).object.name == "b"

def test_a_delay(pykorm_faults):
    import time
    pykorm_faults.on("read").delay(0.2)
    began = time.monotonic()
    Peach.query.all()
    assert time.monotonic() - began > 0.15
""",
        passed=7,
    )


def test_a_fault_that_never_met_a_request_fails_the_test(run):
    done = run(
        """
def test_forgotten(pykorm_faults):
    pykorm_faults.on("write").lose_answer()

def test_given_up(pykorm_faults):
    pykorm_faults.on("write").lose_answer()
    pykorm_faults.calm()

def test_forever(pykorm_faults):
    pykorm_faults.on("write", times=None).hang()
""",
        passed=3,
        errors=1,
    )
    done.stdout.fnmatch_lines(["*1 of the faults never met a request*"])


def test_the_report_shows_the_requests(run):
    done = run(
        """
@pytest.mark.pykorm(install=Peach)
def test_it(pykorm_cluster):
    Peach(namespace="default", name="a", variety="secret").save()
    assert Peach.query.count() == 2
""",
        failed=1,
    )
    done.stdout.fnmatch_lines(
        [
            "*pykorm requests*",
            "POST /apis/plugin.example.com/v1/namespaces/default/peaches?* -> 201",
            "GET /apis/plugin.example.com/v1/peaches?* -> 200",
        ]
    )


def test_faults_outside_the_plugin():
    import pykorm
    from pykorm.exceptions import UsageError

    cluster = pykorm.embedded()
    with pytest.raises(UsageError, match='requests=.zork.: the requests are "read", "write" or "watch"'):
        cluster.faults.on("zork").hang()
    with pytest.raises(UsageError, match="1 is no HTTP status code"):
        cluster.faults.on().answer(1)
    assert repr(cluster.faults) == "<Faults: 0 injected, 0 rules waiting>"
    with pytest.raises(UsageError, match=r"Cluster\(..., faults=True\)"):
        _ = pykorm.clusters.from_configuration({"host": "http://127.0.0.1:1"}).faults


def test_faults_in_front_of_any_server(kubeconfig):
    import pykorm
    from pykorm.exceptions import OutcomeUnknown

    cluster = pykorm.Cluster(kubeconfig, faults=True, timeout=10)

    @pykorm.k8s_core("Namespace")
    class Namespace(pykorm.ClusterModel):
        pass

    cluster.faults.on("read", times=1).answer(503)
    assert Namespace.query.using(cluster).filter(name="default").count() == 1
    assert len(cluster.faults.injected) == 1
    assert cluster.faults.waiting == 0
    cluster.faults.on("write", times=None).unreachable()
    with pytest.raises((OutcomeUnknown, pykorm.exceptions.ConnectError, pykorm.exceptions.Timeout)):
        Namespace(name="never").save(cluster.with_timeout(0.5))
    cluster.faults.calm()
    assert Namespace.query.using(cluster).filter(name="never").count() == 0
