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

import pykorm
import pytest
from servers import Kubectl, Served

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
def any_cluster(request):
    """A pykorm cluster of each kind; the session's tests share it, so they use namespaces of their own."""
    if request.param == "embedded":
        return pykorm.embedded()
    if request.param == "serve":
        return pykorm.Cluster(request.getfixturevalue("served").kubeconfig)
    found = os.environ.get("KORM_REFERENCE_KUBECONFIG")
    if not found:
        pytest.skip("KORM_REFERENCE_KUBECONFIG is not set")
    return pykorm.Cluster(found)


def unique(prefix: str) -> str:
    """A name that no other test, and no other run on the same server, uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"
