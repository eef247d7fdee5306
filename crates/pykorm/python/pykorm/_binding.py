"""The decorators that bind classes to kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from . import _native
from .exceptions import ModelError
from .models import ClusterModel, NamespacedModel
from .query import BaseQuery, ClusterObjectQuery, NamespacedObjectQuery

if TYPE_CHECKING:
    from collections.abc import Callable

Class = TypeVar("Class", bound=type)


def get_query_cls(cls: type) -> type[BaseQuery[Any]]:
    """The class of queries for a model."""
    if isinstance(cls, type) and issubclass(cls, NamespacedModel):
        return NamespacedObjectQuery
    if isinstance(cls, type) and issubclass(cls, ClusterModel):
        return ClusterObjectQuery
    raise ModelError(
        f"{getattr(cls, '__name__', cls)} is no model: it must inherit from NamespacedModel or ClusterModel"
    )


def k8s_custom_object(
    group: str, version: str, plural: str, kind: str | None = None, *, short_names: tuple[str, ...] = ()
) -> Callable[[Class], Class]:
    """Binds a class to a custom kind::

        @pykorm.k8s_custom_object("pykorm.infomaniak.com", "v1", "peaches")
        class Peach(pykorm.NamespacedModel):
            variety: str = pykorm.fields.Spec("variety")

    :param kind: the kind's name, if it is not the class's.
    :param short_names: for kubectl, in a CustomResourceDefinition made from the class.
    """
    return _binder(group, version, plural, kind, native=False, short_names=tuple(short_names))


def k8s_core(kind: str) -> Callable[[Class], Class]:
    """Binds a class to a kind of the core group, as ``ConfigMap``."""
    return k8s_native("v1", kind)


def k8s_appsv1(kind: str) -> Callable[[Class], Class]:
    """Binds a class to a kind of the group apps/v1, as ``Deployment``."""
    return k8s_native("apps/v1", kind)


def k8s_native(api_version: str, kind: str, plural: str | None = None) -> Callable[[Class], Class]:
    """Binds a class to any kind that is in the cluster without being installed, as ``("batch/v1", "Job")``.

    :param plural: as in the URL; made from the kind by Kubernetes' own rule unless given.
    """
    known = _native.native_kind(api_version, kind)
    group, _, version = api_version.rpartition("/")
    bind = _binder(group, version, plural or (known[0] if known else _plural_of(kind)), kind, native=True)

    def checked(cls: Class) -> Class:
        bound = bind(cls)
        if known is not None and known[1] != issubclass(bound, NamespacedModel):
            fitting = "NamespacedModel" if known[1] else "ClusterModel"
            raise ModelError(f"{cls.__name__} must inherit from {fitting}, because that is where a {kind} lives")
        return bound

    return checked


def _binder(
    group: str, version: str, plural: str, kind: str | None, *, native: bool, short_names: tuple[str, ...] = ()
) -> Callable[[Class], Class]:
    def bind(cls: Class) -> Class:
        get_query_cls(cls)
        bound: Any = cls
        bound._pykorm_group = group
        bound._pykorm_version = version
        bound._pykorm_plural = plural
        bound._pykorm_kind = kind or cls.__name__  # a subclass without a kind of its own is of this one
        bound._pykorm_native = native
        bound._pykorm_short_names = short_names
        return cls

    return bind


def _plural_of(kind: str) -> str:
    """How apimachinery makes a plural of a kind; it holds for every kind of Kubernetes itself."""
    singular = kind.lower()
    if singular.endswith("endpoints"):
        return singular
    if singular.endswith("s"):
        return singular + "es"
    if singular.endswith("y"):
        return singular[:-1] + "ies"
    return singular + "s"
