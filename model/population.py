"""A population held as columns, with a Mesa-like view of every row for inspection, rare events and teaching.

The population belongs to one model instance. Kernels work on the same arrays; what is set here is what the next
month reads. Columns are one number a row, or a small block a row (habit by need, stage by technology).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Row:
    """One agent of a population: attributes read and write its row; `unique_id` and `model` as in Mesa."""

    __slots__ = ("_population", "_row")

    def __init__(self, population: "Population", row: int) -> None:
        object.__setattr__(self, "_population", population)
        object.__setattr__(self, "_row", row)

    @property
    def unique_id(self) -> int:
        """The agent's stable id, the key of its draws."""
        return int(self._population.column("id")[self._row])

    @property
    def model(self) -> Any:
        """The model the agent lives in."""
        return self._population.model

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._population.column(name)[self._row]
        except KeyError as error:
            raise AttributeError(str(error)) from error
        return value.copy() if isinstance(value, np.ndarray) else value.item()

    def __setattr__(self, name: str, value: Any) -> None:
        self._population.column(name)[self._row] = value
        self._population.tell()

    def __repr__(self) -> str:
        return f"{self._population.name} {self.unique_id}"


class Population:
    """Columns by name over the same rows; selections share the columns and keep the rows they stand for."""

    def __init__(
        self,
        name: str,
        columns: Mapping[str, NDArray[Any]],
        model: Any,
        rows: NDArray[np.int64] | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.model = model
        self._columns = columns
        self._rows = rows
        self._changed = changed

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._columns)

    def column(self, name: str) -> NDArray[Any]:
        """Return the whole column (not the selection); KeyError with the known names for an unknown one."""
        if name not in self._columns:
            raise KeyError(f"{self.name} have no column {name!r}; columns: {', '.join(self._columns)}")
        return self._columns[name]

    def get(self, name: str) -> NDArray[Any]:
        """Return the selected rows of a column, as a copy."""
        column = self.column(name)
        return column.copy() if self._rows is None else column[self._rows]

    def set(self, name: str, values: Any) -> None:
        """Set the selected rows of a column; kernels read it from the next phase on."""
        self.column(name)[slice(None) if self._rows is None else self._rows] = values
        self.tell()

    def tell(self) -> None:
        """Tell the owner of the columns that some were set, so that what is counted from them is counted anew."""
        if self._changed is not None:
            self._changed()

    def select(self, keep: NDArray[np.bool_] | Callable[["Population"], NDArray[np.bool_]]) -> "Population":
        """Return the population of rows where `keep` is true: a mask over this selection, or a function giving it."""
        mask = np.asarray(keep(self) if callable(keep) else keep, dtype=bool)
        if mask.shape != (len(self),):
            raise ValueError(f"the mask has shape {mask.shape}, the population {len(self)} rows")
        return Population(self.name, self._columns, self.model, self._all_rows()[mask], self._changed)

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any] = np.sum, weighted: bool = False) -> Any:
        """Return `function` of the selected rows of a column, times the rows' weights when `weighted`."""
        values = self.get(name)
        return function(values * self.get("weight") if weighted else values)

    def groupby(self, name: str) -> dict[Any, "Population"]:
        """Return one selection for each value of a column, by value in rising order."""
        values = self.get(name)
        return {value.item(): self.select(values == value) for value in np.unique(values)}

    def __len__(self) -> int:
        return self._all_rows().size

    def __iter__(self) -> Iterator[Row]:
        return (Row(self, int(row)) for row in self._all_rows())

    def __getitem__(self, position: int) -> Row:
        return Row(self, int(self._all_rows()[position]))

    def _all_rows(self) -> NDArray[np.int64]:
        if self._rows is not None:
            return self._rows
        return np.arange(next(iter(self._columns.values())).shape[0])
