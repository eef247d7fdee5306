"""The known faults of the original that must not come back: one test each, on every server."""

from __future__ import annotations

import json
import pathlib
import socket
import stat
import sys
import threading

import pykorm
import pytest
from conftest import Namespace, group, unique
from pykorm import _native, fields
from pykorm.exceptions import ApiError, Forbidden, NotInstalled, ValidationError

GROUP = group("faults")


@pykorm.k8s_custom_object(GROUP, "v1", "peaches")
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.Spec("variety")
    price: int = pykorm.Spec("price")
    sweet: bool = pykorm.Spec("sweet")
    tags: list[str] = pykorm.Spec("tags", default=["fresh"])
    ripe: bool = pykorm.Status("ripe")


@pykorm.k8s_core("ConfigMap")
class ConfigMap(pykorm.NamespacedModel):
    data: dict[str, str] = pykorm.DataField("data", default={})


@pykorm.k8s_custom_object(GROUP, "v1", "odds")
class Odd(pykorm.NamespacedModel):
    """Its paths hold what a glob would take for a pattern."""

    star = pykorm.Spec("*")
    question = pykorm.Spec(["a?", "[0-9]"])
    plain = pykorm.Spec("ab")


KINDS = (Peach, Odd)


def peach(name: str = "cake", **attributes: object) -> Peach:
    return Peach(namespace="default", name=name, **attributes)


def query():
    return Peach.query.filter_by(namespace="default")


def test_fields_of_one_class_seen_by_another():
    class First(pykorm.NamespacedModel):
        a = pykorm.Spec("a")

    class Second(pykorm.NamespacedModel):
        b = pykorm.Spec("b")

    assert "b" not in First._fields_by_name
    assert "a" not in Second._fields_by_name
    assert set(Peach._fields_by_name) - set(ConfigMap._fields_by_name) == {"variety", "price", "sweet", "tags", "ripe"}


def test_errors_swallowed(here, faults):
    mine = peach()
    mine.save()
    for requests, call in (
        ("read", query().all),
        ("read", query().first),
        ("read", lambda: query().get("cake")),
        ("write", peach("other").save),
        ("write", mine.apply),
        ("write", mine.delete),
    ):
        faults.on(requests).answer(403)
        with pytest.raises(Forbidden):
            call()
    faults.on("read", times=None).answer(400)
    with pytest.raises(ApiError):
        query().get("cake")  # and not None, as if it were not there
    faults.calm()

    @pykorm.k8s_custom_object(GROUP, "v1", "nothing")
    class Nothing(pykorm.NamespacedModel):
        pass

    with pytest.raises(NotInstalled):
        Nothing.query.all()


def test_none_that_cannot_clear_a_field(here):
    mine = peach(variety="Frost", price=3)
    mine.save()
    mine.price = None
    mine.save()
    assert query().get("cake").price is None
    assert "price" not in query().get("cake").__dict__["_source"].to_dict()["spec"]


def test_none_that_cannot_clear_a_field_of_a_dict_that_is_an_attribute_too(here, ns):
    """All annotations have an attribute here, and one of them has its own."""

    class Noted(ConfigMap):
        note: str = pykorm.Annotation("example.com/note")
        annotations: dict[str, str] = pykorm.Metadata("annotations", default={})
        label: str = pykorm.Label("orchard")
        labels: dict[str, str] = pykorm.Metadata("labels")

    def stored():
        return Noted.query.filter_by(namespace=ns).get("box")

    given = {"other": "x"}
    Noted(namespace=ns, name="box", note="n", annotations=given, label="north").save()
    assert given == {"other": "x"}  # what the program holds is not written into
    assert stored().annotations == {"other": "x", "example.com/note": "n"}
    assert stored().labels == {"orchard": "north"}
    box = stored()
    box.note = box.label = None
    box.save()
    assert (stored().annotations, stored().note, stored().labels) == ({"other": "x"}, None, None)
    box.note = "again"
    box.annotations["other"] = "y"
    box.save()
    assert stored().annotations == {"other": "y", "example.com/note": "again"}
    box = stored()
    assert box.note == "again"
    del box.annotations["example.com/note"]
    box.save()
    assert (box.note, stored().annotations) == (None, {"other": "y"})
    box.annotations = {"example.com/note": "given"}
    box.save()
    assert (box.note, stored().note, stored().annotations) == ("given", "given", {"example.com/note": "given"})


def test_false_and_zero_refused_as_missing(here):
    class Strict(Peach):
        price: int = pykorm.Spec("price", required=True)
        sweet: bool = pykorm.Spec("sweet", required=True)

    Strict(namespace="default", name="cake", price=0, sweet=False).save()
    back = Strict.query.filter_by(namespace="default").get("cake")
    assert (back.price, back.sweet) == (0, False)
    with pytest.raises(ValidationError, match="sweet"):
        Strict(namespace="default", name="pie", price=0).save()


def test_using_leaking_into_later_queries(here):
    other = pykorm.embedded()
    other.install(Peach)
    peach("elsewhere").save(other)
    shared = Peach.query
    assert [found.name for found in shared.using(other)] == ["elsewhere"]
    assert shared.all() == []
    assert Peach.query.all() == []


class Relay:
    """Passes connections on, and counts them."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.count = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            self.count += 1
            there = socket.create_connection(self.target)
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=self._pass, args=(a, b), daemon=True).start()

    def _pass(self, a: socket.socket, b: socket.socket) -> None:
        try:
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def counted(kubeconfig, tmp_path):
    """A kubeconfig with an exec plugin, through a relay; and how often the plugin was run, and the relay."""
    (config,) = _native.documents(pathlib.Path(kubeconfig).read_text())
    name = config["current-context"]
    context = next(one["context"] for one in config["contexts"] if one["name"] == name)
    cluster = next(one["cluster"] for one in config["clusters"] if one["name"] == context["cluster"])
    user = next(one["user"] for one in config["users"] if one["name"] == context["user"])
    runs = tmp_path / "runs"
    plugin = tmp_path / "plugin"
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": user["token"]},
    }
    plugin.write_text(f"#!{sys.executable}\nopen({str(runs)!r}, 'a').write('x')\nprint({json.dumps(credential)!r})\n")
    plugin.chmod(plugin.stat().st_mode | stat.S_IXUSR)
    host, _, port = cluster["server"].removeprefix("https://").rpartition(":")
    relay = Relay(host, int(port))
    cluster["server"] = f"https://127.0.0.1:{relay.port}"
    exec_ = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": str(plugin),
        "interactiveMode": "Never",
    }
    path = tmp_path / "kubeconfig"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "a",
                "clusters": [{"name": "a", "cluster": cluster}],
                "users": [{"name": "a", "user": {"exec": exec_}}],
                "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            }
        )
    )
    yield path, lambda: len(runs.read_text()), relay
    relay.listener.close()


def test_kubeconfig_reread_plugin_rerun_and_a_new_connection_for_every_save(counted, monkeypatch):
    path, runs, relay = counted
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {})
    name = unique("faults")
    box = ConfigMap(namespace="default", name=name, data={})
    box.save()
    connecting = runs()  # the transport asks it for a certificate too, and for a token
    path.unlink()  # it is not needed any more
    for number in range(10):
        box.data["n"] = str(number)
        pykorm.Pykorm().save(box)
        assert ConfigMap.query.filter_by(namespace="default").get(name).data["n"] == str(number)
    box.delete()
    assert runs() == connecting <= 3
    assert relay.count <= 2, relay.count


def test_a_connection_and_a_run_of_the_plugin_for_each_thread(counted, monkeypatch):
    """Those that come at the same time wait for the one that connects."""
    path, runs, _ = counted
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {})
    together = threading.Barrier(8)
    found: list[Namespace] = []

    def look() -> None:
        together.wait()
        found.extend(Namespace.query.filter(name="default"))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(one.cluster) for one in found}) == 1
    assert runs() <= 3


def test_fixed_five_second_timeouts(here, faults):
    peach().save()
    faults.on("read").delay(5.3)
    assert len(query().all()) == 1


def test_one_unpaged_list_that_is_filtered_here(here, sent):
    pykorm.Pykorm().save_all([peach(f"p{n}") for n in range(5)])
    sent.clear()
    assert len(Peach.query.using(here.with_page_size(2)).all()) == 5
    assert len(sent) == 3
    sent.clear()
    query().get("p1")
    query().filter_by(name="p2").all()
    query().filter_by_labels(orchard="north").all()
    paths = [request.path for request in sent]
    assert paths[0] == f"/apis/{GROUP}/v1/namespaces/default/peaches/p1"
    assert "fieldSelector=metadata.name%3Dp2" in paths[1]
    assert "labelSelector=orchard%3Dnorth" in paths[2]


def test_the_whole_object_patched(here, sent):
    mine = peach(variety="Frost", price=1)
    mine.save()
    other = query().get("cake")
    other.variety = "Redhaven"
    other.save()
    sent.clear()
    mine.price = 2
    mine.save()
    (request,) = sent
    patch = json.loads(request.body)
    assert {step["path"] for step in patch} == {"/metadata/uid", "/spec/price"}
    assert {step["op"] for step in patch} == {"test", "replace"}
    assert (mine.variety, mine.price) == ("Redhaven", 2)


def test_status_written_to_the_wrong_endpoint(here, sent):
    mine = peach()
    mine.save()
    sent.clear()
    mine.ripe = True
    mine.save()
    assert sent.lines() == [f"PATCH /apis/{GROUP}/v1/namespaces/default/peaches/cake/status"]
    assert query().get("cake").ripe is True


def test_glob_characters_in_paths(here, ns):
    class Dotted(ConfigMap):
        value = fields.DataField(["data", "a.b-c"])

    made = Odd(namespace="default", name="x", star="s", question="q")
    assert made._k8s_dict["spec"] == {"*": "s", "a?": {"[0-9]": "q"}}
    back = Odd._instantiate_with_dict({"spec": {"ab": 1, "a?": {"5": "no", "[0-9]": "yes"}}})
    assert (back.star, back.question, back.plain) == (None, "yes", 1)
    made.save()
    made.question = "changed"
    made.save()
    back = Odd.query.filter_by(namespace="default", question="changed").one()
    assert (back.star, back.question, back.plain) == ("s", "changed", None)
    Dotted(namespace=ns, name="odd", value="x").save()
    assert ConfigMap.query.filter_by(namespace=ns).get("odd").data == {"a.b-c": "x"}


def test_values_appended_to_a_defaulted_list_lost(here):
    mine = peach()
    mine.tags.append("sweet")
    mine.save()
    mine.tags.append("ripe")
    mine.save()
    assert query().get("cake").tags == ["fresh", "sweet", "ripe"]
    assert peach().tags == ["fresh"]


def test_saving_again_after_a_delete_failing(here):
    mine = peach(variety="Frost")
    mine.save()
    mine.delete()
    mine.save()
    assert query().get("cake").variety == "Frost"
