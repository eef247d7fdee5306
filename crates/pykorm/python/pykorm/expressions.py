"""Conditions: what a query asks for.

A condition is written on a model's field, ``Peach.price > 2``, or with keywords, ``Q(price__gt=2)``. Conditions are
joined with ``&``, ``|`` and ``~``. They are handed to the engine, which lets the API server evaluate what it can and
evaluates the rest itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from ._hints import kind_of, unknown
from .exceptions import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .fields import DataField
    from .models import PykormModel

__all__ = ["Condition", "Expression", "Q"]

#: What may follow ``__`` in a keyword, and the engine's operator for it.
LOOKUPS = {
    "contains": "contains",
    "endswith": "ends_with",
    "eq": "eq",
    "exact": "eq",
    "exists": "exists",
    "ge": "ge",
    "gt": "gt",
    "gte": "ge",
    "in": "in",
    "isnull": "is_null",
    "le": "le",
    "lt": "lt",
    "lte": "le",
    "matches": "matches",
    "ne": "ne",
    "not_in": "not_in",
    "regex": "matches",
    "startswith": "starts_with",
}

#: Those of them that messages name.
_OPERATORS = (
    "eq",
    "ne",
    "lt",
    "lte",
    "gt",
    "gte",
    "in",
    "not_in",
    "contains",
    "startswith",
    "endswith",
    "regex",
    "exists",
    "isnull",
)


class Condition(ABC):
    """Anything a query can be filtered by."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        """Both hold."""
        return _joined("and", self, other)

    def __or__(self, other: Condition) -> Condition:
        """At least one holds."""
        return _joined("or", self, other)

    def __invert__(self) -> Condition:
        """This one does not hold."""
        return Combined("not", (self,))

    def __bool__(self) -> bool:
        raise TypeError(
            "a condition is neither true nor false; join conditions with &, | and ~ instead of and, or, not"
        )

    @abstractmethod
    def resolve(self, model: type[PykormModel]) -> dict[str, Any]:
        """The engine's form of this condition on ``model``."""

    @abstractmethod
    def _shown(self, model: type[PykormModel] | None) -> str:
        """For people, in one line; what is compared with the secrets of a Secret is not shown."""

    def __repr__(self) -> str:
        return self._shown(None)


class Expression(Condition):
    """One comparison of a field with a value, as ``Peach.price > 2`` gives it."""

    __slots__ = ("_field", "_node")

    def __init__(self, node: dict[str, Any], field: DataField[Any]) -> None:
        self._node = node
        self._field = field

    def resolve(self, model: type[PykormModel]) -> dict[str, Any]:
        _check_owner(self._field, model)
        return self._node

    def _shown(self, model: type[PykormModel] | None) -> str:
        test = self._node["test"]
        where, op = ".".join(test["path"]), test["op"]
        if isinstance(op, str):
            return f"<Expression {where} {op}>"
        ((name, value),) = op.items()
        hidden = conceals(model, self._field.name) or conceals(self._field._owner, self._field.name)
        return f"<Expression {where} {name} {'***' if hidden else repr(value)}>"


class Combined(Condition):
    """Conditions joined by ``&``, ``|`` or ``~``."""

    __slots__ = ("_op", "_parts")

    def __init__(self, op: str, parts: tuple[Condition, ...]) -> None:
        self._op = op
        self._parts = parts

    def resolve(self, model: type[PykormModel]) -> dict[str, Any]:
        parts = [part.resolve(model) for part in self._parts]
        return {"not": parts[0]} if self._op == "not" else {self._op: parts}

    def _shown(self, model: type[PykormModel] | None) -> str:
        parts = [part._shown(model) for part in self._parts]
        if self._op == "not":
            return f"~{parts[0]}"
        return f"({(' & ' if self._op == 'and' else ' | ').join(parts)})"


class Q(Condition):
    """Conditions given as keywords, to be joined with others: ``Q(price__gt=2) | ~Q(variety="Frost")``.

    Several keywords in one ``Q`` must all hold.
    """

    __slots__ = ("_lookups",)

    #: Whether a value that is not of its field's type is refused.
    _strict = True

    def __init__(self, **lookups: Any) -> None:
        # An iterator gives its values once, and a query may be sent twice.
        self._lookups = {key: list(value) if hasattr(value, "__next__") else value for key, value in lookups.items()}

    def resolve(self, model: type[PykormModel]) -> dict[str, Any]:
        return all_of([lookup(model, key, value, self._strict) for key, value in self._lookups.items()])

    def _shown(self, model: type[PykormModel] | None) -> str:
        def value_of(key: str, value: Any) -> str:
            hidden = model is not None and conceals(model, split_lookup(model, key)[0])
            return "***" if hidden else repr(value)

        return f"Q({', '.join(f'{key}={value_of(key, value)}' for key, value in self._lookups.items())})"


class Loose(Q):
    """What ``filter_by`` asks: programs written for pykorm 0.60 may have annotations that no value has."""

    __slots__ = ()

    _strict = False


def _check_owner(field: DataField[Any], model: type[PykormModel]) -> None:
    """Refuses a field of another kind, or of a nested object: its path would lead somewhere else in this one."""
    owner: Any = field._owner
    if owner is None or owner in model.__mro__:
        return
    plural = getattr(owner, "_pykorm_plural", None)
    if plural is not None and (owner._pykorm_group, plural) == (model._pykorm_group, model._pykorm_plural):
        return  # another class for the same kind
    inside = hasattr(owner, "_encode_fields") and not hasattr(owner, "_pykorm_plural")
    hint = f"; what lies inside an attribute is asked for as Q(attribute__{field.name}=...)" if inside else ""
    raise FieldError(f"{owner.__name__}.{field.name} is no field of {model.__name__}{hint}")


def _joined(op: str, left: Condition, right: object) -> Condition:
    if not isinstance(right, Condition):
        raise TypeError(
            f"a condition can only be joined with another one, not with {right!r}; comparisons need brackets, as in "
            "(Peach.price > 2) & (Peach.variety == 'Frost')"
        )
    parts: list[Condition] = []
    for part in (left, right):
        if isinstance(part, Combined) and part._op == op:
            parts.extend(part._parts)
        else:
            parts.append(part)
    return Combined(op, tuple(parts))


def all_of(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """The engine's form of "every one of these holds"."""
    return nodes[0] if len(nodes) == 1 else {"and": nodes}


def split_lookup(model: type[PykormModel], key: str) -> tuple[str, list[str], str]:
    """Takes ``price__gt`` apart: the attribute's name, the path inside its value, and the operator."""
    names = model._fields_by_name
    parts = key.split("__")
    for length in range(len(parts), 0, -1):
        name = "__".join(parts[:length])
        if name not in names and name not in model._properties:
            continue
        rest = parts[length:]
        op = LOOKUPS[rest.pop()] if rest and rest[-1] in LOOKUPS else "eq"
        return name, rest, op
    raise FieldError(f"{model.__name__} has no attribute {unknown(parts[0] or key, (*names, *model._properties))}")


def split_name(model: type[PykormModel], name: str) -> tuple[str, list[str]]:
    """Takes the name of a value apart, as ``origin__country``: the attribute's name, and the path inside its value."""
    attribute, inside, _ = split_lookup(model, f"{name}__eq")
    if inside and inside[-1] in LOOKUPS:
        raise FieldError(
            f"{model.__name__}: {name!r} compares; what is needed is an attribute, or what lies inside one"
        )
    return attribute, inside


def reach(model: type[PykormModel], key: str, name: str, inside: list[str]) -> tuple[DataField[Any] | None, list[str]]:
    """Where a key leads that :func:`split_lookup` took apart: the field, and the path from the object's root.

    There is no field where no class says what is inside, as in a map.
    """
    found = model._fields_by_name[name]
    path = found.fullpath
    field: DataField[Any] = found
    for position, step in enumerate(inside):
        nested = field.nested_fields()
        if nested is None:
            if field.is_scalar:
                raise FieldError(
                    f"{model.__name__}.{key}: {step!r} is no operator, and there is nothing inside {field.name}; the "
                    f"operators are {' '.join(_OPERATORS)}"
                )
            return None, [*path, *inside[position:]]
        if step not in nested:
            around = "__".join((name, *inside[:position]))
            raise FieldError(f"{model.__name__}.{key}: {around} has no attribute {unknown(step, nested)}")
        field = nested[step]
        path.extend(field.fullpath)
    return field, path


def lookup(model: type[PykormModel], key: str, value: Any, strict: bool = True) -> dict[str, Any]:
    """The engine's form of one keyword of ``filter`` or ``Q``."""
    name, inside, op = split_lookup(model, key)
    if name in model._properties:
        raise FieldError(
            f"{model.__name__}.{name} is a property, computed in Python: it can be filtered by on its own, "
            "but not inside Q(), |, ~ or exclude()"
        )
    field, path = reach(model, key, name, inside)
    where = f"{model.__name__}.{'__'.join((name, *inside))}"
    return atom(field, path, op, value, where, strict, concealed=conceals(model, name))


def conceals(owner: Any, name: str) -> bool:
    """Whether the values of a class's attribute appear in no repr and no message; a plain mixin conceals nothing."""
    return hasattr(owner, "_conceals") and bool(owner._conceals(name))


def atom(
    field: DataField[Any] | None,
    path: Iterable[str],
    op: str,
    value: Any,
    where: str,
    strict: bool = True,
    *,
    concealed: bool = False,
) -> dict[str, Any]:
    """One comparison in the engine's form, with the value as it stands in the cluster.

    :param where: the attribute, for messages.
    :param strict: whether a value that is not of the field's type is refused.
    :param concealed: whether messages do not show the value.
    """
    full = list(path)
    if op in ("exists", "is_null"):
        wanted = op if value else {"exists": "is_null", "is_null": "exists"}[op]
        return {"test": {"path": full, "op": wanted}}
    from ._operands import operand

    try:
        compared = operand(field, op, value, where, strict)
    except FieldError:
        if not concealed:
            raise
        raise FieldError(f"{where} cannot be compared with {kind_of(value)}") from None
    test: dict[str, Any] = {"path": full, "op": {op: compared}}
    if field is not None and field.default is not None and full[-len(field.path) :] == list(field.path):
        test["default"] = field.encode(field.absent())  # what reading the attribute would give
    if field is not None and field.codec.compare != "json":
        test["compare"] = field.codec.compare
    return {"test": test}
