"""Additionality of a programme from two paired runs, as section "Additionality" of docs/model.md defines it.

Both arms are read at the end of the month of evaluation. Merchants are paired by id; a merchant that the other arm
does not have, because it has closed or never opened there, has no twin, and rows where nobody is have none either.
"Never active" counts as infinitely late, so a merchant that was subsidised but never used the technology is
deadweight: the money changed nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.statistics import Floats
from model.codes import SECTORS, TECHNOLOGIES

Columns = Mapping[str, NDArray[Any]]
"""One group output or the static attributes: column name -> array with one entry a merchant row."""

CATEGORIES: Final = ("deadweight", "accelerated", "induced", "no_twin")
"""What became of the subsidised: every one of them is exactly one of these."""
OF_OCCUPANT: Final = ("owner_age_band", "size_band")
"""Attributes that go with who is in a row at the month of evaluation, not with the row."""
SLACK_MONTHS: Final = 3
"""Active in the baseline up to this many months after the programme arm: no acceleration."""
_NEVER: Final = np.iinfo(np.int32).max // 2


class Window(NamedTuple):
    """What is evaluated: a technology, first and last month counted in months since the run's start."""

    technology: str
    start: int
    end: int


@dataclass(frozen=True)
class PairedArms:
    """Programme arm P and baseline arm B of one replication, B brought into the row order of P.

    `twin` [rows] is the row of the same merchant in B, -1 where there is none; `alone` [rows of B] marks
    merchants that exist in B only. `attributes` are the static columns, in the rows of both arms.
    """

    programme: Columns
    baseline: Columns
    attributes: Columns
    twin: NDArray[np.int64]
    alone: NDArray[np.bool_]

    def of_twin(self, values: NDArray[Any], missing: Any) -> NDArray[Any]:
        """Return `values` [rows of B] in the rows of P, `missing` where a merchant has no twin."""
        aligned: NDArray[Any] = np.where(self.twin >= 0, values[self.twin], missing)
        return aligned

    @property
    def weights(self) -> Floats:
        """Merchants of the real population that each row stands for [rows]."""
        return np.asarray(self.attributes["weight"], dtype=np.float64)


@dataclass(frozen=True)
class Adoption:
    """Who adopted in one replication, by row of P: activity in both arms and fate of the subsidised.

    `fate` [rows] is -1 for an unsubsidised merchant, else the position in CATEGORIES.
    """

    active_programme: NDArray[np.bool_]
    active_baseline: NDArray[np.bool_]
    active_alone: NDArray[np.bool_]
    fate: NDArray[np.int8]
    never_used: NDArray[np.bool_]

    @property
    def treated(self) -> NDArray[np.bool_]:
        """Rows that the programme subsidised."""
        return self.fate >= 0

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Rows whose activity differs between the arms: the sample behind the additional adopters."""
        rows: NDArray[np.bool_] = (self.active_programme != self.active_baseline) | self.active_alone
        return rows


def pair_arms(programme: Columns, baseline: Columns, attributes: Columns) -> PairedArms:
    """Pair two arms by merchant id; ValueError if a group and the attributes differ in rows."""
    rows = len(attributes["weight"])
    for arm in (programme, baseline):
        if len(arm["id"]) != rows:
            raise ValueError(f"merchants group has {len(arm['id'])} rows, the attributes have {rows}")
    own = {name: programme[name] for name in OF_OCCUPANT if name in programme}
    attributes = {**attributes, **own}
    there_p, there_b = np.flatnonzero(programme["alive"]), np.flatnonzero(baseline["alive"])
    _, in_p, in_b = np.intersect1d(
        programme["id"][there_p], baseline["id"][there_b], assume_unique=True, return_indices=True
    )
    twin = np.full(rows, -1, dtype=np.int64)
    twin[there_p[in_p]] = there_b[in_b]
    alone = np.array(baseline["alive"], dtype=bool)
    alone[there_b[in_b]] = False
    return PairedArms(programme, baseline, attributes, twin, alone)


def adoption(arms: PairedArms, window: Window) -> Adoption:
    """Activity at the window's end and the fate of merchants subsidised within the window.

    A grant of the same month in both arms comes from a programme that both have, so it does not count.
    """
    bit = np.uint16(1 << TECHNOLOGIES.index(window.technology))
    active_p = (arms.programme["active_mask"] & bit) != 0
    active_b = (arms.baseline["active_mask"] & bit) != 0
    first = f"first_active_{window.technology}"
    first_p = _month_or_never(arms.programme[first], window.end)
    first_b = arms.of_twin(_month_or_never(arms.baseline[first], window.end), _NEVER)
    grant = f"subsidised_{window.technology}"
    granted = arms.programme[grant]
    subsidised = (granted >= window.start) & (granted <= window.end)
    subsidised &= granted != arms.of_twin(arms.baseline[grant], -1)
    fate = np.select(
        [~subsidised, arms.twin < 0, first_b <= first_p + SLACK_MONTHS, first_b < _NEVER],
        [-1, CATEGORIES.index("no_twin"), CATEGORIES.index("deadweight"), CATEGORIES.index("accelerated")],
        CATEGORIES.index("induced"),
    ).astype(np.int8)
    never_used = (fate == CATEGORIES.index("deadweight")) & (first_p == _NEVER)
    return Adoption(active_p, arms.of_twin(active_b, False), active_b & arms.alone, fate, never_used)


def adoption_terms(arms: PairedArms, adopted: Adoption) -> dict[str, float]:
    """Weighted merchants of every additionality term of one replication, by measure id.

    Identities: subsidised = sum of CATEGORIES; additional = sum of "additional_" + each of CATEGORIES
    + spill_over - crowded_out.
    """
    weights, treated = arms.weights, adopted.treated
    gained = adopted.active_programme & ~adopted.active_baseline
    lost = ~adopted.active_programme & adopted.active_baseline
    net = weights * (gained.astype(np.float64) - lost)
    of_fate = np.bincount(adopted.fate[treated], weights[treated], len(CATEGORIES))
    net_of_fate = np.bincount(adopted.fate[treated], net[treated], len(CATEGORIES))
    alone = weights[adopted.active_alone].sum()
    return {
        "additional": float(net.sum() - alone),
        "subsidised": float(weights[treated].sum()),
        **{name: float(of_fate[code]) for code, name in enumerate(CATEGORIES)},
        **{f"additional_{name}": float(net_of_fate[code]) for code, name in enumerate(CATEGORIES)},
        "never_used": float(weights[adopted.never_used].sum()),
        "spill_over": float(weights[gained & ~treated].sum()),
        "crowded_out": float(weights[lost & ~treated].sum() + alone),
    }


def sales_terms(arms: PairedArms, adopted: Adoption) -> dict[str, float]:
    """Change of yearly sales (KRW/year) of treated merchants, their rivals and all other small merchants.

    Treated are subsidised merchants with a twin; rivals are unsubsidised merchants with a twin in a market
    (province x sector) with a treated one; "sales_sectors" is the change of all small merchants of the
    treated's sectors, entrants and leavers included.
    """
    sales = "sales_krw_per_year"
    weights, paired = arms.weights, arms.twin >= 0
    after = weights * arms.programme[sales]
    before = weights * arms.baseline[sales]
    change = np.where(paired, after - arms.of_twin(before, 0.0), 0.0)
    treated = adopted.treated & paired
    sector = np.asarray(arms.attributes["sector"], dtype=np.int64)
    market = np.asarray(arms.attributes["province"], dtype=np.int64) * len(SECTORS) + sector
    rivals = np.isin(market, market[treated]) & ~treated & paired
    in_sectors = np.isin(sector, sector[treated])
    entered_or_left = after[~paired].sum() - before[arms.alone].sum()
    return {
        "sales_treated": float(change[treated].sum()),
        "sales_rivals": float(change[rivals].sum()),
        "sales_elsewhere": float(change[~treated & ~rivals].sum() + entered_or_left),
        "sales_sectors": float((after - before)[in_sectors].sum()),
    }


def additional_by(arms: PairedArms, adopted: Adoption, codes: NDArray[Any], count: int) -> Floats:
    """Weighted additional adopters of each category [count] of a static attribute."""
    weights = arms.weights
    net = weights * (adopted.active_programme.astype(np.float64) - adopted.active_baseline)
    alone = weights * adopted.active_alone
    return sums_by(codes, net - alone, count)


def sums_by(codes: NDArray[Any], values: Floats, count: int) -> Floats:
    """Return the sum of `values` [rows] in each category [count]."""
    return np.bincount(codes, values, count).astype(np.float64, copy=False)


def _month_or_never(first: NDArray[Any], end: int) -> NDArray[np.int32]:
    months = first.astype(np.int32)
    return np.where((months < 0) | (months > end), np.int32(_NEVER), months)
