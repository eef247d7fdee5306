"""Clusters: connections to Kubernetes APIs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from . import _native
from ._hints import kind_of, unknown
from .exceptions import ConfigError, ForkError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from ._flow import _Flow
    from .dynamic import Kind
    from .faults import Faults
    from .models import PykormModel
    from .pykorm import Pykorm
    from .query import BaseQuery
    from .requests import Requests

__all__ = ["Cluster", "embedded"]

M = TypeVar("M", bound="PykormModel")


class Cluster:
    """A connection to one Kubernetes API.

    Nothing is opened until the first request, and then once: the configuration is read, and an exec plugin run, when
    it is needed, not for every call. Threads may share a cluster. A cluster made before ``os.fork()`` connects anew in
    the child; an embedded one cannot, and says so.

    :param kubeconfig: a path, or a kubeconfig as a dict; without it ``KUBECONFIG``, ``~/.kube/config`` and the
        service account of a pod are looked at in this order, as kubectl does.
    :param context: the context of the kubeconfig; its current one unless given.
    :param timeout: how many seconds each call may take, repetitions included; 60 unless given. Watches have no end.
    :param field_manager: the name in ``managedFields`` for what is written; ``pykorm`` unless given.
    :param page_size: how many objects a list asks for at a time; 500 unless given.
    :param dry_run: the server checks every write in full, and stores none.
    :param refuse_residual: queries of which a part would have to be evaluated here are refused.
    :param faults: whether :attr:`faults` can be put into the connection, for tests.
    """

    def __init__(
        self,
        kubeconfig: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        context: str | None = None,
        *,
        timeout: float | None = None,
        field_manager: str | None = None,
        page_size: int | None = None,
        dry_run: bool = False,
        refuse_residual: bool = False,
        faults: bool = False,
    ) -> None:
        self._options: dict[str, Any] = {
            "context": context,
            "timeout": timeout,
            "field_manager": field_manager,
            "page_size": page_size,
            "dry_run": dry_run,
            "refuse_residual": refuse_residual,
            "faults": faults,
        }
        _check_options(self._options)
        if isinstance(kubeconfig, (str, os.PathLike)):
            self._options["path"] = os.fspath(kubeconfig)
        elif kubeconfig is not None:
            self._options["kubeconfig"] = dict(kubeconfig)
        # The handle, and the process it was made in.
        self._held: tuple[int, _native.Cluster] | None = None
        #: What is being opened or is open, by process.
        self._connections: dict[int, _native.Connection] = {}
        # A handle that behaves differently shares the connection of another one.
        self._root: Cluster = self
        self._settings: dict[str, Any] = {}
        # Its handle, and the other one's from which it was made.
        self._made_of: tuple[_native.Cluster, _native.Cluster] | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether this is an embedded server rather than a cluster somewhere."""
        return bool(self._options.get("embedded"))

    def _connected(self) -> _Flow[_native.Cluster]:
        """The native handle of this process, made if there is none yet."""
        if self._root is not self:
            base = yield from self._root._connected()
            made_of = self._made_of
            if made_of is None or made_of[0] is not base:
                made_of = self._made_of = base, base.derived(self._settings)
            return made_of[1]
        held = self._held
        pid = os.getpid()
        if held is not None and held[0] == pid:
            return held[1]
        if held is not None and self.is_embedded:
            raise ForkError(
                f"this embedded cluster lives in process {held[0]}, which forked; call pykorm.embedded() in the "
                "child for a cluster of its own, or serve one with `korm serve` for both"
            )
        # Threads and tasks that come here at the same time get one connection: `setdefault` is a single step.
        connection = self._connections.setdefault(pid, _native.Connection(self._options))
        handle: _native.Cluster = yield connection.cluster()
        self._held = pid, handle
        return handle

    def _now(self) -> _native.Cluster:
        from ._flow import run

        return run(self._connected())

    def _derived(self, **settings: Any) -> Cluster:
        _check_options(settings)
        made = Cluster()
        made._root = self._root
        made._settings = {**self._settings, **settings}
        made._options = {**self._options, **settings}
        return made

    @property
    def _only_tries(self) -> bool:
        return bool(self._options.get("dry_run"))

    def dry_run(self) -> Cluster:
        """A handle to the same cluster whose writes are checked by the server in full, and not stored.

        Objects that are saved by it stay as they are.
        """
        return self._derived(dry_run=True)

    def refuse_residual(self) -> Cluster:
        """A handle to the same cluster that refuses queries of which a part would have to be evaluated here.

        Such a query raises :class:`~pykorm.exceptions.ResidualRefused` before anything is sent.
        """
        return self._derived(refuse_residual=True)

    def with_timeout(self, seconds: float) -> Cluster:
        """A handle to the same cluster whose calls may take so many seconds each, repetitions included."""
        return self._derived(timeout=seconds)

    def with_field_manager(self, name: str) -> Cluster:
        """A handle to the same cluster that writes under this name in ``managedFields``."""
        return self._derived(field_manager=name)

    def with_page_size(self, objects: int) -> Cluster:
        """A handle to the same cluster that reads lists in pages of so many objects; 0 means everything at once."""
        return self._derived(page_size=objects)

    @property
    def faults(self) -> Faults:
        """The faults of the connection: of an embedded cluster, or of one made with ``faults=True``."""
        from .faults import Faults

        native = self._now().faults()
        if native is None:
            raise UsageError(
                "no faults can be put into this connection: make the cluster with Cluster(..., faults=True)"
            )
        return Faults(native)

    def close(self) -> None:
        """Gives the connection up; the next use opens it again. An embedded server forgets all its objects."""
        self._held = self._made_of = None
        self._connections = {}

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Cluster:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.is_embedded:
            return "<Cluster embedded>"
        where = self._options.get("path") or ("given as a dict" if "kubeconfig" in self._options else "default")
        context = self._options.get("context")
        return f"<Cluster kubeconfig={where}{f', context={context}' if context else ''}>"

    def __copy__(self) -> Cluster:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Cluster:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a Cluster cannot be pickled: its configuration may hold credentials")

    def install(self, *models: Any) -> None:
        """Installs the CustomResourceDefinitions of these classes and waits until the server serves them."""
        from ._flow import run
        from ._writes import install_flow

        run(install_flow(models, self))

    async def ainstall(self, *models: Any) -> None:
        """:meth:`install`, under asyncio."""
        from ._flow import arun
        from ._writes import install_flow

        await arun(install_flow(models, self))

    def query(self, model: type[M]) -> BaseQuery[M]:
        """The objects of a class in this cluster: ``Peach.query.using(cluster)``."""
        found: BaseQuery[M] = model.query.using(self)
        return found

    def kind(self, name: str, *, fields: Iterable[str] = ()) -> type[PykormModel]:
        """A class for a kind of this cluster that is known only by a name, as :func:`~pykorm.dynamic` makes it.

        ::

            deployments = cluster.kind("deploy")
            cluster.query(deployments).filter(spec__replicas__gt=1).all()

        :param name: its plural, singular, kind or short name, as kubectl takes it; ``plural.group`` or
            ``plural.version.group`` where several groups have one of that name.
        :param fields: further parts of the object to have as attributes, as ``["rules"]``.
        :raises UsageError: if the cluster serves no such kind.
        """
        from ._flow import run
        from .dynamic import kind_flow

        return run(kind_flow(self, name, fields))

    async def akind(self, name: str, *, fields: Iterable[str] = ()) -> type[PykormModel]:
        """:meth:`kind`, under asyncio."""
        from ._flow import arun
        from .dynamic import kind_flow

        return await arun(kind_flow(self, name, fields))

    def kinds(self) -> list[Kind]:
        """Every kind that the cluster serves, in each version, the preferred one first."""
        from ._flow import run
        from .dynamic import kinds_flow

        return run(kinds_flow(self))

    async def akinds(self) -> list[Kind]:
        """:meth:`kinds`, under asyncio."""
        from ._flow import arun
        from .dynamic import kinds_flow

        return await arun(kinds_flow(self))

    def load(self, source: str | os.PathLike[str]) -> int:
        """Applies the objects of a file in YAML or JSON, definitions first; says how many there were.

        :param source: a path, or the text itself. Namespaced objects without a namespace go to ``default``.
        """
        from ._flow import run
        from .dynamic import load_flow

        return run(load_flow(self, source))

    async def aload(self, source: str | os.PathLike[str]) -> int:
        """:meth:`load`, under asyncio."""
        from ._flow import arun
        from .dynamic import load_flow

        return await arun(load_flow(self, source))

    def requests(self) -> Requests:
        """Records the requests to this cluster for as long as a ``with`` block lasts."""
        from .requests import Requests

        return Requests(self)


def _check_options(options: Mapping[str, Any]) -> None:
    """Refuses settings that cannot be meant."""
    seconds, objects, manager = options.get("timeout"), options.get("page_size"), options.get("field_manager")
    if seconds is not None and not (_is_number(seconds) and seconds > 0):
        raise UsageError(f"timeout={seconds!r}: it is a number of seconds, more than 0")
    if objects is not None and not (_is_number(objects) and isinstance(objects, int) and objects >= 0):
        raise UsageError(f"page_size={objects!r}: it is a number of objects; 0 means everything at once")
    if manager is not None and not (isinstance(manager, str) and manager):
        raise UsageError(f"field_manager={manager!r}: it is a name, as 'shop'")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def embedded() -> Cluster:
    """A cluster of one's own: an in-memory Kubernetes API server in this process, started at first use.

    It lives as long as something refers to it, and is empty but for the namespaces every cluster has::

        with pykorm.embedded() as cluster:
            cluster.install(Peach)
            Peach(namespace="default", name="cake-peach").save(cluster)
    """
    cluster = Cluster()
    cluster._options = {"embedded": True, "faults": True}
    return cluster


#: What :func:`cluster_named` gave. Threads may ask for one at the same time: ``setdefault`` is a single step.
_opened: dict[Any, tuple[Any, Cluster]] = {}


def cluster_of(cluster: str | Cluster, config: Mapping[str, Any] | None = None) -> Cluster:
    """A cluster given as such or by its name."""
    if isinstance(cluster, Cluster):
        return cluster
    if not isinstance(cluster, str):
        raise UsageError(f"a cluster is given as a pykorm.Cluster or by its name, not as {kind_of(cluster)}")
    return cluster_named(cluster, config)


#: The class with the configuration, whose module imports this one. Looked up once: every save comes by here.
_configuring: type[Pykorm] | None = None


def _configured() -> type[Pykorm]:
    global _configuring
    if _configuring is None:
        from .pykorm import Pykorm

        _configuring = Pykorm
    return _configuring


def cluster_named(name: str, config: Mapping[str, Any] | None = None) -> Cluster:
    """The cluster of that name in ``clusters_config``; one connection each, for as long as its entry is the same."""
    clusters = _configured().clusters_config if config is None else config
    if name in clusters:
        entry = clusters[name]
        key: Any = (id(entry), name)
        # Keeping the entry keeps its id from being given to something else; of a dict, a copy tells whether it changed.
        kept = dict(entry) if isinstance(entry, dict) else entry
        found = _opened.get(key)
        if found is not None and isinstance(entry, dict) and found[0] != kept:
            _opened.pop(key, None)
            found = None
        if found is None:
            found = _opened.setdefault(key, (kept, from_configuration(entry)))
        return found[1]
    if name != "default":
        known = ", ".join(sorted({*clusters, "default"}))
        raise ConfigError(f"there is no cluster {name!r} in Pykorm.clusters_config; there is {known}")
    # Another KUBECONFIG is another cluster.
    key = ("default", os.environ.get("KUBECONFIG"))
    found = _opened.get(key) or _opened.setdefault(key, (None, Cluster()))
    return found[1]


def from_configuration(configuration: Any) -> Cluster:
    """A cluster for a ``Configuration`` of the package ``kubernetes``, a dict of its attributes, or a cluster."""
    if isinstance(configuration, Cluster):
        return configuration
    if isinstance(configuration, dict):
        attributes = dict(configuration)
    elif hasattr(configuration, "host"):
        attributes = {name: getattr(configuration, name, None) for name in _ATTRIBUTES}
    else:
        raise ConfigError(
            f"a cluster's configuration is a pykorm.Cluster, a kubernetes Configuration or a dict of its "
            f"attributes, not {kind_of(configuration)}"
        )
    for name in attributes:
        if name not in _ATTRIBUTES and name not in _UNUSED:
            raise ConfigError(f"a cluster's configuration has no attribute {unknown(name, _ATTRIBUTES)}")
    if not attributes.get("host"):
        raise ConfigError("a cluster's configuration needs a host, as https://10.0.0.1:6443")
    return Cluster(_kubeconfig_of(attributes))


_ATTRIBUTES = (
    "host",
    "api_key",
    "api_key_prefix",
    "username",
    "password",
    "ssl_ca_cert",
    "cert_file",
    "key_file",
    "verify_ssl",
    "proxy",
    "tls_server_name",
    "refresh_api_key_hook",
)
_UNUSED = {
    "assert_hostname", "connection_pool_maxsize", "retries", "debug", "safe_chars_for_path_param", "proxy_headers",
    "no_proxy", "client_side_validation", "temp_folder_path", "logger", "logger_format", "logger_file",
    "socket_options", "discard_unknown_keys", "disabled_client_side_validations",
}  # fmt: skip


def _kubeconfig_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    given = attributes.get
    cluster: dict[str, Any] = {"server": str(given("host"))}
    if given("ssl_ca_cert"):
        cluster["certificate-authority"] = str(given("ssl_ca_cert"))
    if given("verify_ssl") is False:
        cluster["insecure-skip-tls-verify"] = True
    if given("proxy"):
        cluster["proxy-url"] = str(given("proxy"))
    if given("tls_server_name"):
        cluster["tls-server-name"] = str(given("tls_server_name"))
    user: dict[str, Any] = {}
    token = _token_of(attributes)
    if token:
        user["token"] = token
    for key, name in (
        ("cert_file", "client-certificate"),
        ("key_file", "client-key"),
        ("username", "username"),
        ("password", "password"),
    ):
        if given(key):
            user[name] = str(given(key))
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "given", "cluster": cluster}],
        "users": [{"name": "given", "user": user}],
        "contexts": [{"name": "given", "context": {"cluster": "given", "user": "given"}}],
        "current-context": "given",
    }


def _token_of(attributes: Mapping[str, Any]) -> str | None:
    keys: Mapping[str, str] = attributes.get("api_key") or {}
    # The package has called this key by two names over time.
    text = keys.get("authorization") or keys.get("BearerToken")
    return text.split(" ", 1)[1] if text and text.lower().startswith("bearer ") else text
