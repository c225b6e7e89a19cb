"""The single-precision functions keep the accuracy they state, against NumPy in double precision."""

import numpy as np
from hypothesis import example, given

from model.numerics import exp32, log32, logistic
from tests.rules.single import singles

LUCK = np.random.default_rng(1)


def relative_errors(found: list[float], exact: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(np.array(found) / exact - 1.0))


def test_exponential() -> None:
    x = np.concatenate([LUCK.uniform(-80, 80, 20_000), LUCK.uniform(-1, 1, 5_000), [-80, -1e-30, 0, 80]])
    x = x.astype(np.float32)
    errors = relative_errors([exp32(value) for value in x], np.exp(x.astype(np.float64)))
    assert (errors < error_of_exponential(x)).all()


def error_of_exponential(x: np.ndarray | np.floating) -> np.ndarray:
    """The argument is reduced in single precision: its rounding grows with it."""
    return np.asarray(3e-7 + 1e-7 * np.abs(x.astype(np.float64)))


def test_exponential_ends() -> None:
    assert exp32(np.float32(1e9)) == exp32(np.float32(80.0))
    assert exp32(np.float32(-np.inf)) == exp32(np.float32(-80.0)) > 0.0
    assert exp32(np.float32(0.0)) == 1.0


def test_logarithm() -> None:
    x = np.concatenate([np.exp(LUCK.uniform(-80, 80, 20_000)), LUCK.uniform(0.3, 3.0, 20_000)]).astype(np.float32)
    x = x[x != 1.0]
    errors = relative_errors([log32(value) for value in x], np.log(x.astype(np.float64)))
    assert errors.max() < 2e-7
    assert log32(np.float32(1.0)) == 0.0


@given(singles(-80, 80), singles(-80, 80))
@example(np.float32(0.0), np.float32(1e-30))
def test_exponential_rises(one: np.float32, other: np.float32) -> None:
    low, high = min(one, other), max(one, other)
    assert exp32(low) <= exp32(high) * (1 + 3e-7)


@given(singles(-70, 70))
def test_logarithm_undoes_the_exponential(x: np.float32) -> None:
    assert abs(log32(np.float32(exp32(x))) - x) <= 4e-7 * max(1.0, abs(float(x)))


@given(singles(-200, 200))
def test_logistic(x: np.float32) -> None:
    exact = 1.0 / (1.0 + np.exp(-np.clip(float(x), -80.0, 80.0)))
    assert 0.0 <= logistic(x) <= 1.0
    assert abs(logistic(x) / exact - 1.0) < 3e-7 + error_of_exponential(np.clip(x, -80, 80))
    assert abs(logistic(x) + logistic(np.float32(-x)) - 1.0) < 2e-7
