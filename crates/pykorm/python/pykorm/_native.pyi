"""The native half: the engine, seen from Python. An implementation detail; use the package's own names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, final

_Columns: TypeAlias = list[dict[str, Any]]
_Functions: TypeAlias = Sequence[Callable[[Any], Any] | None]
_PlainValue: TypeAlias = tuple[tuple[str, ...], bool, Any]
_Normalize: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]] | list[tuple[tuple[str, ...], bool]]

__all__ = [
    "Cluster",
    "Connection",
    "EventStream",
    "Faults",
    "Model",
    "Operation",
    "RequestLog",
    "Source",
    "Table",
    "__version__",
    "belonging",
    "delete",
    "documents",
    "explain_delete",
    "finalizer",
    "kind",
    "kinds",
    "native_kind",
    "owners",
    "sleep",
    "table_of",
    "with_owners",
]

__version__: str

@final
class Operation:
    """Something under way: to be waited for, or started with a callback."""

    def wait(self) -> Any:
        """Waits for the end with the GIL released; Ctrl-C cancels the operation."""
    def start(self, done: Callable[[Any, BaseException | None], None]) -> None:
        """Goes on in the background and calls ``done(result, error)`` from another thread at the end."""
    def cancel(self) -> None:
        """Gives the operation up; ``done`` is not called any more."""

@final
class Model:
    """The engine's description of a class."""

    def __new__(cls, definition: Mapping[str, Any]) -> Model: ...
    def violations(self, body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """What the server would say against an object, each as field, reason and message."""

    def crd(self) -> dict[str, Any]:
        """The CustomResourceDefinition."""

@final
class Source:
    """An object as it was read."""

    def __new__(cls, object: Mapping[str, Any]) -> Source: ...
    def get(self, path: tuple[str, ...], default: Any) -> Any:
        """What stands at the path, as Python values."""

    def to_dict(self) -> dict[str, Any]:
        """All that is known of the object."""

    def __copy__(self) -> Source: ...
    def __deepcopy__(self, _memo: Any, /) -> Source: ...

@final
class Table:
    """Columns."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The PyCapsule protocol: a stream of record batches, without a copy."""
    def __arrow_c_schema__(self) -> object:
        """The types of the columns, by the same protocol."""
    def __len__(self) -> int: ...

@final
class EventStream:
    """A watch that is open."""

    def next(self) -> Operation:
        """The next event as ``(type, source)``, or None at the end."""

    def close(self) -> None:
        """Ends the watch."""

@final
class Connection:
    """A connection that is opened when it is first asked for, and then once."""

    def __new__(cls, options: Mapping[str, Any]) -> Connection: ...
    def cluster(self) -> Operation:
        """A handle. Of those that ask at the same time one opens the connection, and the others wait for that; where it
        fails or is given up, the next one tries."""

@final
class Cluster:
    """A handle to a connection."""

    def list(self, model: Model, options: Mapping[str, Any]) -> Operation:
        """The sources of a query's objects."""

    def table(self, model: Model, options: Mapping[str, Any], columns: _Columns, functions: _Functions) -> Operation:
        """A table of a query's objects, and what in them does not fit the columns' types."""

    def count(self, model: Model, options: Mapping[str, Any]) -> Operation:
        """How many objects there are."""

    def explain(self, model: Model, options: Mapping[str, Any]) -> Operation:
        """The requests of a query, as text."""

    def get(self, model: Model, namespace: str | None, name: str) -> Operation:
        """A source, or None."""

    def create(self, model: Model, body: Mapping[str, Any], normalize: _Normalize) -> Operation:
        """The source of a new object."""

    def save(
        self, model: Model, source: Source, now: Mapping[str, Any], normalize: _Normalize, exactly: bool
    ) -> Operation:
        """The source after a compare-and-set of what differs from what was read; None if nothing does."""

    def save_plain(self, model: Model, source: Source, values: Sequence[_PlainValue], exactly: bool) -> Operation:
        """The same for attributes whose values stand in the object as they are: these only are written."""

    def apply(self, model: Model, body: Mapping[str, Any], force: bool) -> Operation:
        """The source after a server-side apply."""

    def install(self, model: Model) -> Operation:
        """Nothing, once the kind is served."""

    def wait(self, model: Model, key: tuple[str | None, str], goal: Any, unless: Any, seconds: float) -> Operation:
        """The source of an object that reached a goal; None if the goal is that it is gone."""

    def derived(self, settings: Mapping[str, Any]) -> Cluster:
        """A handle to the same cluster that behaves differently."""

    def record(self) -> RequestLog:
        """A record of the requests from now on, of every handle to the connection."""

    def faults(self) -> Faults | None:
        """The faults of the connection, if it was made with any."""

    def watch(self, model: Model, options: Mapping[str, Any]) -> Operation:
        """An event stream."""

@final
class Faults:
    """The faults of a cluster."""

    def add(self, rule: Mapping[str, Any], fault: Any) -> None:
        """Adds a rule: the requests it is about, and what goes wrong with them."""

    def calm(self) -> None:
        """No faults any more."""

    def waiting(self) -> int:
        """How many rules still wait for requests."""

    def injected(self) -> list[tuple[str, str, str]]:
        """What went wrong so far: method, path and query, and the fault in words."""

@final
class RequestLog:
    """A record of requests that is being kept."""

    def take(self) -> list[tuple[str, str, str, int | None]]:
        """Each request since the last call as ``(method, path and query, body, status)``."""

    def end(self) -> list[tuple[str, str, str, int | None]]:
        """Ends the record, and gives what it had not given yet."""

def table_of(
    sources: Sequence[Source], columns: _Columns, functions: _Functions
) -> tuple[Table, list[tuple[str | None, str, str, str, str]]]:
    """The same as ``Cluster.table`` for objects that were read already."""

def belonging(
    cluster: Cluster, ours: Sequence[Source | dict[str, Any]], relations: Sequence[tuple[Any, Model]]
) -> Operation:
    """Of each kind the sources of its objects, and of each relation its place and what belongs to which."""

def with_owners(
    body: dict[str, Any],
    kind: Model,
    owners: Sequence[Source | dict[str, Any]],
    controller: bool | None,
    block_deletion: bool | None,
) -> dict[str, Any]:
    """The body with exactly these owners of one kind."""

def delete(cluster: Cluster, model: Model, namespace: str | None, name: str, options: Mapping[str, Any]) -> Operation:
    """The finalizers that hold a deleted object back; none if it is gone."""

def explain_delete(
    cluster: Cluster, model: Model, namespace: str | None, name: str, options: Mapping[str, Any]
) -> Operation:
    """What a deletion would send and do, as text."""

def finalizer(cluster: Cluster, model: Model, namespace: str | None, name: str, finalizer: str, add: bool) -> Operation:
    """The source of an object after a finalizer was added or removed."""

def owners(cluster: Cluster, model: Model, namespace: str | None, name: str) -> Operation:
    """Who owns which fields: of each entry the manager, the operation, the subresource and the fields."""

def kind(cluster: Cluster, name: str) -> Operation:
    """The kind that goes by this name, as a dict of what a class has to know."""

def kinds(cluster: Cluster) -> Operation:
    """Every kind that the cluster serves, as dicts."""

def sleep(seconds: float) -> Operation:
    """Nothing, after a time."""

def documents(text: str) -> list[Any]:
    """The documents of a text in YAML or JSON."""

def native_kind(api_version: str, kind: str) -> tuple[str, bool] | None:
    """The plural of a kind that Kubernetes brings itself, and whether its objects live in namespaces."""
