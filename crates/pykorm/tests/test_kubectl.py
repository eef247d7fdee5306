"""Every verb of kubectl that a person uses, on a custom kind and on a native one, on both servers."""

from __future__ import annotations

import json
import time

import pytest
from conftest import unique
from servers import Lines, rows

GROUP = f"{unique('walk')}.example.com"

CRD = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: peaches.{GROUP}
spec:
  group: {GROUP}
  names:
    kind: Peach
    listKind: PeachList
    plural: peaches
    singular: peach
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {{}}
    selectableFields:
    - jsonPath: .spec.variety
    schema:
      openAPIV3Schema:
        type: object
        description: A fruit.
        properties:
          spec:
            type: object
            properties:
              variety:
                description: The variety of the peach.
                type: string
              price:
                type: integer
                minimum: 0
                default: 1
            required:
            - variety
          status:
            type: object
            x-kubernetes-preserve-unknown-fields: true
    additionalPrinterColumns:
    - name: Variety
      type: string
      description: The variety of the peach
      jsonPath: .spec.variety
    - name: Price
      type: integer
      priority: 1
      jsonPath: .spec.price
"""

PEACHES = f"peaches.{GROUP}"


def peach(name: str, variety: str = "Frost", **spec: object) -> str:
    return json.dumps(
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "Peach",
            "metadata": {"name": name},
            "spec": {"variety": variety, **spec},
        }
    )


def config_map(name: str, **data: str) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


@pytest.fixture(scope="module")
def installed(kubectl):
    """The kind is served, and gone afterwards."""
    kubectl("apply", "-f", "-", stdin=CRD)
    kubectl("wait", "--for=condition=Established", f"crd/{PEACHES}", "--timeout=20s")
    yield
    kubectl("delete", "crd", PEACHES, "--wait=false")


@pytest.fixture
def ns(kubectl, installed):
    """A namespace of the test's own."""
    name = unique("walk")
    assert kubectl("create", "ns", name) == f"namespace/{name} created\n"
    yield name
    kubectl("delete", "ns", name, "--wait=false")


@pytest.fixture
def both(kubectl, ns):
    """One object of each kind: a Peach `cake` and a ConfigMap `box`."""
    kubectl("apply", "-n", ns, "-f", "-", stdin=peach("cake"))
    kubectl("apply", "-n", ns, "-f", "-", stdin=config_map("box", key="value"))
    return ns


KINDS = pytest.mark.parametrize(("kind", "name"), [(PEACHES, "cake"), ("configmap", "box")])


def test_version(kubectl):
    found = json.loads(kubectl("version", "-o", "json"))["serverVersion"]
    assert found["major"] == "1"
    assert int(found["minor"]) >= 33


def test_api_resources(kubectl, installed):
    # A kubectl that asked just before the kind was there keeps its answer for a while.
    table = kubectl("api-resources", "--cached=false")
    found = {tuple(line.split()[:1] + line.split()[-3:]) for line in table.splitlines()}
    assert ("peaches", f"{GROUP}/v1", "true", "Peach") in found
    assert ("configmaps", "v1", "true", "ConfigMap") in found
    assert ("namespaces", "v1", "false", "Namespace") in found
    assert ("deployments", "apps/v1", "true", "Deployment") in found


def test_namespaces(kubectl, ns):
    found = rows(kubectl("get", "ns"))
    assert found[0] == ["NAME", "STATUS", "AGE"]
    names = {row[0]: row[1] for row in found[1:]}
    assert names[ns] == "Active"
    assert names["default"] == names["kube-system"] == "Active"
    assert "AlreadyExists" in kubectl.fails("create", "ns", ns)


@pytest.mark.parametrize("server_side", [False, True])
@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        (peach("cake", "Frost"), peach("cake", "Redhaven"), f"peach.{GROUP}/cake"),
        (config_map("box", a="1", b="2"), config_map("box", a="3"), "configmap/box"),
    ],
    ids=["Peach", "ConfigMap"],
)
def test_apply(kubectl, ns, first, second, shown, server_side):
    flags = ["--server-side"] if server_side else []
    words = ["serverside-applied"] * 3 if server_side else ["created", "unchanged", "configured"]
    for text, word in zip([first, first, second], words, strict=True):
        assert kubectl("apply", "-n", ns, *flags, "-f", "-", stdin=text) == f"{shown} {word}\n"
    found = json.loads(kubectl("get", "-n", ns, shown, "-o", "json"))
    wanted = json.loads(second)
    for key in ("data", "spec"):
        for name, value in wanted.get(key, {}).items():
            assert found[key][name] == value
    assert found.get("data", {}).get("b") is None  # what is not applied any more is gone
    last = found["metadata"].get("annotations", {}).get("kubectl.kubernetes.io/last-applied-configuration")
    assert (last is None) == server_side


def test_apply_of_what_the_schema_refuses(kubectl, ns):
    told = kubectl.fails("apply", "-n", ns, "-f", "-", stdin=peach("bad", price=-1))
    assert 'The Peach "bad" is invalid: spec.price: Invalid value: -1: ' in told
    assert "spec.price in body should be greater than or equal to 0" in told
    told = kubectl.fails("apply", "-n", ns, "-f", "-", stdin=peach("bad", zork=1))
    assert 'unknown field "spec.zork"' in told
    told = kubectl.fails("apply", "-n", ns, "-f", "-", stdin=config_map("Bad_Name"))
    assert "a lowercase RFC 1123 subdomain must consist of" in told


def test_server_side_apply_conflicts(kubectl, ns):
    kubectl("apply", "--server-side", "--field-manager=one", "-n", ns, "-f", "-", stdin=config_map("box", a="1"))
    other = ["apply", "--server-side", "--field-manager=two", "-n", ns, "-f", "-"]
    told = kubectl.fails(*other, stdin=config_map("box", a="2"))
    assert 'conflict with "one": .data.a' in told
    kubectl(*other, "--force-conflicts", stdin=config_map("box", a="2"))
    assert kubectl("get", "-n", ns, "cm/box", "-o", "jsonpath={.data.a}") == "2"


def test_get_as_a_table(kubectl, both):
    assert rows(kubectl("get", "-n", both, PEACHES))[0] == ["NAME", "VARIETY"]
    assert rows(kubectl("get", "-n", both, PEACHES))[1] == ["cake", "Frost"]
    wide = rows(kubectl("get", "-n", both, PEACHES, "-o", "wide"))
    assert wide == [["NAME", "VARIETY", "PRICE"], ["cake", "Frost", "1"]]
    found = rows(kubectl("get", "-n", both, "cm", "box"))
    assert found[0] == ["NAME", "DATA", "AGE"]
    assert found[1][:2] == ["box", "1"]
    assert kubectl("get", "-n", both, PEACHES, "--no-headers") == "cake   Frost\n"
    assert kubectl("get", "-n", both, PEACHES, "-o", "name") == f"peach.{GROUP}/cake\n"


@KINDS
def test_get_as_yaml_and_json(kubectl, both, kind, name):
    found = json.loads(kubectl("get", "-n", both, kind, name, "-o", "json"))
    assert found["metadata"]["name"] == name
    assert found["metadata"]["namespace"] == both
    for key in ("uid", "resourceVersion", "creationTimestamp"):
        assert found["metadata"][key]
    text = kubectl("get", "-n", both, kind, name, "-o", "yaml")
    assert f"  name: {name}\n" in text
    assert f"  uid: {found['metadata']['uid']}\n" in text
    listed = json.loads(kubectl("get", "-n", both, kind, "-o", "json"))
    assert [item["metadata"]["name"] for item in listed["items"] if item["metadata"]["name"] == name] == [name]


@KINDS
def test_get_what_is_not_there(kubectl, both, kind, name):
    plural = PEACHES if kind == PEACHES else "configmaps"
    assert (
        kubectl.fails("get", "-n", both, kind, "zork") == f'Error from server (NotFound): {plural} "zork" not found\n'
    )
    assert kubectl("get", "-n", both, kind, "zork", "--ignore-not-found") == ""
    done = kubectl.run("get", "-n", "nowhere-at-all", kind)
    assert (done.returncode, done.stderr) == (0, "No resources found in nowhere-at-all namespace.\n")
    assert "the server doesn't have a resource type" in kubectl.fails("get", "zorks")


@KINDS
def test_get_by_label(kubectl, both, kind, name):
    kubectl("label", "-n", both, kind, name, "orchard=north")
    for selector in ("orchard=north", "orchard in (north,south)", "orchard", "orchard!=south", "orchard=north,!zork"):
        assert name in kubectl("get", "-n", both, kind, "-l", selector, "-o", "name"), selector
    for selector in ("orchard=south", "orchard notin (north)", "!orchard"):
        assert name not in kubectl("get", "-n", both, kind, "-l", selector, "-o", "name"), selector


def test_get_by_field(kubectl, both):
    kubectl("apply", "-n", both, "-f", "-", stdin=peach("other", "Redhaven"))
    for selector, wanted in [
        ("spec.variety=Frost", ["cake"]),
        ("spec.variety!=Frost", ["other"]),
        ("metadata.name=other", ["other"]),
        (f"metadata.namespace={both},spec.variety=Redhaven", ["other"]),
    ]:
        found = rows(kubectl("get", "-n", both, PEACHES, "--field-selector", selector, "--no-headers"))
        assert [row[0] for row in found] == wanted, selector
    told = kubectl.fails("get", "-n", both, PEACHES, "--field-selector", "spec.price=1")
    assert "field label not supported: spec.price" in told
    found = kubectl("get", "-n", both, "cm", "--field-selector", "metadata.name=box", "-o", "name")
    assert found == "configmap/box\n"


def test_get_in_all_namespaces(kubectl, both):
    found = rows(kubectl("get", PEACHES, "-A"))
    assert found[0] == ["NAMESPACE", "NAME", "VARIETY"]
    assert [both, "cake", "Frost"] in found
    assert [both, "box", "1"] in [row[:3] for row in rows(kubectl("get", "cm", "-A"))]


@KINDS
def test_watch(kubectl, both, kind, name):
    watching = kubectl.popen("get", "-n", both, kind, "-w", "--output-watch-events")
    try:
        lines = Lines(watching)
        assert "ADDED" in lines.until(name)[-1]
        kubectl("label", "-n", both, kind, name, "seen=yes")
        assert "MODIFIED" in lines.until(name)[-1]
        kubectl("delete", "-n", both, kind, name)
        assert "DELETED" in lines.until(name)[-1]
    finally:
        watching.terminate()
        watching.communicate(timeout=10)


def test_describe(kubectl, both):
    text = kubectl("describe", "-n", both, PEACHES, "cake")
    assert [line.split() for line in text.splitlines() if line.startswith(("Name:", "Namespace:", "Kind:"))] == [
        ["Name:", "cake"],
        ["Namespace:", both],
        ["Kind:", "Peach"],
    ]
    assert "Variety:  Frost" in text
    text = kubectl("describe", "-n", both, "cm", "box")
    assert "key:\n----\nvalue" in text


@KINDS
def test_edit(kubectl, both, kind, name, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i -e 's/Frost/Redhaven/' -e 's/key: value/key: other/' \"$1\"\n")
    editor.chmod(0o755)
    told = kubectl("edit", "-n", both, kind, name, EDITOR=str(editor), KUBE_EDITOR=str(editor))
    assert told.strip().endswith("edited")
    text = kubectl("get", "-n", both, kind, name, "-o", "yaml")
    assert "variety: Redhaven" in text or "key: other" in text


@pytest.mark.parametrize("how", ["merge", "json"])
def test_patch(kubectl, both, how):
    def patch(kind: str, path: str, value: str) -> str:
        top, key = path.split("/")
        text = (
            json.dumps({top: {key: value}})
            if how == "merge"
            else json.dumps([{"op": "replace", "path": f"/{path}", "value": value}])
        )
        return kubectl("patch", "-n", both, *kind.split(), "--type", how, "-p", text)

    assert patch(f"{PEACHES} cake", "spec/variety", "Redhaven") == f"peach.{GROUP}/cake patched\n"
    assert patch(f"{PEACHES} cake", "spec/variety", "Redhaven") == f"peach.{GROUP}/cake patched (no change)\n"
    assert kubectl("get", "-n", both, PEACHES, "cake", "-o", "jsonpath={.spec.variety}") == "Redhaven"
    assert patch("cm box", "data/key", "other") == "configmap/box patched\n"
    assert kubectl("get", "-n", both, "cm", "box", "-o", "jsonpath={.data.key}") == "other"


def test_patch_strategic(kubectl, both):
    told = kubectl("patch", "-n", both, "cm", "box", "-p", json.dumps({"data": {"key": None, "more": "1"}}))
    assert told == "configmap/box patched\n"
    assert json.loads(kubectl("get", "-n", both, "cm", "box", "-o", "json"))["data"] == {"more": "1"}
    told = kubectl.fails("patch", "-n", both, PEACHES, "cake", "--type", "strategic", "-p", "{}")
    assert "application/strategic-merge-patch+json is not supported" in told


@KINDS
def test_label_and_annotate(kubectl, both, kind, name):
    def metadata(key: str) -> dict[str, str]:
        return json.loads(kubectl("get", "-n", both, kind, name, "-o", "json"))["metadata"].get(key, {})

    assert kubectl("label", "-n", both, kind, name, "a=b").strip().endswith("labeled")
    assert metadata("labels") == {"a": "b"}
    assert "--overwrite is false" in kubectl.fails("label", "-n", both, kind, name, "a=c")
    kubectl("label", "-n", both, kind, name, "a=c", "--overwrite")
    kubectl("label", "-n", both, kind, name, "d=e", "a-")
    assert metadata("labels") == {"d": "e"}
    assert kubectl("annotate", "-n", both, kind, name, "example.com/x=y z").strip().endswith("annotated")
    assert metadata("annotations")["example.com/x"] == "y z"
    assert "a valid label must be" in kubectl.fails("label", "-n", both, kind, name, "a=not valid")


def test_explain(kubectl, installed):
    text = kubectl("explain", f"{PEACHES}.spec")
    assert "KIND:       Peach" in text
    assert "variety\t<string> -required-" in text
    assert "price\t<integer>" in text
    assert "The variety of the peach." in kubectl("explain", f"{PEACHES}.spec.variety")
    text = kubectl("explain", "configmap.data")
    assert "KIND:       ConfigMap" in text
    assert "FIELD: data <map[string]string>" in text


@KINDS
def test_delete(kubectl, both, kind, name):
    told = kubectl("delete", "-n", both, kind, name)
    assert told.startswith(f'{"peach." + GROUP if kind == PEACHES else kind} "{name}" deleted')
    assert "NotFound" in kubectl.fails("delete", "-n", both, kind, name)
    assert kubectl("delete", "-n", both, kind, name, "--ignore-not-found") == ""


@KINDS
def test_wait(kubectl, both, kind, name):
    key = "{.spec.variety}=Frost" if kind == PEACHES else "{.data.key}=value"
    told = kubectl("wait", "-n", both, kind, name, f"--for=jsonpath={key}", "--timeout=10s")
    assert told.strip().endswith("condition met")
    waiting = kubectl.popen("wait", "-n", both, kind, name, "--for=delete", "--timeout=20s")
    time.sleep(0.3)
    kubectl("delete", "-n", both, kind, name)
    out, err = waiting.communicate(timeout=25)
    assert waiting.returncode == 0, out + err


def test_wait_for_a_condition(kubectl, both):
    status = {"status": {"conditions": [{"type": "Ripe", "status": "True"}]}}
    kubectl("patch", "-n", both, PEACHES, "cake", "--subresource=status", "--type=merge", "-p", json.dumps(status))
    told = kubectl("wait", "-n", both, PEACHES, "cake", "--for=condition=Ripe", "--timeout=10s")
    assert told == f"peach.{GROUP}/cake condition met\n"


def test_a_namespace_goes_with_all_that_is_in_it(kubectl, installed):
    name = unique("gone")
    kubectl("create", "ns", name)
    kubectl("apply", "-n", name, "-f", "-", stdin=peach("cake"))
    kubectl("delete", "ns", name, "--timeout=100s")
    assert "NotFound" in kubectl.fails("get", "ns", name)
    assert name not in kubectl("get", PEACHES, "-A", "-o", "jsonpath={.items[*].metadata.namespace}")


def test_dry_run_and_diff(kubectl, both):
    told = kubectl("apply", "-n", both, "--dry-run=server", "-f", "-", stdin=config_map("box", key="other"))
    assert told == "configmap/box configured (server dry run)\n"
    done = kubectl.run("diff", "-n", both, "-f", "-", stdin=config_map("box", key="other"))
    assert (done.returncode, "+  key: other" in done.stdout) == (1, True), done.stderr
    assert kubectl("get", "-n", both, "cm", "box", "-o", "jsonpath={.data.key}") == "value"


def test_native_kinds_with_protobuf(kubectl, ns):
    assert kubectl("create", "configmap", "-n", ns, "made", "--from-literal=a=b") == "configmap/made created\n"
    assert kubectl("create", "secret", "generic", "-n", ns, "s", "--from-literal=p=hunter2") == "secret/s created\n"
    assert kubectl("create", "deployment", "-n", ns, "web", "--image=nginx") == "deployment.apps/web created\n"
    found = rows(kubectl("get", "-n", ns, "deploy", "web"))
    assert found[0] == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert found[1][:4] == ["web", "0/1", "0", "0"]
    assert kubectl("scale", "-n", ns, "deploy/web", "--replicas=3") == "deployment.apps/web scaled\n"
    assert kubectl("get", "-n", ns, "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "3"
    assert kubectl("get", "-n", ns, "secret", "s", "-o", "jsonpath={.data.p}") == "aHVudGVyMg=="
