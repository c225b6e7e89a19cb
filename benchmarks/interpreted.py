"""The model's equations run by the Python interpreter: the same source, with `math` and Python floats."""

import builtins
import math
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any, Final

from model.records import Record


def exp(x: float) -> float:
    """Return e**x, with x held within -80 and 80 as the engine does."""
    return math.exp(min(max(x, -80.0), 80.0))


def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exp(-x))


_NAMES: Final = {
    "__builtins__": builtins,
    "float32": float,
    "exp32": exp,
    "log32": math.log,
    "logistic": logistic,
}


def interpreted(rule: Any) -> Callable[..., Any]:
    """Return a compiled rule as a function of the interpreter; `_NAMES` holds all that rules call."""
    return FunctionType(rule.py_func.__code__, dict(_NAMES), rule.py_func.__name__)


def plain(record: Record) -> SimpleNamespace:
    """Return a record's fields as Python numbers and nested lists."""
    return SimpleNamespace(**{name: record[name].tolist() for name in record.dtype.names})
