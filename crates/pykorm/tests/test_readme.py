"""The program of the README, word for word, with kubectl looking on."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pykorm
import pytest
from servers import Kubectl, Lines, Served

pytest_plugins = ["pytester"]

README = (pathlib.Path(__file__).parents[1] / "README.md").read_text()


PROJECT = (pathlib.Path(__file__).parents[3] / "README.md").read_text()


def blocks(language: str, text: str = README) -> list[str]:
    """The code blocks of a README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


CRD = blocks("yaml")[0]

#: What somebody types who follows the README of pykorm 0.60.
DECLARE = """\
import pykorm

@pykorm.k8s_custom_object('pykorm.infomaniak.com', 'v1', 'peaches')
class Peach(pykorm.NamespacedModel):
    variety: str = pykorm.fields.Spec('variety')

    def __init__(self, namespace, name, variety):
        self.namespace = namespace
        self.name = name
        self.variety = variety

"""
SAVE = """\
import pykorm
pk = pykorm.Pykorm()

cake_peach = Peach(namespace='default', name='cake-peach', variety='Frost')
pk.save(cake_peach)  # We save the resource
"""
LIST = """\
all_peaches = Peach.query.all()
for peach in all_peaches:
 print(peach)

"""
FILTER = """\
Peach.query.filter_by(namespace='default').filter_by(variety='Frost').all()
Peach.query.filter_by(name='cake-peach').all()
Peach.query.filter_by(namespace='kube-system').all()
"""
DELETE = """\
pk.delete(peach)
"""


class Interpreter:
    """A Python that is typed into, after a program."""

    def __init__(self, kubeconfig: str, program: pathlib.Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-i", "-q", "-u", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "KUBECONFIG": kubeconfig},
        )
        self.lines = Lines(self.process)
        self.count = 0

    def type(self, text: str) -> list[str]:
        """Types a piece, and gives the lines that it printed."""
        self.count += 1
        end = f"end of piece {self.count}"
        self.process.stdin.write(f"{text}\nprint({end!r})\n")
        self.process.stdin.flush()
        try:
            return [line.rstrip("\n") for line in self.lines.until(end)[:-1]]
        except AssertionError:
            self.process.kill()
            raise AssertionError(self.process.stderr.read()) from None

    def close(self) -> None:
        """Ends it, and wants it to have been content."""
        self.process.stdin.close()
        self.process.wait(timeout=10)
        told = self.process.stderr.read()
        assert "Error" not in told, told


@pytest.fixture(scope="module", params=["serve", "reference"])
def kubeconfig(request, korm_command, tmp_path_factory):
    """A server where `kubectl get peach` can mean one thing only: a `korm serve` of its own."""
    if request.param == "serve":
        with Served(korm_command, tmp_path_factory.mktemp("readme") / "kubeconfig") as server:
            yield str(server.kubeconfig)
        return
    found = os.environ.get("KORM_REFERENCE_KUBECONFIG")
    if not found:
        pytest.skip("KORM_REFERENCE_KUBECONFIG is not set")
    yield found


@pytest.fixture(scope="module")
def kubectl(kubeconfig, kubectl_command, tmp_path_factory):
    return Kubectl(kubectl_command, kubeconfig, tmp_path_factory.mktemp("readme-cache"))


@pytest.fixture(scope="module")
def peach(kubectl):
    """What to call the README's kind for kubectl: `peach`, as the README does.

    On the reference server, which others use at the same time, there may be further kinds of that name; there it takes
    the whole one.
    """
    kubectl("apply", "-f", "-", stdin=CRD)
    kubectl("wait", "--for=condition=Established", "crd/peaches.pykorm.infomaniak.com", "--timeout=20s")
    names = kubectl("get", "crd", "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}").split()
    alone = [name for name in names if name.startswith("peaches.")] == ["peaches.pykorm.infomaniak.com"]
    return "peach" if alone else "peaches.pykorm.infomaniak.com"


@pytest.fixture
def peaches(kubectl, peach):
    """The README's kind, and no objects of it."""
    kubectl("delete", peach, "-n", "default", "--all")
    yield
    kubectl("delete", peach, "-n", "default", "--all")


def test_the_program_of_the_readme(kubectl, kubeconfig, peach, peaches, tmp_path):
    program = tmp_path / "peaches.py"
    program.write_text(DECLARE)
    python = Interpreter(kubeconfig, program)
    assert python.type(SAVE) == []
    assert kubectl("get", peach, "-n", "default") == "NAME         VARIETY\ncake-peach   Frost\n"
    shown = "<Peach namespace=default, name=cake-peach, variety=Frost>"
    assert python.type(LIST) == [shown]
    assert python.type(FILTER) == [f"[{shown}]", f"[{shown}]", "[]"]
    assert python.type(DELETE) == []
    done = kubectl.run("get", peach, "-n", "default")
    assert (done.stdout, done.stderr) == ("", "No resources found in default namespace.\n")
    python.close()


@pytest.mark.parametrize("whose", ["package", "project"])
def test_the_programs_of_our_own_readmes(kubectl, kubeconfig, peach, peaches, tmp_path, whose):
    program = tmp_path / "program.py"
    text = "\n".join(blocks("python")[:2] if whose == "package" else blocks("python", PROJECT))
    program.write_text(text)
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "KUBECONFIG": kubeconfig},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip("[]\n") == "<Peach namespace=default, name=cake-peach, variety=Frost>"
    assert kubectl("get", peach, "-n", "default", "-o", "name") == ""


def test_the_further_examples_of_our_own_readme(kubeconfig, peaches, monkeypatch, capsys):
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    names: dict[str, object] = {"__name__": "readme"}
    exec(blocks("python")[0], names)
    exec("pk = pykorm.Pykorm(); pk.save(Peach('default', 'cake-peach', 'Frost'))", names)
    looking, watching = blocks("python")[2].split("\nfor event")
    exec(looking, names)
    assert "metadata.name%3Dcake-peach" in capsys.readouterr().out
    exec(f"for event{watching}\n    break", names)
    assert capsys.readouterr().out == "added <Peach namespace=default, name=cake-peach, variety=Frost>\n"


def test_the_relations_of_our_own_readme(capsys):
    exec(blocks("python")[3], {"__name__": "readme", "pykorm": pykorm})
    assert capsys.readouterr().out == "a old old\n"


def test_the_test_of_our_own_readme(pytester):
    pytester.makefile(
        ".yaml",
        peaches="apiVersion: pykorm.infomaniak.com/v1\nkind: Peach\nmetadata: {name: a}\nspec: {variety: Frost}\n",
    )
    pytester.makepyfile(f"import pytest\n{blocks('python')[0]}\n{blocks('python')[4]}")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["peaches", "orchard", "garden"])
def test_the_programs_in_examples(name, kubeconfig, peaches):
    program = pathlib.Path(__file__).parents[1] / "examples" / f"{name}.py"
    done = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "KUBECONFIG": kubeconfig},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
