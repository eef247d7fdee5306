"""Fixtures for pytest; they are there as soon as pykorm is installed.

``pykorm_cluster`` gives each test an embedded cluster of its own, which is ``default`` for as long as the test runs::

    def test_save(pykorm_cluster):
        pykorm_cluster.install(Peach)
        Peach(namespace="default", name="cake-peach").save()
        assert Peach.query.count() == 1
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .clusters import Cluster


@pytest.fixture
def pykorm_cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A fresh embedded cluster, which ``Pykorm`` and queries use unless told otherwise."""
    # Imported here so that test runs that do not use the fixture do not pay for it.
    from . import Pykorm, embedded

    with embedded() as cluster:
        monkeypatch.setattr(Pykorm, "clusters_config", {"default": cluster})
        yield cluster
