"""Objects of kinds that no class was written for, and objects from files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _native
from .exceptions import ModelError, UsageError
from .fields import DataField, Metadata
from .models import ClusterModel, NamespacedModel, PykormModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._flow import _Flow
    from .clusters import Cluster

__all__ = ["Kind", "dynamic"]

_CRD = "CustomResourceDefinition"


class Kind(NamedTuple):
    """A kind that a cluster serves."""

    api_version: str
    """Group and version, as ``apps/v1``."""
    kind: str
    """The kind, as ``Deployment``."""
    plural: str
    """As in the URL, as ``deployments``."""
    namespaced: bool
    """Whether its objects live in namespaces."""
    short_names: tuple[str, ...]
    """As kubectl takes them, as ``deploy``."""


def dynamic(
    api_version: str,
    kind: str,
    plural: str | None = None,
    *,
    namespaced: bool | None = None,
    fields: Iterable[str] = (),
) -> type[PykormModel]:
    """A class for a kind that is known at run time only.

    Its attributes are the parts of any object, as plain dicts: ``labels``, ``annotations``, ``spec``, ``status``,
    ``data``; beside them ``name`` and, of a namespaced kind, ``namespace``::

        Job = pykorm.dynamic("batch/v1", "Job")
        Job.query.filter(spec__parallelism__gt=1).all()

    :param plural: as in the URL. Kinds of Kubernetes itself are known; for others it is needed.
    :param namespaced: whether its objects live in namespaces. For other kinds than Kubernetes' own: True unless given.
    :param fields: further parts of the object to have as attributes, as ``["rules"]`` of a Role.

    :meth:`pykorm.Cluster.kind` finds all of this out by a name.
    """
    known = _native.native_kind(api_version, kind)
    if known is None and plural is None:
        raise ModelError(
            f"{api_version} {kind} is no kind of Kubernetes itself: its plural is needed, as plural='peaches'"
        )
    if known is not None:
        plural, namespaced = plural or known[0], known[1]
    base: type[PykormModel] = ClusterModel if namespaced is False else NamespacedModel
    group, _, version = api_version.rpartition("/")
    body: dict[str, Any] = {
        "__doc__": f"{kind} of {api_version}.",
        "labels": Metadata("labels", default={}),
        "annotations": Metadata("annotations", default={}),
        **{name: DataField(name) for name in ("spec", "status", "data", *fields)},
        "_pykorm_group": group,
        "_pykorm_version": version,
        "_pykorm_plural": plural,
        "_pykorm_kind": kind,
        "_pykorm_native": known is not None,
    }
    made: type[PykormModel] = type(kind, (base,), body)
    return made


def kind_flow(cluster: Cluster, name: str, fields: Iterable[str]) -> _Flow[type[PykormModel]]:
    """A class for the kind that goes by this name."""
    native = yield from cluster._connected()
    found = yield _native.kind(native, name)
    api_version, kind, plural, namespaced, _ = _kind(found)
    return dynamic(api_version, kind, plural, namespaced=namespaced, fields=fields)


def kinds_flow(cluster: Cluster) -> _Flow[list[Kind]]:
    """All kinds that are served."""
    native = yield from cluster._connected()
    return [_kind(found) for found in (yield _native.kinds(native))]


def _kind(found: dict[str, Any]) -> Kind:
    return Kind(**{**found, "short_names": tuple(found["short_names"])})


def load_flow(cluster: Cluster, source: str | os.PathLike[str]) -> _Flow[int]:
    """Applies the objects of a file; definitions first, and waiting until they are served."""
    found = list(_expanded(_native.documents(_text(source))))
    native = yield from cluster._connected()
    crd = dynamic("apiextensions.k8s.io/v1", _CRD)
    served: dict[tuple[str, str], tuple[str, bool]] = {}
    for body in sorted(found, key=lambda body: body.get("kind") != _CRD):
        model = crd if body.get("kind") == _CRD else (yield from _model_of(native, crd, body, served))
        if model._namespaced:
            body = {**body, "metadata": {"namespace": "default", **body.get("metadata", {})}}
        yield native.apply(model._definition(), body, True)
        if model is crd:
            goal = {"condition": ["Established", "True"]}
            yield native.wait(crd._definition(), (None, body["metadata"]["name"]), goal, None, 30.0)
    return len(found)


def _text(source: str | os.PathLike[str]) -> str:
    if isinstance(source, str) and "\n" in source:
        return source
    with open(source, encoding="utf-8") as file:
        return file.read()


def _expanded(documents: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for document in documents:
        if not isinstance(document, dict) or "kind" not in document or "apiVersion" not in document:
            raise UsageError("every document needs an apiVersion and a kind")
        if isinstance(document.get("items"), list) and document["kind"].endswith("List"):
            yield from _expanded(document["items"])
        else:
            yield document


def _model_of(
    native: _native.Cluster,
    crd: type[PykormModel],
    body: dict[str, Any],
    served: dict[tuple[str, str], tuple[str, bool]],
) -> _Flow[type[PykormModel]]:
    """The class for an object: a kind of Kubernetes itself, or one of a definition in the cluster."""
    api_version, kind = body["apiVersion"], body["kind"]
    if _native.native_kind(api_version, kind) is not None:
        return dynamic(api_version, kind)
    group = api_version.rpartition("/")[0]
    if (group, kind) not in served:
        options: dict[str, Any] = {"where": None, "labels": None, "fields": None, "limit": None, "order": []}
        for source in (yield native.list(crd._definition(), options)):
            spec = source.get(("spec",), {})
            served[spec["group"], spec["names"]["kind"]] = (spec["names"]["plural"], spec["scope"] == "Namespaced")
    if (group, kind) not in served:
        raise UsageError(f"{api_version} {kind} is neither a kind of Kubernetes itself nor defined in the cluster")
    plural, namespaced = served[group, kind]
    return dynamic(api_version, kind, plural, namespaced=namespaced)
