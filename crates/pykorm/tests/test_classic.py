"""Programs written for pykorm 0.60, unchanged."""

from __future__ import annotations

import ast
import os
import pathlib
import subprocess
import sys

import pykorm
import pytest
from conftest import unique
from pykorm.exceptions import NotFound

pytest.importorskip("kubernetes", reason="the package kubernetes is not installed; the original needs it too")

PROGRAMS = pathlib.Path(__file__).parent / "programs"

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: peaches.classic.example.com
spec:
  group: classic.example.com
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
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
    additionalPrinterColumns:
    - {name: Variety, type: string, description: The variety of the peach, jsonPath: .spec.variety}
"""

# What the original prints, in full: it was run on the reference server.
CLASSIC = """\
['default', 'other']
True
True
True
True
Frost 1 2 SWEET a north {'orchard': 'north'}
CH hill [] True
{'motto': 'sweet', 'origin': {'country': 'CH', 'farm': 'hill'}, 'price': 1, 'variety': 'Frost'}
ReadOnlyException
ReadOnlyException
True 1
Frost 2 None False True False
{'spec': {'variety': 'x'}} {} {'spec': {'price': 1}} {'spec': {'motto': 'x'}}
1 X CH
['spec', 'a.b'] 1 True False True
a=b,c=d
['cake-peach', 'pie-peach']
['cake-peach']
['cake-peach'] ['cake-peach', 'pie-peach']
[] []
['cake-peach']
['pie-peach']
['pie-peach']
3 None None
Redhaven
True False
422 True
409
{'a': '1', 'b': '2'}
['NAMESPACE']
[]
[]
"""


BEHAVIOUR = """\
unknown name: refused
class access: Spec
defaults are copies: []
false is a value: False
zero is a value: 0
mixin: A
dict for nested: red
equal: True
other class: False
other content: False
uid: True
name once set: refused
the same name: taken
uid once set: refused
created_at once set: refused
namespace: taken
body: ['a.b/c', 'count', 'deep', 'empty', 'grade', 'stone', 'tags', 'variety']
body metadata: ['annotations', 'name', 'namespace']
missing nested: []
dotted key: d
nested key: {'er': 'e'}
annotation: n
found by another class: Redhaven
chained: ['cake']
no side effects: [5]
elsewhere: []
get without a namespace: refused
saved there: 6
gone: []
not in the default cluster: refused
"""


@pytest.fixture
def namespace(kubectl):
    kubectl("apply", "-f", "-", stdin=CRD)
    kubectl("wait", "--for=condition=Established", "crd/peaches.classic.example.com", "--timeout=20s")
    name = unique("classic")
    kubectl("create", "ns", name)
    yield name
    kubectl("delete", "ns", name, "--wait=false")


@pytest.mark.parametrize(("program", "output"), [("classic", CLASSIC), ("behaviour", BEHAVIOUR)])
def test_a_program_for_the_original(kubeconfig, namespace, program, output):
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / f"{program}.py"), namespace],
        env={**os.environ, "KUBECONFIG": kubeconfig},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == output.replace("NAMESPACE", namespace)


#: What a program written for the original may name, module by module.
NAMES = {
    "pykorm": "Spec Metadata MetadataAnnotation NamespacedModel ClusterModel k8s_custom_object k8s_core Pykorm",
    "pykorm.fields": "DataField Status ListField DictNestedField",
    "pykorm.models": "PykormModel Nested",
    "pykorm.pykorm": "k8s_appsv1 get_query_cls",
    "pykorm.exceptions": "ReadOnlyException",
    "pykorm.query": "BaseQuery NamespacedObjectQuery ClusterObjectQuery",
}
PARTS = """
    query filter_by filter_by_labels filter_by_fields using overwrite_clusters all first get clusters_config
    get_api_client_mapping save apply delete to_dict fullpath get_data preprocessor postprocessor process_labels name
    namespace created_at _k8s_uid _k8s_dict
"""


def test_the_program_names_everything():
    """One program uses each name, so that its output, which is the original's, speaks of all of them."""
    tree = ast.parse((PROGRAMS / "classic.py").read_text())
    named = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert [
        f"{module}.{name}" for module in NAMES for name in NAMES[module].split() if f"{module}.{name}" not in named
    ] == []
    said = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    said |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    said |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set(PARTS.split()) - said == set()


def test_errors_are_those_of_the_package_kubernetes_too():
    import kubernetes.client
    from kubernetes.client.rest import ApiException
    from pykorm.exceptions import error_from_native

    error = error_from_native("not_found", "gone", {"status": 404, "reason": "NotFound"})
    assert isinstance(error, NotFound)
    assert isinstance(error, ApiException)
    assert isinstance(error, kubernetes.client.exceptions.NotFoundException)
    assert (error.status, error.reason, str(error)) == (404, "NotFound", "gone")
    error = error_from_native("api", "broken", {"status": 500})
    assert isinstance(error, kubernetes.client.exceptions.ServiceException)
    assert type(error).__name__ == "ApiError"
    assert not isinstance(error_from_native("config", "x", {}), ApiException)


def test_configurations_of_the_package_kubernetes(kubeconfig, monkeypatch):
    import kubernetes

    configuration = kubernetes.client.Configuration()
    kubernetes.config.load_kube_config(kubeconfig, client_configuration=configuration)

    @pykorm.k8s_core("Namespace")
    class Namespace(pykorm.ClusterModel):
        pass

    as_dict = {
        name: getattr(configuration, name)
        for name in ("host", "api_key", "ssl_ca_cert", "cert_file", "key_file", "verify_ssl")
    }
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {"a": configuration, "b": as_dict})
    for name in ("a", "b"):
        assert Namespace.query.using(name).get("default").name == "default"
    mapping = pykorm.Pykorm.get_api_client_mapping()
    assert list(mapping) == ["a", "b", "default"]  # the last as kubectl is told, as ever
    # One connection each, for as long as the configuration is the same.
    assert pykorm.Pykorm.get_api_client_mapping()["a"] is mapping["a"]
    as_dict["host"] = "https://127.0.0.1:1"
    assert pykorm.Pykorm.get_api_client_mapping()["b"] is not mapping["b"]
