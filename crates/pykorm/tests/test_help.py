"""``help()`` has something to say about everything public."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import pydoc
import re

import pykorm
import pytest

MODULES = [name for _, name, _ in pkgutil.iter_modules(pykorm.__path__) if name not in ("_native", "_trio")]


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


def test_everything_native_is_described():
    from pykorm import _native

    missing = [name for name, found in vars(_native).items() if not name.startswith("__") and not inspect.getdoc(found)]
    for cls in (found for found in vars(_native).values() if inspect.isclass(found)):
        missing += [f"{cls.__name__}.{name}" for name, part in vars(cls).items() if name[0] != "_" and not part.__doc__]
    assert missing == []


def test_help_on_a_class_of_ones_own():
    @pykorm.k8s_custom_object("help.example.com", "v1", "peaches")
    class Peach(pykorm.NamespacedModel):
        """A fruit."""

        variety: str = pykorm.Spec("variety", description="The variety of the peach")
        price: int = pykorm.Spec("price")

    text = pydoc.plain(pydoc.render_doc(Peach))
    assert "A fruit." in text
    assert " |  variety\n |      spec.variety: The variety of the peach" in text
    assert " |  price\n |      spec.price\n" in text
    assert "Saves the object: see" in text
    # What is nobody's business is not shown.
    own = [line for line in text.splitlines() if line.startswith(" |  _") and not line.startswith(" |  __")]
    assert own == []


@pytest.mark.parametrize(
    "what", [pykorm, *(getattr(pykorm, name) for name in pykorm.__all__ if name[0] != "_")], ids=str
)
def test_help_is_there_for_everything(what):
    assert pydoc.plain(pydoc.render_doc(what))


def test_help_reads_well():
    text = pydoc.plain(pydoc.render_doc(pykorm.BelongsTo))
    assert "One object of another kind that this one belongs to" in text
    assert re.search(r"__init__\([\s|]*self,[\s|]*target", text)  # in one line or in several, by the version of Python
    text = pydoc.plain(pydoc.render_doc(pykorm.Pykorm.delete))
    assert "``Foreground``" in text
