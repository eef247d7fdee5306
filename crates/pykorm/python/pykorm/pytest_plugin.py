"""Fixtures for pytest; they are there as soon as pykorm is installed.

``pykorm_cluster`` gives each test an embedded cluster of its own, which is ``default`` for as long as the test runs::

    def test_save(pykorm_cluster):
        pykorm_cluster.install(Peach)
        Peach(namespace="default", name="cake-peach").save()
        assert Peach.query.count() == 1

What is to be in it before the test begins is said by a marker, on the test, its class or its module; paths are counted
from the test's file. Markers add up, the outermost first::

    @pytest.mark.pykorm(install=[Peach], load=["orchard.yaml"])
    def test_orchard(pykorm_cluster):
        assert Peach.query.count() == 3

or, for all tests, in the configuration file, counted from its folder::

    [tool.pytest.ini_options]
    pykorm_load = ["crds.yaml"]

``pykorm_requests`` holds the requests of the test itself, and ``pykorm_faults`` makes some of them fail; a test that
ends before a fault has met its request fails, because it has not tested what it meant to::

    def test_a_lost_answer(pykorm_cluster, pykorm_requests, pykorm_faults):
        pykorm_faults.on("write").lose_answer()
        Peach(namespace="default", name="cake-peach").save()
        assert Peach.query.count() == 1
        assert [request.method for request in pykorm_requests] == ["POST", "POST", "GET", "GET"]

The requests of a test that failed are part of pytest's report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Generator, Iterator

    import pluggy

    from .clusters import Cluster
    from .faults import Faults
    from .requests import Requests

_REQUESTS: pytest.StashKey[Requests] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Makes ``pykorm_load`` known to pytest."""
    parser.addini("pykorm_load", "files with objects that every pykorm_cluster begins with", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known to pytest."""
    config.addinivalue_line(
        "markers",
        "pykorm(install=[...], load=[...]): classes whose kinds, and files whose objects, pykorm_cluster begins with",
    )


def _prepare(cluster: Cluster, install: Any = (), load: Any = (), *, beside: pathlib.Path) -> None:
    for model in [install] if isinstance(install, type) else install:
        cluster.install(model)
    for source in [load] if isinstance(load, str) or hasattr(load, "__fspath__") else load:
        is_text = isinstance(source, str) and "\n" in source
        cluster.load(source if is_text else beside / source)


@pytest.fixture
def pykorm_cluster(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A fresh embedded cluster, which ``Pykorm`` and queries use unless told otherwise.

    It begins with what the marker ``pykorm`` and the setting ``pykorm_load`` say, and with what a parametrization gives
    it: ``@pytest.mark.parametrize("pykorm_cluster", [{"load": "orchard.yaml"}], indirect=True)``.
    """
    # Imported here so that test runs that do not use the fixture do not pay for it.
    from . import Pykorm, embedded

    with embedded() as cluster:
        beside = request.node.path.parent
        _prepare(cluster, load=request.config.getini("pykorm_load"), beside=beside)
        for marker in reversed(list(request.node.iter_markers("pykorm"))):
            _prepare(cluster, *marker.args, **marker.kwargs, beside=beside)
        _prepare(cluster, **getattr(request, "param", {}), beside=beside)
        monkeypatch.setattr(Pykorm, "clusters_config", {"default": cluster})
        with cluster.requests() as sent:
            request.node.stash[_REQUESTS] = sent
            yield cluster


@pytest.fixture
def pykorm_requests(request: pytest.FixtureRequest, pykorm_cluster: Cluster) -> Requests:
    """The requests to ``pykorm_cluster`` since the test began; those that prepared it are not among them."""
    found: Requests = request.node.stash[_REQUESTS]
    return found


@pytest.fixture
def pykorm_faults(pykorm_cluster: Cluster) -> Iterator[Faults]:
    """The faults of ``pykorm_cluster``; the test fails if one of them never met a request."""
    faults = pykorm_cluster.faults
    yield faults
    if faults.waiting:
        pytest.fail(
            f"{faults.waiting} of the faults never met a request; faults.calm() gives up those that are left\n"
            f"met: {faults.injected}"
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pluggy.Result[pytest.TestReport], None]:
    """Adds to the report of a test that failed the requests that it sent."""
    outcome = yield
    report = outcome.get_result()
    sent = item.stash.get(_REQUESTS, None)
    if call.when == "call" and report.failed and sent:
        lines = [f"{request.method} {request.path} -> {request.status or 'no answer'}" for request in sent]
        report.sections.append(("pykorm requests", "\n".join(lines)))
