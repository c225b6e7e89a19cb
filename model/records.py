"""Records: fixed-size groups of numbers that compiled functions take by one pointer.

A record type is a NumPy structured type; a table of them is a record array, and `table[0]` is a record whose
fields read and write the table in Python and in compiled code alike. Small fixed tables, rules and sums are kept
so: a tuple of as many arrays would cost minutes of compilation and microseconds a call.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

F4: TypeAlias = NDArray[np.float32]
F8: TypeAlias = NDArray[np.float64]
I2: TypeAlias = NDArray[np.int16]
I4: TypeAlias = NDArray[np.int32]
I8: TypeAlias = NDArray[np.int64]
U1: TypeAlias = NDArray[np.uint8]
U2: TypeAlias = NDArray[np.uint16]
U4: TypeAlias = NDArray[np.uint32]
U8: TypeAlias = NDArray[np.uint64]
"""Columns by kind of number and bytes."""

Record: TypeAlias = Any
"""One record of a table; its fields are declared by the record type beside each use."""
Records: TypeAlias = Any
"""A table of records (`numpy.recarray`)."""


def record_type(**fields: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a record type from `name=(scalar type, *shape)`."""
    described = [(name, kind, shape) if shape else (name, kind) for name, (kind, *shape) in fields.items()]
    return np.dtype(described, align=True)


def records(kind: np.dtype[Any], count: int = 1) -> Records:
    """Return a table of `count` zeroed records."""
    return np.zeros(count, dtype=kind).view(np.recarray)


def fill(kind: np.dtype[Any], **values: Any) -> Records:
    """Return a table of one record with these values; a missing or unknown field is an error."""
    if set(values) != set(kind.names or ()):
        raise TypeError(f"fields differ: {sorted(set(values) ^ set(kind.names or ()))}")
    table = records(kind)
    for name, value in values.items():
        table[name][0] = value
    return table
