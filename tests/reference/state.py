"""What the reference keeps: people, merchants, markets, programmes and constants, float64 and whole numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from model.parameters import vector
from tests.reference.draws import B1, F8, I8
from tests.reference.firm_state import Firms, FirmTable
from tests.reference.service_state import Gated, Services, Trade, Work

PROVINCES, SECTORS, NEEDS, GOODS, ONLINE, TECHNOLOGIES, INSTRUMENTS = 17, 6, 6, 3, 5, 14, 3
MEALS = 3
"""Need met face to face or by delivery app, and the sector that serves it."""
MOBILITY = 4
"""Need met at counters or by booking online, by travel firms."""
SERVED = np.array([0, 1, 2, 3, 5])
"""Needs that shops serve, in the order of their sectors."""
SHOPS = slice(0, SERVED.size)
"""Sectors that serve a need."""
OPEN_MARKET_ACCOUNT, MALL_ACCOUNT, APP_ACCOUNT, RIVAL_MARKET_ACCOUNT, RIVAL_APP_ACCOUNT, PUBLIC_ACCOUNT = (
    1 << bit for bit in range(6)
)
ACCOUNT_SETS = 64
ABSENT = 6
MANUFACTURING = 5
(TERMINAL, PUBLIC_QR, ENTRY, APP, KIOSK, TABLES, OWN, LIVE, ROBOT, NIGHT, REPEAT, WORKSHOP, ADVICE, TELEWORK) = range(
    TECHNOLOGIES
)
IN_SHOP = (KIOSK, TABLES, ROBOT, NIGHT, WORKSHOP, ADVICE)
"""Devices of the shop, or of what manufacturers offer to firms; `ON_TOP` of what is sold online."""
ON_TOP = (LIVE, REPEAT)
SAVERS = (KIOSK, TABLES, ROBOT, WORKSHOP)
NEEDS_ONE_OF = {LIVE: (ENTRY, OWN), REPEAT: (ENTRY, APP, OWN)}
AWARE, APPLIED, SELECTED, GAVE_UP, INSTALLED, ACTIVE, ABANDONED, KNOWS_PROGRAMME = (1 << bit for bit in range(8))
DATES = APPLIED_AT, INSTALLED_AT, ACTIVE_AT, SUPPORTED_AT = tuple(range(4))
NOT_WAITING, PENDING, CHOSEN = range(3)
NO_PROGRAMME = 255
NOBODY, VACANT = -1, -32768
"""Id and month of entry of a vacant row."""
USERS_OF = np.array(
    [[1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [1, 0, 0, 1, 1, 0],
     [0, 0, 0, 1, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [1, 0, 0, 0, 0, 0],
     [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1]],
    dtype=bool,
)  # fmt: skip
"""Who can use what: (technology, sector)."""


def logistic(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -80.0, 80.0)))


def exp(x: Any) -> Any:
    return np.exp(np.clip(x, -80.0, 80.0))


def ratio(top: Any, bottom: Any, otherwise: float) -> Any:
    """top / bottom, and `otherwise` where the denominator is zero."""
    return np.where(bottom == 0.0, otherwise, top / np.where(bottom == 0.0, 1.0, bottom))


def size_of_rank(v: "Values", rank: F8, mean: Any) -> F8:
    """Size at a rank over the sector's mean, not yet scaled to it: a log-normal body, a power tail, a ceiling."""
    sd, e, xi = (v[f"merchant.sales_{name}"] for name in ("log_sd", "tail_share", "tail_exponent"))
    body = np.exp(sd * ndtri(np.minimum(rank, 1.0 - e)) - sd**2 / 2.0)
    tail = np.where(rank > 1.0 - e, (np.maximum(1.0 - rank, 1e-9) / e) ** (-1.0 / xi), 1.0)
    return np.asarray(np.minimum(body * tail, v["merchant.sales_ceiling_krw_per_year"] / mean))


def summed(group: I8, amount: NDArray[Any], groups: int) -> F8:
    """Sums of a column by group."""
    return np.bincount(group, amount, groups).astype(np.float64)


def single(rate: float) -> float:
    """A rate as the model keeps it, in single precision: small differences of two rates are paid for."""
    return float(np.float32(rate))


class Values:
    """The parameters of a run: one number by id, or a vector by entry."""

    def __init__(self, values: dict[str, float]) -> None:
        self._values = values

    def __getitem__(self, parameter_id: str) -> float:
        return self._values[parameter_id]

    def of(self, entry_id: str, index: str = "technologies") -> F8:
        return np.array(vector(self._values, entry_id, index))


@dataclass
class People:
    """Rows of people; habit is (online need, person), weight the people a row stands for."""

    id: I8
    province: I8
    birth_year: I8
    entry_year: I8
    exit_year: I8
    income_rank: I8
    skill_rank: I8
    aversion_rank: I8
    weight: F8
    skill: F8
    habit: F8
    accounts: I8
    instruments: I8
    band: I8
    savings: F8

    @property
    def aversion(self) -> F8:
        return np.asarray((self.aversion_rank + 0.5) / 65_536.0)

    @property
    def present(self) -> B1:
        return np.asarray(self.band != ABSENT)


@dataclass
class Merchants:
    """Rows of merchants; stage, waiting, programme are (technology, row), month (what, technology, row).

    revised: month of the last revision, -1 for none yet; quality: its transitory part, logs; base, base_business: what
    pulls are made of; spread: of shocks; staff_rank, mix_rank: kept for life; trained: a bit for each course; entered:
    month of opening; debt: KRW, its interest a year and guaranteed share; lender: loan lever asked, 255 for none.
    """

    id: I8
    weight: F8
    province: I8
    kind: I8
    sector: I8
    cell: I8
    owner_birth_year: I8
    capability: F8
    start: F8
    business: F8
    attraction: F8
    attraction_online: F8
    sales: F8
    sales_online: F8
    sales_year: F8
    income_year: F8
    cash: F8
    gained: F8
    family: I8
    regular: I8
    temporary: I8
    card_tier: I8
    qr_tier: I8
    stage: I8
    waiting: I8
    programme: I8
    month: I8
    revised: I8
    quality: F8
    base: F8
    base_business: F8
    spread: F8
    staff_rank: F8
    mix_rank: F8
    entered: I8
    debt: F8
    debt_rate: F8
    debt_cover: F8
    lender: I8

    @property
    def there(self) -> B1:
        return np.asarray(self.entered != VACANT)

    attraction_own: F8
    sales_own: F8
    trained: I8

    def has(self, technology: int, bit: int) -> B1:
        return np.asarray((self.stage[technology] & bit) != 0)

    def set_bits(self, technology: int, rows: B1, bits: int) -> None:
        self.stage[technology, rows] |= bits

    def clear_bits(self, technology: int, rows: B1, bits: int) -> None:
        self.stage[technology, rows] &= ~bits

    def by_market(self, amount: NDArray[Any]) -> F8:
        """Weighted sums of a column by (province, sector)."""
        table = np.zeros((PROVINCES, SECTORS))
        np.add.at(table, (self.province, self.sector), self.weight * amount)
        return table

    def total(self, amount: NDArray[Any]) -> float:
        return float(np.sum(self.weight * amount))

    def peers(self, technology: int) -> F8:
        """Weighted share of each row's cell that uses a technology."""
        used = np.bincount(self.cell, self.weight * self.has(technology, ACTIVE))
        return (used / np.maximum(np.bincount(self.cell, self.weight * self.there), 1e-9))[self.cell]


@dataclass
class Markets:
    """Pulls by (province, sector), of online offers too (entry, and above the limit of sales), of the open market by
    sector, of delivery apps by province; realised (technology, province, sector); incomes by province; worth of needs,
    other spending, saving in the first month, by (province, what a budget is split among); own: pull of own stores and
    kiosk: of shops with one, by (province, sector); kiosk_share: of buyers who order at one, by province; owners' real
    income a merchant, local demand over what sizes alone give, by market; business demand, constant of closing and
    merchants at the start, by sector; cost of inputs on a won of sales by sector; quality of advice over the start.
    """

    store: F8
    store_terminal: F8
    store_qr: F8
    online: F8
    app: F8
    store_start: F8
    online_start: F8
    large: F8
    large_online: F8
    app_start: F8
    app_large: F8
    realised: F8
    income: F8
    income_start: F8
    instrument_pull: F8
    entry: F8
    entry_above: F8
    worth_start: F8
    own: F8
    own_start: F8
    large_mall: F8
    kiosk: F8
    kiosk_share: F8
    owner_income: F8
    owner_income_start: F8
    scale: F8
    business_start: F8
    exit_constant: F8
    there: F8
    input_cost: F8
    advice: float = 1.0


@dataclass
class Platforms:
    """The open market, delivery apps and the rivals of both, by that order, and what they know of last month.

    gone: has left; listed: share of sellers there; promised: quarters in a row that promised an absent one enough;
    commission by (platform, class of sellers: small up to the limit of sales, above it, large, itself); responses of
    sellers and consumers, expected profit held and chosen; price, sold, agreed, cap by (first or rival, province,
    sector, class); charged: fee of consumers in force; members, public_price of the public platform by province;
    reached: part of online spending on a need that goes through (first or rival, province, online need); budget,
    online: cells of demand by (province, account set for goods, online need); both: the open market's share among
    holders of both.
    """

    open: I8
    gone: I8
    solved: I8
    bound: I8
    listed: F8
    promised: F8
    commission: F8
    fee: F8
    commission_january: F8
    fee_january: F8
    responses: F8
    expected: F8
    quarter: F8
    profit: F8
    losses: F8
    price: F8
    sold: F8
    agreed: F8
    cap: F8
    charged: F8
    members: F8
    public_price: F8
    reached: F8
    budget: F8
    online: F8
    both: F8


@dataclass
class Constants:
    """What the start fixes; `other_income` is rest-of-economy income a unit budget, known after month 0."""

    needs: F8
    mall: float
    mean_skill: float
    spending: F8
    other_spending: float
    other_income: float = 0.0


@dataclass(frozen=True)
class Terms:
    """A programme as declared: settings of its lever by name, and whom it is for; technology, subsidy, subsidy_share by
    sector, -1 for no technology; hours: taught to an owner, 0 for no course, `taught` of what it misses.
    """

    settings: dict[str, Any]
    by_visit: bool
    technology: I8
    subsidy: F8
    subsidy_share: F8
    part_of_price: float
    hours: float
    taught: float
    course: int
    target: "Target"
    priority: "Target"

    def path(self, name: str, month: int) -> float:
        """Value of a dated setting in a month, 0 before its first date."""
        past = [step["is"] for step in self.settings.get(name, ()) if step["from"] <= month]
        return float(past[-1]) if past else 0.0

    def last(self, name: str) -> float:
        return self.path(name, 1_000_000)

    def is_open(self, month: int) -> bool:
        means = self.path("visits_per_month", month) if self.by_visit else float(self.subsidy.max())
        if self.hours > 0.0:
            means = self.path("capacity_hours_per_month", month)
        inside = self.settings["start"] <= month <= self.settings["end"]
        return inside and min(means, self.path("quota", month), self.path("budget_krw", month)) > 0.0


@dataclass(frozen=True)
class Loan:
    """A loan lever as declared."""

    settings: dict[str, Any]
    target: "Target"

    def budget(self, month: int) -> float:
        """Volume of loans up to a month, nothing outside the lever's time."""
        past = [step["is"] for step in self.settings["budget_krw"] if step["from"] <= month]
        inside = self.settings["start"] <= month <= self.settings["end"] and self.settings["loan_max_krw"] > 0.0
        return float(past[-1]) if past and inside else 0.0


@dataclass
class LoanProgress:
    """Running state of a loan lever: KRW granted so far; of this month; whether and how far it is heard of."""

    granted: float = 0.0
    lent: float = 0.0
    covered: float = 0.0
    fees: float = 0.0
    campaign: float = 0.0
    is_open: bool = False
    left: float = 0.0
    hears: float = 0.0


@dataclass
class Cells:
    """Cells of merchants: number in the frame, merchants with customers at the start, births expected and done."""

    number: I8
    founders: I8
    expected: F8
    births: I8


@dataclass(frozen=True)
class Target:
    """Whom a programme means: positions of provinces, sectors and district kinds, owners' ages, highest sales."""

    provinces: tuple[int, ...]
    sectors: tuple[int, ...]
    kinds: tuple[int, ...]
    age_min: int
    age_max: int
    sales_max: float

    def holds(self, merchants: Merchants, year: int) -> B1:
        age = year - merchants.owner_birth_year
        place = np.isin(merchants.province, self.provinces) & np.isin(merchants.sector, self.sectors)
        who = np.isin(merchants.kind, self.kinds) & (self.age_min <= age) & (age <= self.age_max)
        return place & who & (merchants.sales_year > 0.0) & (merchants.sales_year <= self.sales_max)


@dataclass
class Progress:
    """Running state of a programme, merchants and KRW."""

    committed: float
    reserved: float
    spent: float
    lapsed: float
    lapsed_krw: float
    eligible: float
    months_met: float = 0.0


@dataclass
class State:
    """Everything at a month's end."""

    people: People
    merchants: Merchants
    markets: Markets
    constants: Constants
    progress: list[Progress]
    platforms: Platforms
    loans: list[LoanProgress]
    cells: Cells
    services: Services
    firms: Firms
    trade: Trade
    gated: Gated
    work: Work


@dataclass(frozen=True)
class Run:
    """What a run is given: values, paths from its first month on, programmes in the order of their names, and settings
    of levers on platforms by name."""

    values: Values
    paths: dict[str, tuple[float, ...]]
    programmes: tuple[Terms, ...]
    loans: tuple[Loan, ...]
    owner_ages: tuple[F8, F8]
    seed: int
    start: int
    firm_table: FirmTable
    measures: tuple[dict[str, Any], ...] = ()

    @cached_property
    def first_year(self) -> int:
        return self.start // 12

    def now(self, path: str, t: int) -> float:
        return self.paths[path][t]
