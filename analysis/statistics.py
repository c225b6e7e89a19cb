"""Paired statistics with named intervals: replication k of two scenarios shares its luck.

Every interval here is one of luck alone. Parameter uncertainty and structural variants are other axes,
and an interval that carries them will have another name.
"""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Note = Literal[
    "",
    "too_few_at_this_scale",
    "cannot_be_told_apart",
    "same_in_every_pair",
    "no_finite_interval",
    "effect_below_zero",
    "treated_unclear",
    "others_act_too",
    "one_pair",
]
IntervalName = Literal["simulation_error", "seeds_band", "none"]

LEVEL: Final = 0.90
"""Probability that every interval and band covers."""
FEWEST_UNITS: Final = 30
"""A figure that rests on fewer sampled units is not printed."""


class Measured(Protocol):
    """What a statistic is about: an indicator of the model or a measure of the analysis."""

    @property
    def id(self) -> str:
        """Stable name."""

    @property
    def label_en(self) -> str:
        """English label."""

    @property
    def label_ko(self) -> str:
        """Korean label."""

    @property
    def unit(self) -> str:
        """Unit of the value, for example "merchants" or "KRW"."""


@dataclass(frozen=True)
class Statistic:
    """One figure with its interval: what, unit, how many replications and sampled units stand behind it.

    `value`, `low`, `high` are None where the figure or its interval does not exist; `note` says why.
    `share_higher` is the share of replications in which the second scenario lies above the first.
    """

    id: str
    label_en: str
    label_ko: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    interval_name: IntervalName
    n_replications: int
    sampled_units: int | None = None
    note: Note = ""
    share_higher: float | None = None

    def label(self, language: str) -> str:
        """Return the label in `language` ("en" or "ko")."""
        return self.label_ko if language == "ko" else self.label_en

    @property
    def told_apart(self) -> bool:
        """Whether the interval exists and leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Band:
    """A path over months: mean across seeds and the range that holds 90 % of the seeds (5-95 %)."""

    mean: Floats
    low: Floats
    high: Floats
    n_replications: int
    interval_name: IntervalName = "seeds_band"


def student_t(degrees: int) -> float:
    """Return the factor of a two-sided 90 % Student t interval with `degrees` degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + LEVEL / 2))


def mean_statistic(about: Measured, samples: Floats, sampled_units: int | None = None) -> Statistic:
    """Mean over replications [replications] of a figure in `about.unit`, with its simulation error."""
    low, high = _interval_of_mean(samples)
    note: Note = "one_pair" if low is None else ""
    return _record(about, float(np.mean(samples)), low, high, len(samples), sampled_units, note)


def paired_difference(about: Measured, other: Floats, baseline: Floats, sampled_units: int | None = None) -> Statistic:
    """Mean of `other` minus `baseline`, both [replications] of the same seeds, in `about.unit`.

    An interval that includes zero carries the note "cannot_be_told_apart", or "same_in_every_pair".
    """
    if other.shape != baseline.shape:
        raise ValueError(f"paired samples need one shape, not {other.shape} and {baseline.shape}")
    return difference_statistic(about, other - baseline, sampled_units)


def difference_statistic(about: Measured, differences: Floats, sampled_units: int | None = None) -> Statistic:
    """Mean of paired differences [replications] in `about.unit`; as `paired_difference`."""
    low, high = _interval_of_mean(differences)
    note: Note = "one_pair" if low is None else ""
    if low is not None and high is not None and low <= 0 <= high:
        note = "cannot_be_told_apart" if np.any(differences) else "same_in_every_pair"
    share = float(np.mean(differences > 0))
    mean = float(np.mean(differences))
    return _record(about, mean, low, high, len(differences), sampled_units, note, share)


def ratio_statistic(
    about: Measured, numerator: Floats, denominator: Floats, sampled_units: int | None = None
) -> Statistic:
    """Mean of `numerator` over mean of `denominator`, both [replications], with a Fieller interval.

    Source: Fieller (1954), Journal of the Royal Statistical Society B 16. The note "no_finite_interval"
    stands where the denominator's own interval includes zero.
    """
    top, bottom, count = float(np.mean(numerator)), float(np.mean(denominator)), len(numerator)
    value = top / bottom if bottom else None
    if count < 2:
        return _record(about, value, None, None, count, sampled_units, "one_pair")
    bounds = _fieller(top, bottom, np.cov(numerator, denominator) / count, student_t(count - 1))
    if bounds is None:
        return _record(about, value, None, None, count, sampled_units, "no_finite_interval")
    return _record(about, value, bounds[0], bounds[1], count, sampled_units, "")


def band(samples: Floats) -> Band:
    """Mean and 5-95 % range across seeds of paths [replications, months]."""
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(samples, [tail, 100 - tail], axis=0)
    return Band(samples.mean(axis=0), low, high, len(samples))


def _interval_of_mean(samples: Floats) -> tuple[float | None, float | None]:
    if len(samples) < 2:
        return None, None
    half_width = student_t(len(samples) - 1) * float(np.std(samples, ddof=1)) / len(samples) ** 0.5
    mean = float(np.mean(samples))
    return mean - half_width, mean + half_width


def _fieller(top: float, bottom: float, covariance: Floats, t: float) -> tuple[float, float] | None:
    square = bottom**2 - t**2 * covariance[1, 1]
    if square <= 0:
        return None
    linear = top * bottom - t**2 * covariance[0, 1]
    constant = top**2 - t**2 * covariance[0, 0]
    root = max(linear**2 - square * constant, 0.0) ** 0.5
    return (linear - root) / square, (linear + root) / square


def _record(
    about: Measured,
    value: float | None,
    low: float | None,
    high: float | None,
    count: int,
    sampled_units: int | None,
    note: Note,
    share_higher: float | None = None,
) -> Statistic:
    if sampled_units is not None and sampled_units < FEWEST_UNITS:
        value = low = high = share_higher = None
        note = "too_few_at_this_scale"
    name: IntervalName = "none" if low is None else "simulation_error"
    return Statistic(
        id=about.id,
        label_en=about.label_en,
        label_ko=about.label_ko,
        unit=about.unit,
        value=value,
        low=low,
        high=high,
        interval_name=name,
        n_replications=count,
        sampled_units=sampled_units,
        note=note,
        share_higher=share_higher,
    )
