"""``Pykorm``: what is done with objects; and the decorators that bind classes to kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ._binding import get_query_cls, k8s_appsv1, k8s_core, k8s_custom_object, k8s_native
from ._flow import arun, run
from ._writes import (
    Ownership,
    apply_flow,
    create_flow,
    delete_flow,
    explain_delete_flow,
    finalizer_flow,
    get_or_create_flow,
    install_flow,
    load_related_flow,
    owned_fields_flow,
    owners_flow,
    refresh_flow,
    save_flow,
    update_flow,
    wait_flow,
)
from .bulk import Outcome, arun_many, run_many
from .clusters import Cluster, cluster_named
from .models import PykormModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal

    from .expressions import Condition
    from .query import BaseQuery
    from .relations import Relation

__all__ = ["Pykorm", "get_query_cls", "k8s_appsv1", "k8s_core", "k8s_custom_object", "k8s_native"]

M = TypeVar("M", bound=PykormModel)


class Pykorm:
    """Where objects are saved and deleted.

    ``clusters_config`` maps names of clusters to their configuration: a :class:`~pykorm.Cluster`, a ``Configuration``
    of the package ``kubernetes``, or a dict of its attributes. Without an entry, ``default`` is the cluster kubectl
    would talk to.

    :param cluster: what this object takes for ``default``, in place of ``clusters_config``.
    """

    clusters_config: ClassVar[dict[str, Any]] = {}

    def __init__(self, cluster: Cluster | None = None) -> None:
        self._cluster = cluster

    @classmethod
    def get_api_client_mapping(cls, clusters_config: Mapping[str, Any] | None = None) -> dict[str, Cluster]:
        """The clusters by name; ``default`` is always one of them."""
        config = cls.clusters_config if clusters_config is None else clusters_config
        return {name: cluster_named(name, config) for name in dict.fromkeys((*config, "default"))}

    def _target(self, cluster: str | Cluster) -> str | Cluster:
        return self._cluster if self._cluster is not None and cluster == "default" else cluster

    def save(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """Saves an object: creates it if it is new, sends what changed if it was read or saved before.

        Only the fields that changed are sent, and the save succeeds only if nobody else changed *those* meanwhile
        (:class:`~pykorm.exceptions.ConflictError` otherwise). Nothing changed: nothing is sent. Afterwards the object
        holds what the server holds.
        """
        run(save_flow(obj, self._target(cluster)))

    async def asave(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """:meth:`save`, under asyncio."""
        await arun(save_flow(obj, self._target(cluster)))

    def apply(self, obj: PykormModel, cluster: str | Cluster = "default", *, force: bool = False) -> None:
        """Server-side apply: creates the object, or brings the one of that name to this state, whatever is there now.

        Fields that another manager owns and that are to have another value are a conflict
        (:class:`~pykorm.exceptions.ApplyConflict`), unless ``force`` takes them over. Those that pykorm itself saved
        are no conflict. Fields that an earlier apply set and this one leaves out are removed.
        """
        run(apply_flow(obj, self._target(cluster), force))

    async def aapply(self, obj: PykormModel, cluster: str | Cluster = "default", *, force: bool = False) -> None:
        """:meth:`apply`, under asyncio."""
        await arun(apply_flow(obj, self._target(cluster), force))

    def create(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """Creates an object, also if it was read from a cluster.

        :raises AlreadyExists: if its name is taken.
        """
        run(create_flow(obj, self._target(cluster)))

    async def acreate(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """:meth:`create`, under asyncio."""
        await arun(create_flow(obj, self._target(cluster)))

    def get_or_create(self, obj: PykormModel, cluster: str | Cluster = "default") -> bool:
        """Creates an object if there is none of its name, and says whether it did; else it becomes what is there."""
        return run(get_or_create_flow(obj, self._target(cluster)))

    async def aget_or_create(self, obj: PykormModel, cluster: str | Cluster = "default") -> bool:
        """:meth:`get_or_create`, under asyncio."""
        return await arun(get_or_create_flow(obj, self._target(cluster)))

    def delete(
        self,
        obj: PykormModel,
        cluster: str | Cluster = "default",
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
        wait: bool | float = False,
    ) -> None:
        """Deletes an object. One that is gone already raises :class:`~pykorm.exceptions.NotFound`.

        One that was read is deleted only if it still is that very object, and not another one of the same name. The
        object keeps its values; saving it again creates a new one.

        :param propagation: what happens to the objects that have it as their owner: ``Background``, they are deleted
            after it; ``Foreground``, before it; ``Orphan``, they stay. The kind decides unless given.
        :param grace_period: how many seconds it may take to end; only some native kinds, such as Pods, need time.
        :param if_unchanged: only if it was not changed at all since it was read
            (:class:`~pykorm.exceptions.ConflictError` otherwise).
        :param wait: until it is gone, finalizers included: at most so many seconds, 60 for True
            (:class:`~pykorm.exceptions.Timeout` otherwise).
        """
        target = self._target(cluster)
        options: Any = {"propagation": propagation, "grace_period": grace_period}
        run(delete_flow(obj, target, if_unchanged=if_unchanged, wait=wait, **options))

    async def adelete(
        self,
        obj: PykormModel,
        cluster: str | Cluster = "default",
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
        wait: bool | float = False,
    ) -> None:
        """:meth:`delete`, under asyncio."""
        target = self._target(cluster)
        options: Any = {"propagation": propagation, "grace_period": grace_period}
        await arun(delete_flow(obj, target, if_unchanged=if_unchanged, wait=wait, **options))

    def explain_delete(
        self,
        obj: PykormModel,
        cluster: str | Cluster = "default",
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
    ) -> str:
        """What :meth:`delete` would send, and what becomes of the objects that depend on this one. Deletes nothing.

        To see the very objects, load a relation that is declared as ``HasMany(..., owner=True)``.
        """
        target = self._target(cluster)
        options: Any = {"propagation": propagation, "grace_period": grace_period, "if_unchanged": if_unchanged}
        return run(explain_delete_flow(obj, target, **options))

    async def aexplain_delete(
        self,
        obj: PykormModel,
        cluster: str | Cluster = "default",
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] | None = None,
        grace_period: int | None = None,
        if_unchanged: bool = False,
    ) -> str:
        """:meth:`explain_delete`, under asyncio."""
        target = self._target(cluster)
        options: Any = {"propagation": propagation, "grace_period": grace_period, "if_unchanged": if_unchanged}
        return await arun(explain_delete_flow(obj, target, **options))

    def add_finalizer(self, obj: PykormModel, name: str, cluster: str | Cluster = "default") -> None:
        """Adds a finalizer, whatever happens to the others meanwhile.

        From then on a deletion waits for it: the object stays until the finalizer is removed.

        :param name: a domain and a path, as ``example.com/cleanup``.
        """
        run(finalizer_flow(obj, name, self._target(cluster), True))

    async def aadd_finalizer(self, obj: PykormModel, name: str, cluster: str | Cluster = "default") -> None:
        """:meth:`add_finalizer`, under asyncio."""
        await arun(finalizer_flow(obj, name, self._target(cluster), True))

    def remove_finalizer(self, obj: PykormModel, name: str, cluster: str | Cluster = "default") -> None:
        """Removes a finalizer, whatever happens to the others meanwhile.

        If it was the last one of an object that is being deleted, that ends it.
        """
        run(finalizer_flow(obj, name, self._target(cluster), False))

    async def aremove_finalizer(self, obj: PykormModel, name: str, cluster: str | Cluster = "default") -> None:
        """:meth:`remove_finalizer`, under asyncio."""
        await arun(finalizer_flow(obj, name, self._target(cluster), False))

    def owners(self, obj: PykormModel, cluster: str | Cluster = "default") -> list[Ownership]:
        """Who owns which fields of an object, in the order of its ``managedFields``."""
        return run(owners_flow(obj, self._target(cluster)))

    async def aowners(self, obj: PykormModel, cluster: str | Cluster = "default") -> list[Ownership]:
        """:meth:`owners`, under asyncio."""
        return await arun(owners_flow(obj, self._target(cluster)))

    def owned_fields(self, obj: PykormModel, cluster: str | Cluster = "default") -> list[str]:
        """The fields of an object that the cluster's own field manager owns by :meth:`apply`, as ``spec.price``."""
        return run(owned_fields_flow(obj, self._target(cluster)))

    async def aowned_fields(self, obj: PykormModel, cluster: str | Cluster = "default") -> list[str]:
        """:meth:`owned_fields`, under asyncio."""
        return await arun(owned_fields_flow(obj, self._target(cluster)))

    def load(
        self, objects: Iterable[PykormModel], *relations: str | Relation[Any], cluster: str | Cluster = "default"
    ) -> None:
        """Loads relations of objects that are at hand, for each kind by one list: see :meth:`.BaseQuery.include`.

        ::

            pk.load([peach, other], Peach.tree)
        """
        run(load_related_flow(list(objects), relations, self._target(cluster)))

    async def aload(
        self, objects: Iterable[PykormModel], *relations: str | Relation[Any], cluster: str | Cluster = "default"
    ) -> None:
        """:meth:`load`, under asyncio."""
        await arun(load_related_flow(list(objects), relations, self._target(cluster)))

    def query(self, model: type[M], cluster: str | Cluster = "default") -> BaseQuery[M]:
        """The objects of a class in this cluster: ``Peach.query.using(cluster)``."""
        found: BaseQuery[M] = model.query.using(self._target(cluster))
        return found

    def update(
        self, obj: PykormModel, change: Callable[[Any], Any], cluster: str | Cluster = "default", *, attempts: int = 10
    ) -> None:
        """Reads an object, lets ``change`` change it, and saves it; again, if somebody else was faster.

        :param attempts: after so many conflicts in a row the last one is raised.
        """
        run(update_flow(obj, change, self._target(cluster), attempts))

    async def aupdate(
        self, obj: PykormModel, change: Callable[[Any], Any], cluster: str | Cluster = "default", *, attempts: int = 10
    ) -> None:
        """:meth:`update`, under asyncio."""
        await arun(update_flow(obj, change, self._target(cluster), attempts))

    def wait_for(
        self,
        obj: PykormModel,
        until: Condition | bool | str,
        cluster: str | Cluster = "default",
        *,
        unless: Condition | bool | None = None,
        timeout: float = 60,
    ) -> None:
        """Waits, on a watch, until something is true of an object; then the object holds what the server holds.

        :param until: a condition on the class's fields, as ``Peach.ripe == True``; or ``"exists"`` or ``"gone"``; or
            the type of an entry in ``status.conditions`` that is to be True, as ``"Ready"``.
        :param unless: a condition that makes the wait pointless: :class:`~pykorm.exceptions.WaitFailed`.
        :param timeout: seconds, after which :class:`~pykorm.exceptions.Timeout` is raised.
        """
        run(wait_flow(obj, until, self._target(cluster), unless, timeout))

    async def await_for(
        self,
        obj: PykormModel,
        until: Condition | bool | str,
        cluster: str | Cluster = "default",
        *,
        unless: Condition | bool | None = None,
        timeout: float = 60,
    ) -> None:
        """:meth:`wait_for`, under asyncio."""
        await arun(wait_flow(obj, until, self._target(cluster), unless, timeout))

    def save_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """Saves many objects, so many at a time; gives one outcome each, in their order. None stops the others.

        :param progress: True for a bar on a terminal, or a function that is called with how many are done and how many
            there are.
        """
        target = self._target(cluster)
        return run_many(list(objects), lambda obj: save_flow(obj, target), concurrency, progress)

    async def asave_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """:meth:`save_all`, under asyncio."""
        target = self._target(cluster)
        return await arun_many(list(objects), lambda obj: save_flow(obj, target), concurrency, progress)

    def apply_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        force: bool = False,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """Applies many objects; as :meth:`save_all`. With ``force``, fields are taken over from other managers."""
        target = self._target(cluster)
        return run_many(list(objects), lambda obj: apply_flow(obj, target, force), concurrency, progress)

    async def aapply_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        force: bool = False,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """:meth:`apply_all`, under asyncio."""
        target = self._target(cluster)
        return await arun_many(list(objects), lambda obj: apply_flow(obj, target, force), concurrency, progress)

    def delete_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """Deletes many objects; as :meth:`save_all`."""
        target = self._target(cluster)
        return run_many(list(objects), lambda obj: delete_flow(obj, target), concurrency, progress)

    async def adelete_all(
        self,
        objects: Iterable[M],
        cluster: str | Cluster = "default",
        *,
        concurrency: int = 16,
        progress: bool | Callable[[int, int], Any] = False,
    ) -> list[Outcome[M]]:
        """:meth:`delete_all`, under asyncio."""
        target = self._target(cluster)
        return await arun_many(list(objects), lambda obj: delete_flow(obj, target), concurrency, progress)

    def refresh(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """Reads an object anew; changes that were not saved are given up."""
        run(refresh_flow(obj, self._target(cluster)))

    async def arefresh(self, obj: PykormModel, cluster: str | Cluster = "default") -> None:
        """:meth:`refresh`, under asyncio."""
        await arun(refresh_flow(obj, self._target(cluster)))

    def install(self, *models: type[PykormModel], cluster: str | Cluster = "default") -> None:
        """Installs the CustomResourceDefinitions of these classes and waits until the server serves them."""
        run(install_flow(models, self._target(cluster)))

    async def ainstall(self, *models: type[PykormModel], cluster: str | Cluster = "default") -> None:
        """:meth:`install`, under asyncio."""
        await arun(install_flow(models, self._target(cluster)))
