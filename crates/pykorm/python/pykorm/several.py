"""One query over several clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .bulk import arun_many, run_many
from .clusters import Cluster, cluster_named, from_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ._flow import _Flow
    from .bulk import Outcome
    from .models import PykormModel
    from .query import BaseQuery

__all__ = ["Answers", "Clusters"]

M = TypeVar("M", bound="PykormModel")


class Clusters(Mapping[str, Cluster]):
    """Several clusters with a name each, asked in parallel.

    ::

        clusters = pykorm.Clusters({"north": pykorm.Cluster(context="north"), "south": south})
        answers = clusters.query(Peach.query.filter(variety="Frost"))
        for name, peach in answers:
            print(name, peach)
        for name, error in answers.failures():
            print(f"{name} did not answer: {error}")

    :param clusters: by name a :class:`~pykorm.Cluster`, or what ``Pykorm.clusters_config`` takes; without it, those of
        ``Pykorm.clusters_config``.
    """

    def __init__(self, clusters: Mapping[str, Any] | None = None) -> None:
        if clusters is None:
            from .pykorm import Pykorm

            self._clusters = {name: cluster_named(name) for name in Pykorm.clusters_config or ("default",)}
        else:
            self._clusters = {name: from_configuration(cluster) for name, cluster in clusters.items()}

    def __getitem__(self, name: str) -> Cluster:
        return self._clusters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._clusters)

    def __len__(self) -> int:
        return len(self._clusters)

    def __repr__(self) -> str:
        return f"<Clusters {', '.join(self._clusters)}>"

    def query(self, query: BaseQuery[M]) -> Answers[M]:
        """Asks this of every cluster at the same time. That one fails does not keep the others from answering."""
        found: dict[str, list[M]] = {}
        return Answers(self, found, run_many(list(self), self._ask(query, found), max(len(self), 1), False))

    async def aquery(self, query: BaseQuery[M]) -> Answers[M]:
        """:meth:`query`, under asyncio."""
        found: dict[str, list[M]] = {}
        return Answers(self, found, await arun_many(list(self), self._ask(query, found), max(len(self), 1), False))

    def _ask(self, query: BaseQuery[M], found: dict[str, list[M]]) -> Callable[[str], _Flow[None]]:
        def flow(name: str) -> _Flow[None]:
            found[name] = yield from query.using(self._clusters[name])._fetch()

        return flow


class Answers(Generic[M]):
    """The answer of each of several clusters; iterates over pairs of a cluster's name and an object.

    An object knows its cluster: ``peach.cluster`` is the one it came from, and ``peach.save()`` saves it there.
    """

    def __init__(self, clusters: Clusters, found: Mapping[str, list[M]], outcomes: list[Outcome[str]]) -> None:
        self._clusters = clusters
        self._found = found
        self._failures = [(outcome.object, outcome.error) for outcome in outcomes if outcome.error is not None]

    def __iter__(self) -> Iterator[tuple[str, M]]:
        for name in self._clusters:
            for found in self._found.get(name, ()):
                yield name, found

    def __len__(self) -> int:
        return sum(len(found) for found in self._found.values())

    def __getitem__(self, name: str) -> list[M]:
        """The objects of one cluster. If it did not answer, its failure is raised."""
        for failed, error in self._failures:
            if failed == name:
                raise error
        return self._found[name]

    def objects(self) -> list[M]:
        """The objects of all clusters that answered, one cluster after the other."""
        return [found for _, found in self]

    def failures(self) -> list[tuple[str, Exception]]:
        """The clusters that did not answer, and why."""
        return list(self._failures)

    def __repr__(self) -> str:
        return f"<Answers of {len(self._clusters)} clusters: {len(self)} objects, {len(self._failures)} failures>"
