"""What can go wrong, as exceptions.

Every exception of this package is a :class:`PykormError`. The ones that carry an answer of the API server are
:class:`ApiError`; where the package ``kubernetes`` is imported too, they can also be caught as its
``kubernetes.client.rest.ApiException`` (and the subclass of it that fits the status code), so that programs written
for other clients go on working. ``kubernetes`` is not needed for any of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "AlreadyExists",
    "ApiError",
    "ApplyConflict",
    "Cause",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "DecodeError",
    "DoesNotExist",
    "Expired",
    "FieldConflict",
    "FieldError",
    "Forbidden",
    "ForkError",
    "Invalid",
    "MissingDependency",
    "ModelError",
    "MultipleObjectsReturned",
    "NotFound",
    "NotInstalled",
    "NotLoaded",
    "OutcomeUnknown",
    "PykormError",
    "ReadOnlyException",
    "ResidualRefused",
    "Timeout",
    "TooManyRequests",
    "Unauthorized",
    "UsageError",
    "ValidationError",
    "WaitFailed",
]


class PykormError(Exception):
    """The root of every exception of pykorm.

    ``details`` holds what is known about the failure as plain values; which keys there are depends on the class.
    """

    details: Mapping[str, Any]

    def __init__(self, message: str = "", details: Mapping[str, Any] | None = None) -> None:
        Exception.__init__(self, message)
        self.details = dict(details or {})


class ReadOnlyException(PykormError):
    """A read-only attribute, once set, was given another value."""


class ModelError(PykormError, TypeError):
    """A model is declared or constructed wrongly: the message names the class and the attribute."""


class FieldError(PykormError, AttributeError):
    """A query names an attribute or a lookup that the model does not have."""


class NotLoaded(PykormError, LookupError):
    """A relation is read that nobody asked for. Reading never sends a request; the message says how to ask."""


class ValidationError(PykormError, ValueError):
    """An object is refused before anything is sent: a required field is missing, or a value does not fit.

    ``causes`` says what is wrong with single fields, in the API server's words.
    """

    @property
    def causes(self) -> Sequence[Cause]:
        """What is wrong, field by field."""
        return tuple(self.details.get("causes") or ())


class DecodeError(PykormError, ValueError):
    """A value in the cluster cannot be read as the field is declared; the message names object, field and path."""


class DoesNotExist(PykormError, LookupError):
    """A query that must give exactly one object gave none."""


class MultipleObjectsReturned(PykormError, LookupError):
    """A query that must give exactly one object gave several."""


class ConfigError(PykormError):
    """The kubeconfig or the cluster's configuration is missing, malformed, or names what is not in it."""


class ConnectError(PykormError, ConnectionError):
    """No Kubernetes API answered: nobody listens, a certificate is not trusted, the line was cut, or it is none."""


class Timeout(PykormError, TimeoutError):
    """The deadline passed before the answer came."""


class WaitFailed(PykormError):
    """While waiting, something happened that rules out what was waited for."""


class OutcomeUnknown(PykormError):
    """A write was sent and its answer was lost: it may have happened or not. Read the object to find out."""


class ForkError(PykormError, RuntimeError):
    """A connection was made before ``os.fork()`` and cannot go on in the child."""


class Cause(NamedTuple):
    """One reason of the API server for refusing an object."""

    field: str
    """Where the fault is, as ``spec.variety``."""
    message: str
    """What is wrong there, in the server's words."""
    reason: str = ""
    """The kind of fault, as ``FieldValueInvalid``."""


class FieldConflict(NamedTuple):
    """One field that somebody else changed between reading and saving."""

    field: str
    """The attribute's name, or the path where no attribute is bound to it."""
    path: str
    """The path in the object, as ``spec.price``."""
    base: Any
    """The value as it was read."""
    theirs: Any
    """The value that is in the cluster now."""
    mine: Any
    """The value that was to be saved."""


class MissingDependency(PykormError, ImportError):
    """A method needs a package that is not installed; the message says what to install."""


class UsageError(PykormError, ValueError):
    """A call that cannot be right, found before anything was sent."""


class ResidualRefused(FieldError):
    """A part of the query would have to be evaluated here, and the cluster is set to refuse that."""


class ApiError(PykormError):
    """The API server's refusal.

    ``status`` is the HTTP status code, ``reason`` the server's machine-readable reason (``NotFound``, ``Invalid``
    ...), ``causes`` what it has to say about single fields. ``body`` is the server's answer where it is known.
    """

    status: int
    reason: str
    causes: Sequence[Cause]
    body: Any
    headers: Any

    def __init__(self, message: str = "", details: Mapping[str, Any] | None = None) -> None:
        PykormError.__init__(self, message, details)
        self.status = int(self.details.get("status") or 0)
        self.reason = str(self.details.get("reason") or "")
        self.causes = tuple(
            Cause(str(c.get("field") or ""), str(c.get("message") or ""), str(c.get("reason") or ""))
            for c in self.details.get("causes") or ()
        )
        self.body = self.details.get("body")
        self.headers = None

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NotFound(ApiError):
    """The object is not there (404)."""


class NotInstalled(NotFound):
    """The kind itself is not there: its CustomResourceDefinition is not installed in the cluster (404)."""


class AlreadyExists(ApiError):
    """An object of that name is there already (409)."""


class ConflictError(ApiError):
    """Somebody else changed the same fields meanwhile (409); ``fields`` names each with its three values."""

    fields: Sequence[FieldConflict]

    def __init__(self, message: str = "", details: Mapping[str, Any] | None = None) -> None:
        ApiError.__init__(self, message, details)
        self.fields = tuple(
            FieldConflict(
                str(c.get("field") or c.get("path") or ""),
                str(c.get("path") or ""),
                c.get("base"),
                c.get("theirs"),
                c.get("mine"),
            )
            for c in self.details.get("conflicts") or ()
        )


class ApplyConflict(ConflictError):
    """Another field manager owns fields of a server-side apply (409).

    ``owned`` holds pairs of the manager and the field; ``apply(force=True)`` takes the fields over.
    """

    owned: Sequence[tuple[str, str]]

    def __init__(self, message: str = "", details: Mapping[str, Any] | None = None) -> None:
        ConflictError.__init__(self, message, details)
        self.owned = tuple((str(manager), str(field)) for manager, field in self.details.get("owned") or ())


class Invalid(ApiError):
    """The server refused the object's content (422 or 400); ``causes`` names the fields."""


class Unauthorized(ApiError):
    """The server does not know who is asking (401)."""


class Forbidden(ApiError):
    """Who is asking may not do that (403)."""


class Expired(ApiError):
    """A resourceVersion or continue token is too old (410)."""


class TooManyRequests(ApiError):
    """The server asks to come back later (429)."""


_BY_KIND: dict[str, type[PykormError]] = {
    "already_exists": AlreadyExists,
    "apply_conflict": ApplyConflict,
    "api": ApiError,
    "config": ConfigError,
    "conflict": ConflictError,
    "connect": ConnectError,
    "decode": DecodeError,
    "expired": Expired,
    "forbidden": Forbidden,
    "fork": ForkError,
    "invalid": Invalid,
    "model": ModelError,
    "not_found": NotFound,
    "not_installed": NotInstalled,
    "residual": ResidualRefused,
    "timeout": Timeout,
    "too_many_requests": TooManyRequests,
    "unauthorized": Unauthorized,
    "unknown": OutcomeUnknown,
    "usage": UsageError,
    "validation": ValidationError,
    "wait_failed": WaitFailed,
}

_combined: dict[tuple[type, type], type[PykormError]] = {}


def error_from_native(kind: str, message: str, details: Mapping[str, Any]) -> PykormError:
    """The exception for a failure that the native half reports; ``kind`` is one word of a fixed list."""
    found = _BY_KIND.get(kind, PykormError)
    if issubclass(found, ApiError):
        found = _also_api_exception(found, int(details.get("status") or 0))
    head, sign, hint = message.partition("\n  hint: ")
    return found(head + sign + _in_python(hint), {**details, "hint": _in_python(hint) or None})


#: What the engine advises in the words of Rust, and how that is said in Python.
_WORDS = (
    ("`Cluster::embedded()`", "pykorm.embedded()"),
    ("`Cluster::connect_to`", "Cluster(context=...)"),
    ("`cluster.with_timeout(..)`", "cluster.with_timeout(seconds)"),
    (
        "with `get`; allow the wait more time with `for_at_most(..)`",
        "with query.get; allow it more time with timeout=seconds",
    ),
    ("with `filter`", "with query.filter"),
    ("a key is `(\"default\", \"name\")`", "give the one as namespace='default' and the other as name"),
    ("declare the model with `namespaced` in place of `cluster`", "let the class inherit NamespacedModel"),
    ("declare the model with `cluster` in place of `namespaced`", "let the class inherit ClusterModel"),
    ("`cluster.install::<", "pk.install("),
    (">()`", ")"),
    ("with `force()`", "with force=True"),
    ("use `apply`", "use pk.apply"),
    ("(`get`)", "(with query.get)"),
    ("(`refresh`)", "(pk.refresh)"),
    ("(`refresh` or `get`)", "(pk.refresh or query.get)"),
    ("save a copy that was never read (a fresh `Meta`)", "use pk.create"),
    ("an `Option` field or a wider type reads it", "a field of a wider type reads it"),
    ("make the field `selectable` in the model", "declare the field with selectable=True"),
    ("a handle without `refuse_residual`", "a cluster without refuse_residual"),
    ("with `Meta::named(..).in_namespace(\"default\")`", "with namespace='default'"),
    ("create an object of the new name (`Meta::named(..)`)", "create an object of the new name"),
)


def _in_python(hint: str) -> str:
    for rust, python in _WORDS:
        hint = hint.replace(rust, python)
    return hint


def _also_api_exception(found: type[ApiError], status: int) -> type[PykormError]:
    """``found``, made catchable as the exception of the package ``kubernetes`` if that is imported."""
    theirs = sys.modules.get("kubernetes.client.exceptions")
    base: Any = getattr(theirs, "ApiException", None)
    if not isinstance(base, type):
        return found
    names = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict"}
    name = names.get(status, "Service" if status >= 500 else "")
    fitting = getattr(theirs, f"{name}Exception", base) if name else base
    key = (found, fitting)
    if key not in _combined:
        body = {"__module__": found.__module__, "__doc__": found.__doc__, "__qualname__": found.__qualname__}
        _combined[key] = type(found.__name__, (found, fitting), body)
    return _combined[key]
