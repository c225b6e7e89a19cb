"""Both arms of a comparison: stored results by key, paired replication by replication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.additionality import Columns, PairedArms, pair_arms
from analysis.programmes import snapshot
from analysis.statistics import Floats
from model.codes import DISTRICT_KINDS, OWNER_AGE_BANDS, PROVINCES, SECTORS, SIZE_BANDS

MONTHS_OF_YEAR: Final = 12
DIMENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "province": PROVINCES,
    "owner_age_band": OWNER_AGE_BANDS,
    "sector": SECTORS,
    "district_kind": DISTRICT_KINDS,
    "size_band": SIZE_BANDS,
}
"""Static attributes of merchants by which effects are told, with their categories in code order."""

Core = Mapping[str, Floats]
"""Indicators of one arm: arrays [replications, months] by indicator id."""


class Reader(Protocol):
    """Stored results, found by run key."""

    def core(self, keys: Sequence[str], indicators: Sequence[str] | None) -> dict[str, NDArray[Any]]:
        """Return indicators as arrays [runs, months], runs in the order of `keys`."""

    def group(self, key: str, group: str) -> dict[str, NDArray[Any]]:
        """Return the columns of one group output of a run."""

    def attributes(self, key: str) -> dict[str, NDArray[Any]]:
        """Return the static columns of the run's merchants."""


@dataclass(frozen=True)
class Arms:
    """Both arms of a comparison: keys and core indicators, paired replication by replication.

    `start` is the month number of the first month of every run.
    """

    keys: tuple[str, ...]
    baseline_keys: tuple[str, ...]
    core: Core
    baseline_core: Core
    start: int

    def difference(self, indicator: str) -> Floats:
        """Return programme minus baseline of an indicator [replications, months]."""
        return self.core[indicator] - self.baseline_core[indicator]

    def year_sum(self, indicators: Sequence[str], month: int) -> Floats:
        """Return the change of the sum of indicators [replications] over the year that ends in a month number."""
        total: Floats = sum(self.difference(name)[:, self.year_to(month)].sum(axis=1) for name in indicators)
        return total

    def year_mean(self, indicators: Sequence[str], month: int) -> Floats:
        """Return the change of the sum of indicators a month [replications], over the year that ends in `month`."""
        months = len(range(len(self.core[indicators[0]][0]))[self.year_to(month)])
        return self.year_sum(indicators, month) / months

    def year_to(self, month: int) -> slice:
        """Return the columns of the year that ends in a month number, as far as the runs hold them."""
        last = month - self.start
        return slice(max(0, last - MONTHS_OF_YEAR + 1), last + 1)


class Gatherer(Protocol):
    """What collects figures from one pair of merchants groups after another."""

    def add(self, arms: PairedArms) -> None:
        """Take in the next replication."""


def gather(reader: Reader, arms: Arms, attributes: Columns, by_month: Mapping[int, Sequence[Gatherer]]) -> None:
    """Show every gatherer the merchants at the end of its month; one pair of runs is in memory at a time."""
    for month in sorted(by_month):
        group = snapshot(month)
        for key, baseline_key in zip(arms.keys, arms.baseline_keys, strict=True):
            paired = pair_arms(reader.group(key, group), reader.group(baseline_key, group), attributes)
            for gatherer in by_month[month]:
                gatherer.add(paired)


def sampled_units(behind: NDArray[np.bool_]) -> int:
    """Return how many sampled merchants stand behind a figure [rows]; that nobody is concerned rests on all."""
    return int(behind.sum()) or len(behind)
