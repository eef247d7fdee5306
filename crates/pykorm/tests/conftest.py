"""Where the tests run: on `korm serve`, on the reference server, and on embedded clusters.

``cargo xtask test`` sets the environment; by hand it is::

    cargo build -p korm-cli
    KORM_REFERENCE_KUBECONFIG=... pytest crates/pykorm/tests

- ``KORM_BIN``: the korm command; the one of the workspace's debug build unless set.
- ``KORM_REFERENCE_KUBECONFIG``: a kubeconfig of the reference server; without it what needs one is skipped.
- ``KORM_KUBECTL``: the kubectl command; the one of PATH unless set.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pykorm
import pytest
from servers import Kubectl, Served

if TYPE_CHECKING:
    from pykorm.faults import Faults
    from pykorm.requests import Requests

HERE = pathlib.Path(__file__).resolve().parent
WORKSPACE = HERE.parents[2]

SERVERS = ["serve", "reference"]


def korm_bin() -> str:
    found = os.environ.get("KORM_BIN")
    if found:
        return found
    built = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target")) / "debug" / "korm"
    if not built.exists():
        pytest.fail(f"there is no {built}: run `cargo build -p korm-cli` first, or set KORM_BIN")
    return str(built)


@pytest.fixture(scope="session")
def korm_command() -> str:
    """The korm command."""
    return korm_bin()


@pytest.fixture(scope="session")
def kubectl_command() -> str:
    """The kubectl command."""
    found = os.environ.get("KORM_KUBECTL") or shutil.which("kubectl")
    if not found:
        pytest.fail("kubectl is needed: put it into PATH or set KORM_KUBECTL")
    return found


@pytest.fixture(scope="session")
def served(korm_command, tmp_path_factory):
    """A `korm serve` for the whole run."""
    with Served(korm_command, tmp_path_factory.mktemp("serve") / "kubeconfig") as server:
        yield server


@pytest.fixture(scope="session", params=SERVERS)
def kubeconfig(request) -> str:
    """A kubeconfig of each server."""
    return kubeconfig_of(request)


def kubeconfig_of(request: pytest.FixtureRequest) -> str:
    """The kubeconfig of the server that a fixture is made for."""
    if request.param == "serve":
        return str(request.getfixturevalue("served").kubeconfig)
    found = os.environ.get("KORM_REFERENCE_KUBECONFIG")
    if not found:
        pytest.skip("KORM_REFERENCE_KUBECONFIG is not set")
    return found


@pytest.fixture(scope="session")
def kubectl(kubeconfig, kubectl_command, tmp_path_factory) -> Kubectl:
    """kubectl on each server."""
    return Kubectl(kubectl_command, kubeconfig, tmp_path_factory.mktemp("kubectl-cache"))


@pytest.fixture(scope="session", params=["embedded", *SERVERS])
def any_kubeconfig(request) -> str | None:
    """A kubeconfig of each server; None for the embedded one, which needs none."""
    return None if request.param == "embedded" else kubeconfig_of(request)


@pytest.fixture(scope="session")
def any_cluster(any_kubeconfig) -> pykorm.Cluster:
    """A pykorm cluster of each kind; the session's tests share it, so they use namespaces of their own."""
    return cluster_at(any_kubeconfig)


@pytest.fixture
def own_cluster(any_kubeconfig) -> Iterator[pykorm.Cluster]:
    """A connection of each kind that is the test's own, and may be closed by it."""
    with cluster_at(any_kubeconfig) as cluster:
        yield cluster


def cluster_at(kubeconfig: str | None) -> pykorm.Cluster:
    return pykorm.embedded() if kubeconfig is None else pykorm.Cluster(kubeconfig, faults=True)


@pytest.fixture(scope="module")
def installed(request, any_cluster) -> Iterator[pykorm.Cluster]:
    """A cluster of each kind that serves the classes of the module's ``KINDS``, whose groups no other module has."""
    kinds = request.module.KINDS
    any_cluster.install(*kinds)
    yield any_cluster
    uninstall(any_cluster, *(kind.crd()["metadata"]["name"] for kind in kinds))


def uninstall(cluster: pykorm.Cluster, *names: str) -> None:
    """Deletes the CustomResourceDefinitions of these names, with all objects of their kinds."""
    definitions = pykorm.dynamic("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    cluster.query(definitions).filter(name__in=names).delete()


@pytest.fixture
def here(request, installed, monkeypatch) -> Iterator[pykorm.Cluster]:
    """:func:`installed`, and it is ``default`` for as long as the test runs, as the plugin's ``pykorm_cluster`` is.

    Of the module's kinds there are no objects when the test begins.
    """
    monkeypatch.setattr(pykorm.Pykorm, "clusters_config", {"default": installed})
    yield installed
    installed.faults.calm()
    for kind in request.module.KINDS:
        installed.query(kind).delete()


@pytest.fixture
def sent(here) -> Iterator[Requests]:
    """The requests of the test, as the plugin's ``pykorm_requests``, on every server."""
    with here.requests() as requests:
        yield requests


@pytest.fixture
def faults(here) -> Iterator[Faults]:
    """Faults of the connection, as the plugin's ``pykorm_faults``, on every server."""
    yield here.faults
    assert here.faults.waiting == 0, f"some faults never met a request; met: {here.faults.injected}"


@pytest.fixture
def ns(any_cluster) -> Iterator[str]:
    """A namespace of the test's own."""
    namespace = Namespace(name=unique("pykorm"))
    namespace.save(any_cluster)
    yield namespace.name
    namespace.delete(any_cluster)


@pykorm.k8s_core("Namespace")
class Namespace(pykorm.ClusterModel):
    phase = pykorm.Status("phase", readonly=True)


def unique(prefix: str) -> str:
    """A name that no other test, and no other run on the same server, uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def group(prefix: str) -> str:
    """A group of kinds that no other module, and no other run on the same server, uses."""
    return f"{unique(prefix)}.example.com"
