"""What is done with objects, each written once for both ways of waiting: see :mod:`pykorm._flow`."""

from __future__ import annotations

import os
from _thread import LockType, allocate_lock
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _native
from ._attributes import DictSource
from ._hints import kind_of
from .clusters import Cluster, cluster_of
from .exceptions import AlreadyExists, ApplyConflict, ConflictError, ModelError, NotFound, UsageError
from .expressions import Condition
from .models import PykormModel
from .relations import load_flow, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._flow import _Flow
    from ._native import Operation
    from .relations import Relation


class Ownership(NamedTuple):
    """The fields that one manager owns by one way of writing: an entry of ``metadata.managedFields``."""

    manager: str
    """The field manager."""
    operation: str
    """``Apply`` for server-side apply, ``Update`` for every other way of writing."""
    subresource: str | None
    """The subresource that was written to; None for the object itself."""
    fields: tuple[str, ...]
    """The fields, as ``spec.price``, ``metadata.labels[orchard]`` or ``spec.ports[port=80].name``."""


def _target_of(obj: PykormModel, cluster: str | Cluster) -> Cluster:
    """The cluster that is meant, once it is clear that it is an object that something is to be done with."""
    if not isinstance(obj, PykormModel):
        found: Any = obj
        several = "; for several objects there are save_all, apply_all and delete_all, and a query's update and delete"
        hint = several if hasattr(found, "__iter__") and not isinstance(found, (dict, type)) else ""
        raise UsageError(f"an object of a model is needed, not {kind_of(found)}{hint}")
    return cluster_of(cluster)


def _operation(obj: PykormModel, call: Callable[..., Operation], *arguments: Any) -> Operation:
    """What the call gives. Where a value of the object has no form in JSON, the message names the object too."""
    try:
        return call(*arguments)
    except (TypeError, ValueError) as error:
        raise ModelError(f"{obj._called()}: {error}") from None


def save_flow(obj: PykormModel, cluster: str | Cluster, exactly: bool = False) -> _Flow[None]:
    """Create, or compare-and-set of what changed."""
    target = _target_of(obj, cluster)
    saving = yield from _alone(obj)
    try:
        if obj._is_stored_in(target):
            yield from _change(obj, target, exactly)
        else:
            yield from create_flow(obj, target)
    finally:
        saving.release()


def _alone(obj: PykormModel) -> _Flow[LockType]:
    """Waits until no other thread or task saves this very object: it would take the other's save for somebody else's.

    What a parent process was doing is nothing to wait for in a child of a fork.
    """
    pid = os.getpid()
    held: tuple[int, LockType] | None = obj.__dict__.get("_saving")
    if held is None:  # of two threads that come here, one sets it
        held = obj.__dict__.setdefault("_saving", (pid, allocate_lock()))
    if held[0] != pid:
        held = obj.__dict__["_saving"] = (pid, allocate_lock())
    while not held[1].acquire(blocking=False):
        yield _native.sleep(0.002)
    return held[1]


def _change(obj: PykormModel, target: Cluster, exactly: bool) -> _Flow[None]:
    """Sends what changed of an object that is stored."""
    obj._check_required()
    touched = obj._touched()
    owners = bool(obj.__dict__.get("_assigned"))
    if not touched and not owners:
        return
    native = yield from target._connected()
    source = obj.__dict__["_source"]
    if isinstance(source, DictSource):
        source = _native.Source(source._raw)
    held = obj._held()
    model = type(obj)._definition()
    plain = None if owners else obj._plain_values(touched)
    if plain is not None:
        stored = yield _operation(obj, native.save_plain, model, source, plain, exactly)
    else:
        now = obj._with_owners(obj._written(touched))
        normalizer = obj._normalize(touched, owners=owners)
        stored = yield _operation(obj, native.save, model, source, now, normalizer, exactly)
    if stored is not None and not target._only_tries:
        obj._accept(stored, target, held)


def create_flow(obj: PykormModel, cluster: str | Cluster) -> _Flow[None]:
    """Create, whether or not it was read from somewhere."""
    target = _target_of(obj, cluster)
    body = obj._k8s_dict
    _identified(obj, body)
    native = yield from target._connected()
    normalizer = obj._normalize(obj._writable())
    held = obj._held()
    stored = yield _operation(obj, native.create, type(obj)._definition(), body, normalizer)
    if not target._only_tries:  # or the next save would believe it stored
        obj._accept(stored, target, held)


def get_or_create_flow(obj: PykormModel, cluster: str | Cluster) -> _Flow[bool]:
    """Read it if it is there, create it if not; whether it was created."""
    target = _target_of(obj, cluster)
    namespace, name = _key(obj)
    native = yield from target._connected()
    source = yield native.get(type(obj)._definition(), namespace, name)
    if source is not None:
        obj._replace(source, target)
        return False
    try:
        yield from create_flow(obj, target)
    except AlreadyExists:  # somebody else did between the two requests
        yield from refresh_flow(obj, target)
        return False
    return True


#: The name under which pykorm 0.60 wrote: that of the package kubernetes, which it used.
_FORMER_MANAGER = "OpenAPI-Generator"


def apply_flow(obj: PykormModel, cluster: str | Cluster, force: bool = False) -> _Flow[None]:
    """Server-side apply of all fields."""
    target = _target_of(obj, cluster)
    body = obj._k8s_dict
    _identified(obj, body, named=True)
    native = yield from target._connected()
    model = type(obj)._definition()
    held = obj._held()
    try:
        stored = yield _operation(obj, native.apply, model, body, force)
    except ApplyConflict as conflict:
        if not _with_ourselves(conflict, target):
            raise
        stored = yield from _apply_over_ourselves(obj, body, target)
    if not target._only_tries:
        obj._accept(stored, target, held)


def _with_ourselves(conflict: ApplyConflict, target: Cluster) -> bool:
    """Whether the owner is who applies: by a save, which Kubernetes takes for another way of owning."""
    ours = {target._options.get("field_manager") or "pykorm", _FORMER_MANAGER}
    return all(manager in ours for manager, _ in conflict.owned)


def _apply_over_ourselves(obj: PykormModel, body: dict[str, Any], target: Cluster) -> _Flow[Any]:
    """Apply with force, but only if at that very resourceVersion nobody else is in the way."""
    model = type(obj)._definition()
    native = yield from target._connected()
    overtaken: ConflictError | None = None
    for _ in range(10):
        now = yield native.get(model, *_key(obj))
        version = now.get(("metadata", "resourceVersion"), None) if now is not None else None
        pinned = {**body, "metadata": {**body["metadata"], "resourceVersion": version}} if version else body
        try:
            try:
                return (yield native.apply(model, pinned, False))
            except ApplyConflict as conflict:
                if not _with_ourselves(conflict, target):
                    raise
                return (yield native.apply(model, pinned, True))
        except ApplyConflict:
            raise
        except ConflictError as error:
            overtaken = error  # somebody else was faster: look again
    raise overtaken or ConflictError(f"{obj._called()} cannot be applied: others change it all the time")


def delete_flow(
    obj: PykormModel,
    cluster: str | Cluster,
    *,
    propagation: str | None = None,
    grace_period: int | None = None,
    if_unchanged: bool = False,
    wait: bool | float = False,
) -> _Flow[None]:
    """Delete; of an object that was read, exactly that one and not a later one of the same name."""
    target = _target_of(obj, cluster)
    options = _delete_options(obj, target, propagation, grace_period, if_unchanged)
    options["wait"] = None if wait is False else 60.0 if wait is True else float(wait)
    namespace, name = _key(obj)
    native = yield from target._connected()
    yield _native.delete(native, type(obj)._definition(), namespace, name, options)
    if not target._only_tries:
        obj._forget_stored()


def explain_delete_flow(
    obj: PykormModel,
    cluster: str | Cluster,
    *,
    propagation: str | None = None,
    grace_period: int | None = None,
    if_unchanged: bool = False,
) -> _Flow[str]:
    """What a deletion would do."""
    target = _target_of(obj, cluster)
    options = _delete_options(obj, target, propagation, grace_period, if_unchanged)
    namespace, name = _key(obj)
    native = yield from target._connected()
    text: str = yield _native.explain_delete(native, type(obj)._definition(), namespace, name, options)
    return text


def _delete_options(
    obj: PykormModel, target: Cluster, propagation: str | None, grace_period: int | None, if_unchanged: bool
) -> dict[str, Any]:
    stored = obj._is_stored_in(target)
    if if_unchanged and not stored:
        raise UsageError(
            f"{obj._called()} was not read from this cluster, so there is no telling whether it is unchanged"
        )
    return {
        "uid": obj._stored("uid") if stored else None,
        "resource_version": obj._stored("resourceVersion") if if_unchanged else None,
        "propagation": propagation,
        "grace_period": grace_period,
        "wait": None,
    }


def finalizer_flow(obj: PykormModel, finalizer: str, cluster: str | Cluster, add: bool) -> _Flow[None]:
    """Add or remove one finalizer, whatever happens to the others."""
    target = _target_of(obj, cluster)
    namespace, name = _key(obj)
    native = yield from target._connected()
    stored = yield _native.finalizer(native, type(obj)._definition(), namespace, name, finalizer, add)
    if not target._only_tries:
        obj._accept(stored, target, obj._held(unchanged=True))


def owners_flow(obj: PykormModel, cluster: str | Cluster) -> _Flow[list[Ownership]]:
    """Who owns which fields."""
    target = _target_of(obj, cluster)
    namespace, name = _key(obj)
    native = yield from target._connected()
    found = yield _native.owners(native, type(obj)._definition(), namespace, name)
    return [Ownership(manager, how, part, tuple(paths)) for manager, how, part, paths in found]


def owned_fields_flow(obj: PykormModel, cluster: str | Cluster) -> _Flow[list[str]]:
    """The fields that this cluster's field manager owns by apply."""
    target = _target_of(obj, cluster)
    manager = target._options.get("field_manager") or "pykorm"
    owners = yield from owners_flow(obj, target)
    ours = [owner for owner in owners if owner.manager == manager and owner.operation == "Apply"]
    return [path for owner in ours for path in owner.fields]


def load_related_flow(
    objects: Sequence[PykormModel], relations: Sequence[str | Relation[Any]], cluster: str | Cluster
) -> _Flow[None]:
    """Load relations of objects that are at hand, of each class for itself."""
    target = cluster_of(cluster)
    classes: dict[type[PykormModel], list[PykormModel]] = {}
    for obj in objects:
        classes.setdefault(type(obj), []).append(obj)
    for model, those in classes.items():
        yield from load_flow(those, tree_of(model, relations), target)


def refresh_flow(obj: PykormModel, cluster: str | Cluster) -> _Flow[None]:
    """Read anew."""
    target = _target_of(obj, cluster)
    namespace, name = _key(obj)
    native = yield from target._connected()
    source = yield native.get(type(obj)._definition(), namespace, name)
    if source is None:
        raise NotFound(f"{obj._called()} is not in the cluster", {"status": 404, "reason": "NotFound"})
    obj._replace(source, target)


def update_flow(obj: PykormModel, change: Callable[[Any], Any], cluster: str | Cluster, attempts: int) -> _Flow[None]:
    """Read, change, save; again on a conflict, a little later each time."""
    target = _target_of(obj, cluster)
    for attempt in range(max(attempts, 1)):
        if attempt:
            import random

            yield _native.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 7)))
        yield from refresh_flow(obj, target)
        change(obj)
        try:
            # An increment must not be taken for done because somebody else came to the same number.
            yield from save_flow(obj, target, exactly=True)
        except ConflictError:
            if attempt + 1 >= attempts:
                raise
        else:
            return


def wait_flow(
    obj: PykormModel,
    until: Condition | bool | str,
    cluster: str | Cluster,
    unless: Condition | bool | None,
    timeout: float,
) -> _Flow[None]:
    """Wait for a goal on a watch."""
    target = _target_of(obj, cluster)
    model = type(obj)
    goal: Any
    if isinstance(until, str):
        goal = until if until in ("exists", "gone") else {"condition": [until, "True"]}
    else:
        goal = {"holds": _resolved(model, until)}
    stop = None if unless is None else _resolved(model, unless)
    native = yield from target._connected()
    source = yield native.wait(model._definition(), _key(obj), goal, stop, float(timeout))
    if source is None:
        obj._forget_stored()
    else:
        obj._replace(source, target)


def _resolved(model: type[PykormModel], condition: Condition | bool) -> dict[str, Any]:
    if not isinstance(condition, Condition):
        raise UsageError(f"a condition is needed, as {model.__name__}.name == 'cake-peach', not {condition!r}")
    return condition.resolve(model)


def install_flow(models: tuple[Any, ...], cluster: str | Cluster) -> _Flow[None]:
    """Install the kinds of these classes."""
    for model in models:
        if not isinstance(model, type) or not hasattr(model, "_definition"):
            raise UsageError(f"install needs classes, as install(Peach, Pear), not {kind_of(model)}")
    native = yield from cluster_of(cluster)._connected()
    for model in models:
        yield native.install(model._definition())


def _key(obj: PykormModel) -> tuple[str | None, str]:
    name = obj.name
    if not name:
        raise ModelError(f"this {type(obj).__name__} has no name, and so there is no telling which object is meant")
    namespace: str | None = getattr(obj, "namespace", None) if obj._namespaced else None
    if obj._namespaced and not namespace:
        raise ModelError(f"{type(obj).__name__} {name} has no namespace; set one, as namespace='default'")
    return namespace, name


def _identified(obj: PykormModel, body: dict[str, Any], *, named: bool = False) -> None:
    metadata = body["metadata"]
    if named or not metadata.get("generateName"):
        _key(obj)
    elif obj._namespaced and not metadata.get("namespace"):
        raise ModelError(f"this {type(obj).__name__} has no namespace; set one, as namespace='default'")
