"""Tables: the result of a query as columns, for pyarrow, pandas and polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._flow import arun, run

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from . import _native
    from ._flow import _Flow
    from .exceptions import DecodeError
    from .query import BaseQuery

__all__ = ["Tabular"]


class Tabular:
    """What turns a query into a table.

    The engine builds the columns from what it reads, page by page, and hands them over by the Arrow C data interface:
    no object of Python is made for a row, and nothing is copied. Each method takes the names of the columns, as
    :meth:`~pykorm.query.BaseQuery.values` does: attributes, or with ``__`` what lies inside one. Without names these
    are all public fields, namespace and name first.

    Columns get their types from the annotations: ``int``, ``float``, ``bool``, ``str``, ``datetime`` (microseconds in
    UTC; ``created_at`` is one too), enumerations as their values, nested classes as structs, ``list[...]`` as lists,
    ``dict[str, ...]`` as maps. A field without an annotation gets the type that all its values have in common. What
    has no such type (``dict``, a list of anything) is JSON text. Every column may have nulls; defaults are filled in
    as on attributes.

    Properties, and fields whose class has a ``postprocessor``, are computed in Python; a property is a column only
    when it is named.
    """

    def to_arrow(self, *names: str, faults: list[DecodeError] | None = None) -> pyarrow.Table:
        """The objects as a ``pyarrow.Table``; for the columns, see :class:`~pykorm.tables.Tabular`.

        :param names: the columns.
        :param faults: takes one :class:`~pykorm.exceptions.DecodeError` for each value that is not of its column's
            type and is null in the table. Without it, such a value raises.
        :raises MissingDependency: without the package ``pyarrow``.
        """
        from . import _columns

        made = _columns.arrow()
        found: pyarrow.Table = made(run(_table(self, names, faults)))
        return found

    async def ato_arrow(self, *names: str, faults: list[DecodeError] | None = None) -> pyarrow.Table:
        """:meth:`to_arrow`, under asyncio."""
        from . import _columns

        made = _columns.arrow()
        found: pyarrow.Table = made(await arun(_table(self, names, faults)))
        return found

    def to_pandas(self, *names: str, faults: list[DecodeError] | None = None) -> pandas.DataFrame:
        """The objects as a ``pandas.DataFrame`` with Arrow's types, in which a whole number that is absent is ``NA``.

        :param names: the columns, see :class:`~pykorm.tables.Tabular`.
        :param faults: as for :meth:`to_arrow`.
        :raises MissingDependency: without the packages ``pandas`` and ``pyarrow``.
        """
        from . import _columns

        made = _columns.pandas()
        found: pandas.DataFrame = made(run(_table(self, names, faults)))
        return found

    async def ato_pandas(self, *names: str, faults: list[DecodeError] | None = None) -> pandas.DataFrame:
        """:meth:`to_pandas`, under asyncio."""
        from . import _columns

        made = _columns.pandas()
        found: pandas.DataFrame = made(await arun(_table(self, names, faults)))
        return found

    def to_polars(self, *names: str, faults: list[DecodeError] | None = None) -> polars.DataFrame:
        """The objects as a ``polars.DataFrame``; the package ``pyarrow`` is not needed for it.

        :param names: the columns, see :class:`~pykorm.tables.Tabular`.
        :param faults: as for :meth:`to_arrow`.
        :raises MissingDependency: without the package ``polars``.
        """
        from . import _columns

        made = _columns.polars()
        found: polars.DataFrame = made(run(_table(self, names, faults)))
        return found

    async def ato_polars(self, *names: str, faults: list[DecodeError] | None = None) -> polars.DataFrame:
        """:meth:`to_polars`, under asyncio."""
        from . import _columns

        made = _columns.polars()
        found: polars.DataFrame = made(await arun(_table(self, names, faults)))
        return found


def _table(query: Any, names: tuple[str, ...], faults: list[DecodeError] | None) -> _Flow[_native.Table]:
    """The columns; straight from the pages of the list, unless Python has a say in which objects there are."""
    from . import _native
    from ._columns import checked, columns_of

    asked: BaseQuery[Any] = query
    model = asked._model
    columns, functions = columns_of(model, names)
    if asked._is_for_the_engine():
        native = yield from asked._target()._connected()
        found = yield native.table(model._definition(), asked._options(), columns, functions)
    else:
        objects = yield from asked._fetch()
        found = _native.table_of([item.__dict__["_source"] for item in objects], columns, functions)
    return checked(model, found, faults)
