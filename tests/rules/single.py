"""Single-precision numbers as the kernels hold them, for Hypothesis and for calls of rules."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st


def singles(low: float, high: float) -> st.SearchStrategy[np.float32]:
    """float32 numbers from `low` to `high`, inclusive."""
    low, high = float(np.float32(low)), float(np.float32(high))
    return st.floats(low, high, width=32).map(np.float32)


def single(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Call a compiled rule with all its numbers in single precision, as kernels do."""

    def call(*numbers: Any) -> Any:
        return rule(*(number if isinstance(number, bool) else np.float32(number) for number in numbers))

    return call


SHARE = singles(0.0, 1.0)
RATE = singles(0.0, 0.3)
WEIGHT = singles(0.0, 5.0)
UTILITY = singles(-20.0, 20.0)
MONEY = singles(0.0, 1e9)
