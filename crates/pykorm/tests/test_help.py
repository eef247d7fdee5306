"""``help()`` has something to say about everything public."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import pydoc

import pykorm
import pytest

MODULES = [name for _, name, _ in pkgutil.iter_modules(pykorm.__path__) if not name.startswith("_")]


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_is_described(name):
    module = importlib.import_module(f"pykorm.{name}")
    assert module.__doc__
    missing = []
    for what, found in vars(module).items():
        if what.startswith("_") or getattr(found, "__module__", None) != module.__name__:
            continue
        if (inspect.isclass(found) or callable(found)) and not inspect.getdoc(found):
            missing.append(what)
        if inspect.isclass(found):
            for part, member in vars(found).items():
                known = inspect.isfunction(member) or isinstance(member, (property, staticmethod, classmethod))
                if not part.startswith("_") and known and not inspect.getdoc(getattr(found, part)):
                    missing.append(f"{what}.{part}")
    assert missing == []


def test_what_is_exported_is_there_once():
    assert [name for name in pykorm.__all__ if not hasattr(pykorm, name)] == []
    assert pykorm.__all__ == sorted(set(pykorm.__all__))


def test_help_reads_well():
    text = pydoc.plain(pydoc.render_doc(pykorm.BelongsTo))
    assert "One object of another kind that this one belongs to" in text
    assert "__init__(self, target" in text
    text = pydoc.plain(pydoc.render_doc(pykorm.Pykorm.delete))
    assert "``Foreground``" in text
