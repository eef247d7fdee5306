"""What the messages about names that do not exist have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def kind_of(value: object) -> str:
    """What was given in place of what is needed, as ``a dict``: never the value, which may hold credentials."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def unknown(name: str, known: Iterable[str]) -> str:
    """How a message about a name ends that is not there: ``'prise' (did you mean 'price'?); it has price, variety``."""
    import difflib

    names = sorted({known_name for known_name in known if not known_name.startswith("_")})
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    meant = f" (did you mean {near[0]!r}?)" if near else ""
    return f"{name!r}{meant}; it has {', '.join(names) or 'none'}"
