"""What a query asks for, and how one query is made of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._rows import COMPUTED
from .exceptions import FieldError
from .expressions import Condition, Loose, Q, reach, split_lookup, split_name
from .relations import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .clusters import Cluster
    from .models import PykormModel
    from .relations import Relation

M = TypeVar("M", bound="PykormModel")
Self = TypeVar("Self", bound="Narrowing[Any]")


class Narrowing(Generic[M]):
    """The half of a query that says which objects are meant; :class:`~pykorm.query.BaseQuery` asks for them."""

    def __init__(self, baseobject: type[M], api: Any = None) -> None:
        self._model = baseobject
        self._conditions: tuple[Condition, ...] = ()
        self._computed: tuple[tuple[str, Callable[[Any], bool]], ...] = ()
        self._namespace: str | None = None
        self._labels: tuple[str, ...] = ()
        self._selectors: tuple[str, ...] = ()
        self._order: tuple[str, ...] = ()
        self._start = 0
        self._stop: int | None = None
        self._cluster: str | Cluster = "default"
        self._clusters: Mapping[str, Any] | None = None
        self._includes: tuple[str | Relation[Any], ...] = ()
        self._result: list[M] | None = None

    def __copy__(self: Self) -> Self:
        return self._clone()

    def __deepcopy__(self: Self, memo: dict[int, Any]) -> Self:
        return self._clone()  # what a query says never changes

    def _clone(self: Self) -> Self:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._result = None
        return made

    def __call__(self: Self, **attributes: Any) -> Self:
        """The same as :meth:`filter_by`."""
        return self.filter_by(**attributes)

    def filter(self: Self, *conditions: Condition | bool, **lookups: Any) -> Self:
        """The objects for which all of this holds.

        :param conditions: as ``Peach.price > 2`` or ``Q(price__gt=2) | ~Q(variety="Frost")``.
        :param lookups: as ``price__gt=2``; without an operator, equality. The operators are ``eq ne lt lte gt gte in
            not_in contains startswith endswith regex exists isnull``. Further names lead into nested objects and maps:
            ``origin__country="CH"``.
        """
        self._check_unsliced()
        made = self._clone()
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise FieldError(
                    f"a condition is needed, as {self._model.__name__}.name == 'cake-peach', not {condition!r}"
                )
            condition.resolve(self._model)  # names that do not exist are told here, not when the query is sent
            made._conditions = (*made._conditions, condition)
        for key, value in lookups.items():
            made._narrow(Q(**{key: value}))
        return made

    def filter_by(self: Self, **attributes: Any) -> Self:
        """The objects whose attributes have these values; :meth:`filter` knows more than equality.

        A value that is not of the attribute's type is no mistake here: nothing is equal to it.
        """
        self._check_unsliced()
        made = self._clone()
        for key, value in attributes.items():
            made._narrow(Loose(**{key: value}))
        return made

    def exclude(self: Self, *conditions: Condition | bool, **lookups: Any) -> Self:
        """The objects for which not all of this holds."""
        self._check_unsliced()
        parts: list[Condition] = [*(c for c in conditions if isinstance(c, Condition))]
        if len(parts) != len(conditions):
            raise FieldError(f"exclude needs conditions, as {self._model.__name__}.name == 'cake-peach'")
        if lookups:
            parts.append(Q(**lookups))
        if not parts:
            return self._clone()
        joined = parts[0]
        for part in parts[1:]:
            joined = joined & part
        return self.filter(~joined)

    def filter_by_labels(self: Self, **labels: str) -> Self:
        """The objects that have these labels. For keys with dots or slashes: ``**{"app.kubernetes.io/name": "x"}``."""
        self._check_unsliced()
        made = self._clone()
        if labels:
            made._labels = (*made._labels, self._model.process_labels(labels))
        return made

    def filter_by_fields(self: Self, **fields: str) -> Self:
        """The objects that a field selector of the API server finds: ``**{"status.phase": "Running"}``."""
        self._check_unsliced()
        made = self._clone()
        if fields:
            made._selectors = (*made._selectors, self._model.process_labels(fields))
        return made

    def using(self: Self, cluster: str | Cluster = "default") -> Self:
        """The objects of this cluster, by its name in ``Pykorm.clusters_config`` or as such."""
        made = self._clone()
        made._cluster = cluster
        return made

    def overwrite_clusters(self: Self, clusters_config: Mapping[str, Any]) -> Self:
        """Takes the names of clusters from this mapping in place of ``Pykorm.clusters_config``, in this query."""
        made = self._clone()
        made._clusters = clusters_config
        return made

    def order_by(self: Self, *names: str) -> Self:
        """Orders by attributes, the first most important; a ``-`` before a name turns the order round.

        Objects without a value come last. Those that are equal in all keys stay in the order of the API server, which
        is by namespace and name.
        """
        self._check_unsliced()
        for name in names:
            self._order_key(name)
        made = self._clone()
        made._order = names
        return made

    def include(self: Self, *relations: str | Relation[Any]) -> Self:
        """Loads these relations of everything that is found: for each kind one list, joined in memory.

        :param relations: as ``Peach.tree`` or by name; ``"tree__orchard"`` leads on to a relation of what is found.
        """
        tree_of(self._model, relations)  # names that do not exist are told here, not when the query is sent
        made = self._clone()
        made._includes = (*made._includes, *relations)
        return made

    def _alone(self: Self) -> Self:
        """This query without what it includes, where nothing that is computed in Python may look at that."""
        made = self._clone()
        if not self._computed and not self._orders_in_python():
            made._includes = ()
        return made

    def _order_key(self, name: str) -> tuple[str, list[str]]:
        attribute, inside = split_name(self._model, name.removeprefix("-"))
        if attribute not in self._model._properties:
            reach(self._model, name, attribute, inside)
        return attribute, inside

    def _orders_in_python(self) -> bool:
        """Whether an order rests on what only Python knows: a property, or a value that a processor makes."""
        for name in self._order:
            attribute, _ = self._order_key(name)
            field = self._model._fields_by_name.get(attribute)
            if field is None or field.default is not None or field.has_processors:
                return True
        return False

    def _narrow(self, condition: Q) -> None:
        model = self._model
        ((key, value),) = condition._lookups.items()
        name, inside, op = split_lookup(model, key)
        if name in model._properties:
            if inside or op not in COMPUTED:
                raise FieldError(f"{model.__name__}.{name} is a property: {key!r} cannot be asked of it")
            compare = COMPUTED[op]
            self._computed = (*self._computed, (name, lambda found: compare(found, value)))
            return
        condition.resolve(model)
        if key == "namespace" and isinstance(value, str):
            self._namespace = value
        self._conditions = (*self._conditions, condition)

    def _check_unsliced(self) -> None:
        if self._start or self._stop is not None:
            raise FieldError("a query that was sliced cannot be narrowed any more; slice last")

    def _sliced(self: Self, start: int, stop: int | None) -> Self:
        made = self._clone()
        made._start = self._start + start
        stops = [s for s in (self._stop, None if stop is None else self._start + stop) if s is not None]
        made._stop = min(stops) if stops else None
        return made

    def __repr__(self) -> str:
        parts = [condition._shown(self._model) for condition in self._conditions]
        parts += [name for name, _ in self._computed]
        parts += [f"labels {text}" for text in self._labels] + [f"fields {text}" for text in self._selectors]
        text = f"<{type(self).__name__} of {self._model.__name__}"
        return f"{text} where {' and '.join(parts)}>" if parts else f"{text}>"
