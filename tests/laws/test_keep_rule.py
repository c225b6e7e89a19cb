"""A subsidised device is kept as long as the programme's rule says, and dropped more often after it."""

import numpy as np
import pytest

from model.economy import Economy
from tests.laws.small_korea import (
    Named,
    holds,
    korea_of,
    qr_enrolment,
    rows_of,
    run_to_end,
    settings_of,
    terminal_subsidy,
)

pytestmark = pytest.mark.subset

HASTY = {"technology.drop_out_per_month.mobile_pay_terminal": 0.05, "technology.drop_out_per_month.public_qr": 0.05}


def dropped_after(lever: Named, technology: int, seed: int) -> np.ndarray:
    """Months between subsidy and drop-out of every device dropped, watched month by month."""
    economy = Economy(settings_of(lever, months=36, parameters=HASTY), seed, korea_of())
    rows = rows_of(economy)
    found = []
    for month in range(36):
        had, who = holds(rows.installed & rows.subsidised, technology), rows.id.copy()
        since = rows.subsidised_at[:, technology].astype(int)
        economy.step()
        lost = had & (rows.id == who) & ~holds(rows.installed, technology)
        assert holds(rows.abandoned, technology)[lost].all()
        found.append(month - since[lost])
    return np.concatenate(found)


@pytest.mark.parametrize("keep", [0, 7, 12])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_subsidised_terminal_is_dropped_within_the_keep_rule(keep: int, seed: int) -> None:
    months = dropped_after(terminal_subsidy(keep_months=keep), 0, seed)
    assert months.size > 10
    assert months.min() >= keep
    assert months.min() < keep + 6


@pytest.mark.parametrize("keep", [0, 9])
def test_nor_an_enrolled_shop(keep: int) -> None:
    months = dropped_after(qr_enrolment(keep_months=keep), 1, 1)
    assert months.size > 10
    assert months.min() >= keep


def test_the_rule_keeps_devices_in_place() -> None:
    kept, free = (
        run_to_end(settings_of(terminal_subsidy(keep_months=keep), months=24, parameters=HASTY)) for keep in (24, 0)
    )
    assert kept.last("merchants_installed_mobile_pay_terminal") > free.last("merchants_installed_mobile_pay_terminal")
