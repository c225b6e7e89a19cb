"""A Korea of about 6,000 shops and 2,000 people, and the two programmes, for tests that run the model."""

import copy
from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.agents.merchants.columns import MerchantRows, columns_of
from model.economy import Economy, population_of
from model.engine.world import World
from model.exogenous import default_paths
from model.indicators import POSITION
from model.levers import (
    DigitalLoan,
    FieldTraining,
    Lever,
    PaymentTerminalSubsidy,
    PlatformFeeCut,
    PublicDeliveryPlatform,
    PublicQrEnrolment,
    ServiceClosure,
    SmartShop,
)
from model.parameters import resolve
from model.settings import ORIGIN, Settings
from model.synthetic_population.build import SyntheticKorea

SCALE = 2000.0
START = ORIGIN
FIRST = START + 1
"""First month of both programmes."""

Named = tuple[str, Lever]


def terminal_subsidy(**changes: Any) -> Named:
    """The terminal programme, open from the second month with means for 200,000 shops; `changes` override."""
    chosen = {
        "start": FIRST,
        "end": START + 60,
        "quota": 200_000,
        "budget_krw": 40e9,
        "awareness_campaign_krw_per_month": 1e8,
    }
    return "terminal", PaymentTerminalSubsidy(**(chosen | changes))


def qr_enrolment(**changes: Any) -> Named:
    """Visits for the public QR network, from the second month, to 400,000 shops; `changes` override."""
    chosen = {"start": FIRST, "end": START + 60, "quota": 400_000, "budget_krw": 60e9}
    return "visits", PublicQrEnrolment(**(chosen | changes))


def digital_loan(**changes: Any) -> Named:
    """Digital loans of up to 10 tn KRW from the second month; `changes` override."""
    chosen = {"start": FIRST, "end": START + 60, "budget_krw": 1e13, "rate_per_year": 0.02}
    return "loans", DigitalLoan(**(chosen | changes))


def smart_shop(**changes: Any) -> Named:
    """Kits for shops from the second month, with means for 200,000; `changes` override."""
    chosen = {"start": FIRST, "end": START + 60, "quota": 200_000, "budget_krw": 500e9,
              "awareness_campaign_krw_per_month": 1e9}  # fmt: skip
    return "kits", SmartShop(**(chosen | changes))


def field_training(**changes: Any) -> Named:
    """Courses from the second month for 200,000 owners; `changes` override."""
    chosen = {"start": FIRST, "end": START + 60, "quota": 200_000, "budget_krw": 500e9,
              "capacity_hours_per_month": 400_000.0}  # fmt: skip
    return "courses", FieldTraining(**(chosen | changes))


def fee_cap(**changes: Any) -> Named:
    """A cap of 3 % on the commission of delivery apps, from the second month; `changes` override."""
    chosen = {"start": FIRST, "end": START + 300, "cap_share": 0.03}
    return "cap", PlatformFeeCut(**(chosen | changes))


def public_app(**changes: Any) -> Named:
    """A public delivery app with vouchers and promotion, from the second month; `changes` override."""
    chosen = {"start": FIRST, "end": START + 300, "voucher_share": 0.05, "promotion_krw_per_month": 1e9}
    return "public", PublicDeliveryPlatform(**(chosen | changes))


def closure(service: str, **changes: Any) -> Named:
    """A service closed in the whole country from the second month; `changes` override."""
    chosen: dict[str, Any] = {"service": service, "start": FIRST, "end": START + 300}
    return f"close_{service}", ServiceClosure(**(chosen | changes))


def settings_of(
    *levers: Named,
    months: int = 12,
    scale: float = SCALE,
    start: int = START,
    parameters: Mapping[str, float] | None = None,
    later: Mapping[str, float] | None = None,
    network_open: bool = True,
) -> Settings:
    """Settings of a short run; parameters: overrides by id; later: value of a path from the fourth month on.

    network_open: whether the public QR network takes shops, in every month.
    """
    paths = default_paths(start, months) | {"public_qr_network_open": (float(network_open),) * months}
    for name, value in (later or {}).items():
        paths[name] = paths[name][:3] + (value,) * (months - 3)
    values = resolve(parameters or {})
    return Settings(start, months, scale, (), tuple(values.items()), tuple(paths.items()), levers)


def both_levers(**changes: Any) -> Settings:
    """Settings with every programme, rewards, wages so high that owners put money in, and levers on platforms.

    So every purpose flows.
    """
    later = {"minimum_wage_krw_per_hour": 16_000.0, "public_qr_reward_share": 0.05}
    needy = {"loan.floor_share": 0.95, "loan.programme_known_share": 1.0, "exit.hazard_per_year.later": 0.08}
    on_goods = "cap_on_goods", fee_cap(platform="open_market")[1]
    programmes = terminal_subsidy(), qr_enrolment(), smart_shop(), field_training(), digital_loan(budget_krw=1e15)
    levers = *programmes, fee_cap(), on_goods, public_app()
    return settings_of(*levers, later=later, parameters=needy, **changes)


class Run(NamedTuple):
    """A finished run: its core table (months, indicators) and the economy as it stands at the end."""

    core: NDArray[np.float64]
    economy: Economy

    def last(self, indicator: str) -> float:
        """The last month's value of a core indicator."""
        return float(self.core[-1, POSITION[indicator]])

    def total(self, indicator: str) -> float:
        """The sum over the months of a core indicator."""
        return float(self.core[:, POSITION[indicator]].sum())


def nobody_closes(economy: Economy) -> Economy:
    """Let nobody close or open in this run, so that rows keep their merchants."""
    economy.world.market_tables[0].exit_constant[:] = -60.0
    economy.world.paths.births[:] = 0.0
    return economy


def run_to_end(
    settings: Settings,
    seed: int = 1,
    korea: SyntheticKorea | None = None,
    driver: Any = "serial",
    closing: bool = True,
) -> Run:
    """Run every month of the settings' horizon; closing: whether merchants close and open."""
    economy = Economy(settings, seed, korea or korea_of(settings.scale), driver)
    if not closing:
        nobody_closes(economy)
    for _ in range(settings.months):
        economy.step()
    economy.close()
    return Run(economy.world.out, economy)


@cache
def korea_of(scale: float = SCALE) -> SyntheticKorea:
    """The synthetic population that all runs from `START` share."""
    return population_of(settings_of(months=48, scale=scale))


def copied(world: World) -> World:
    """A second world in the same state; what no run changes is shared."""
    shared = (world.people, world.places.first_row, world.places.chunk_cells)
    return copy.deepcopy(world, {id(part): part for part in shared})


def rows_of(of: World | Economy) -> Any:
    """The merchants' columns by name, as views; `mask >> technology & 1` of a mask, `*_at` by (row, technology)."""
    world = of.world if isinstance(of, Economy) else of
    return SimpleNamespace(**columns_of(world.merchants))


def holds(mask: NDArray[np.uint16], technology: int) -> NDArray[np.bool_]:
    """Which rows have a technology's bit set."""
    return np.asarray(mask >> technology & 1 == 1)


def assert_same_rows(one: Any, other: Any) -> None:
    """Two tables of records or columns are equal field by field, bit for bit."""
    if isinstance(one, MerchantRows):
        one, other = columns_of(one), columns_of(other)
    for name in one.keys() if isinstance(one, dict) else one.dtype.names:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
