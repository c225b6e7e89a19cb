"""Whole numbers and margins: largest remainder, tables fitted to their margins, controlled rounding."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def largest_remainder(shares: npt.ArrayLike, total: int) -> Integers:
    """Split `total` units over non-negative `shares` (1-D, positive sum) into integers that sum to it.

    Each gets the floor of its quota; the units left go to the largest fractions, ties to the first.
    """
    weights = np.asarray(shares, dtype=np.float64)
    quotas = weights * (total / weights.sum())
    whole = np.floor(np.round(quotas, 9)).astype(np.int64)
    # Nine digits: the last bits of a quota differ between machines and must not decide a tie.
    order = np.argsort(-np.round(quotas - whole, 9), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def fit_margins(table: Floats, rows: Floats, columns: Floats, tolerance: float = 1e-11) -> Floats:
    """Scale a non-negative table to row and column sums (Deming and Stephan 1940).

    `rows` and `columns` have the same sum; rows are met to rounding, columns to `tolerance` of the largest.
    Raises ValueError when 10,000 rounds do not suffice.
    """
    fitted = table.astype(np.float64)
    for _ in range(10_000):
        fitted *= _ratio(columns, fitted.sum(axis=0))[np.newaxis, :]
        fitted *= _ratio(rows, fitted.sum(axis=1))[:, np.newaxis]
        if np.abs(fitted.sum(axis=0) - columns).max() <= tolerance * columns.max():
            return fitted
    raise ValueError("the table cannot be fitted to these margins")


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def round_to_margins(table: Floats, rows: Integers, columns: Integers) -> Integers:
    """Round a table whose sums are near `rows` and `columns` to integers that meet both exactly.

    Cells are floored; the units missing go to the largest fractions whose row and column still lack one.
    What then remains (seldom any) fills rows and columns in order.
    """
    whole = np.floor(np.round(table, 9)).astype(np.int64)
    row_lack, column_lack = rows - whole.sum(axis=1), columns - whole.sum(axis=0)
    fractions = np.round(table - whole, 9).ravel()
    for cell in np.argsort(-fractions, kind="stable"):
        i, j = divmod(int(cell), table.shape[1])
        _give(whole, row_lack, column_lack, i, j, limit=1)
    for i, j in np.ndindex(*table.shape):
        _give(whole, row_lack, column_lack, i, j, limit=int(rows.max()))
    return whole


def _give(whole: Integers, row_lack: Integers, column_lack: Integers, i: int, j: int, limit: int) -> None:
    units = min(limit, int(row_lack[i]), int(column_lack[j]))
    whole[i, j] += units
    row_lack[i] -= units
    column_lack[j] -= units
