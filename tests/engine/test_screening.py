"""Screening leaves out only what would not have happened: everyone revises, and all that is left out is asked after."""

import numpy as np
import pytest
from numba import int64, njit

from model.agents.merchants.adoption import reconsider
from model.agents.merchants.columns import BLOCK, PROVINCE, SECTOR, MerchantRows, Places
from model.agents.merchants.kernel import _enter_cell, _take_out
from model.agents.merchants.screening import ASKED, screen
from model.agents.merchants.space import MERCHANT
from model.codes import SECTORS
from model.economy import Economy
from model.engine.month import set_merchant_keys
from model.numerics import JIT_ALLOCATING
from model.records import I8, Record
from tests.laws.small_korea import START, Named, settings_of, terminal_subsidy

_SECTORS = len(SECTORS)


@njit(**JIT_ALLOCATING)
def _ask_who_was_left_out(
    rows: MerchantRows, places: Places, rules: Record, tables: Record, programmes: Record, keys: Record, sums: Record,
    month: int, year: int, found: I8,
) -> None:  # fmt: skip
    """Add to `found`: pairs of merchant and technology asked, left out, and merchants for whom one left out happened.

    Works on copies: rows and their dates are written.
    """
    asked, m, turn = np.empty(1, ASKED), np.empty(1, MERCHANT), np.zeros(BLOCK, np.uint8)
    m[0].changes[:] = 0
    for cell in range(places.first_row.size - 1):
        first, end = places.first_row[cell], places.first_row[cell + 1]
        sector = int64(rows.codes[SECTOR, first])
        market = int64(rows.codes[PROVINCE, first]) * _SECTORS + sector
        _enter_cell(m[0], rows, places.counts[cell], first, places.alive[cell])
        for lo in range(first, end, BLOCK):
            n = min(BLOCK, end - lo)
            for i in range(n):
                turn[i] = 1 if rows.entered[lo + i] > -32768 else 0
            screen(
                rows, places, cell, lo, turn, market, sector, rules, tables, programmes, keys, asked[0], month, year, n
            )
            for j in range(asked[0].count):
                row, worth = lo + asked[0].place[j], int64(asked[0].worth[j])
                others = int64(rules.usable[sector]) & ~worth
                for technology in range(16):
                    found[0] += (worth >> technology) & 1
                    found[1] += (others >> technology) & 1
                _take_out(m[0], rows, row, rules, tables, year)
                reconsider(
                    m[0], rows.history[row], int64(asked[0].elapsed[j]), 0, others, rules, tables, programmes, keys,
                    sums, month,
                )  # fmt: skip
                found[2] += m[0].changed


@pytest.mark.parametrize("levers", [(), (terminal_subsidy(),)], ids=["none", "terminal"])
@pytest.mark.parametrize("months", [3, 30, 60])
def test_what_screening_leaves_out_would_not_have_happened(levers: tuple[Named, ...], months: int) -> None:
    economy = Economy(settings_of(*levers, months=months + 1), 5, driver="serial")
    economy.advance(months)
    world, found = economy.world, np.zeros(3, np.int64)
    set_merchant_keys(world.keys[0], economy.month, economy.seed_of_draws)
    _ask_who_was_left_out(
        world.merchants, world.places, world.merchant_rules[0], world.market_tables[0], world.programmes[0],
        world.keys[0], world.merchant_sums[0], months, START // 12 + months // 12, found,
    )  # fmt: skip
    economy.close()
    asked, left_out, happened = found
    assert asked > 100, "somebody is worth asking"
    assert left_out > 5 * asked or levers, "most are left out"
    assert happened == 0
