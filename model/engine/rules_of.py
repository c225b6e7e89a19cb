"""From the register's values to the records of scalars and vectors that kernels take."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from model.agents.consumers.columns import APP_SETS, BANDS, CONSUMER_RULES, CONSUMER_TABLES, INCOME_STEPS, MARKET_SETS
from model.agents.merchants.columns import (
    DATA_ADVICE,
    DELIVERY_APP,
    KIOSK,
    LIVE_COMMERCE,
    MERCHANT_RULES,
    NIGHT_STORE,
    ONLINE_TECHNOLOGY,
    OPEN_MARKET,
    OWN_STORE,
    PUBLIC_QR,
    SERVING_ROBOT,
    SMART_WORKSHOP,
    SUBSCRIPTION,
    TABLE_ORDER,
    TELEWORK_KIT,
    TERMINAL,
)
from model.agents.merchants.incumbents import even_ranks, owner_age_table
from model.agents.merchants.start import size_quantile
from model.agents.platform_terms import FIRST, OWN, PLATFORM, PLATFORM_RULES, SERVICES, TERMS
from model.channels.b2c import CONSUMPTION_RULES
from model.codes import GOODS_NEEDS, INSTRUMENTS, MOBILITY, ONLINE_NEEDS, PLATFORMS, PROVINCES, RIVALS, TECHNOLOGIES
from model.parameters import register, vector
from model.records import Records, fill, records

Values = Mapping[str, float]

_IN_SHOPS = (TERMINAL, PUBLIC_QR, DATA_ADVICE)
_GOODS = (*_IN_SHOPS, OPEN_MARKET, OWN_STORE, LIVE_COMMERCE)
_USED_BY = (
    (*_GOODS, KIOSK, NIGHT_STORE, SUBSCRIPTION),
    _GOODS,
    _GOODS,
    (*_IN_SHOPS, DELIVERY_APP, KIOSK, TABLE_ORDER, SERVING_ROBOT, SUBSCRIPTION),
    (*_IN_SHOPS, KIOSK, TELEWORK_KIT),
    (SMART_WORKSHOP, DATA_ADVICE, TELEWORK_KIT),
)


def _mask(technologies: Iterable[int]) -> int:
    return sum(1 << technology for technology in technologies)


USABLE = np.array([_mask(technologies) for technologies in _USED_BY])
"""Technologies that each sector can use, a mask: tills in every shop; selling online where goods or meals are sold."""
REQUIRES = np.zeros(len(TECHNOLOGIES), np.uint16)
"""Masks by technology: it is of use only beside one of those; zero where it needs none."""
REQUIRES[[LIVE_COMMERCE, SUBSCRIPTION]] = _mask((OPEN_MARKET, OWN_STORE)), _mask((OPEN_MARKET, DELIVERY_APP, OWN_STORE))

_CHANNEL_ENTRIES = (
    ("open_market.delivery_share", "delivery_app.merchant_fee_share"),
    ("open_market.ticket_krw", "delivery_app.ticket_krw"),
)
"""Numbers of selling online: on the open market, and through delivery apps."""


def _single(values: Values, entry: str, index: str) -> np.ndarray:
    return np.array(vector(values, entry, index), dtype=np.float32)


def consumer_rules(values: Values, skill_mean: float) -> Records:
    """Return the consumers' scalars; `skill_mean` is the adults' mean digital skill at the start."""
    numbers = (
        values["consumer.habit_weight"],
        values["consumer.habit_update_per_month"],
        values["consumer.skill_weight"],
        skill_mean,
        values["consumer.skill_gain_per_month"],
        1.0 / values["consumer.revision_mean_months"],
        values["consumer.dormancy_monthly_hazard"],
        values["consumer.account_cost"],
        values["delivery_app.account_cost"],
        values["delivery_app.second_account_cost"],
    )
    return fill(CONSUMER_RULES, **dict(zip(CONSUMER_RULES.names or (), numbers, strict=True)))


def skill_table(values: Values) -> np.ndarray:
    """Return (age band, 2): lowest skill and range of skill within each band (float32)."""
    mean = np.array(vector(values, "skill.mean", "age_bands"))
    half = values["skill.half_range"]
    low, high = np.maximum(0.02, mean - half), np.minimum(0.98, mean + half)
    return np.stack([low, high - low], axis=1).astype(np.float32)


def consumer_tables(values: Values) -> Records:
    """Return the consumers' tables with the fixed ones filled: spending by rank and band, ceilings, occasions."""
    from scipy.special import ndtri

    spread = values["household.spending_log_sd"]
    factor = np.exp(spread * ndtri((np.arange(INCOME_STEPS) + 0.5) / INCOME_STEPS))
    band = np.zeros(BANDS, np.float32)
    band[:-1] = _single(values, "household.age_spending_ratio", "age_bands")
    table = skill_table(values)
    ceiling = np.zeros(BANDS, np.float32)
    ceiling[:-1] = np.minimum(1.0, table.sum(axis=1) + values["consumer.skill_ceiling_gap"])
    cells = len(PROVINCES)
    return fill(
        CONSUMER_TABLES,
        utility=np.zeros(cells * MARKET_SETS * GOODS_NEEDS, np.float32),
        app_utility=np.zeros(cells * APP_SETS, np.float32),
        app_next=np.zeros(APP_SETS * cells, np.uint8),
        market_part=np.zeros((2, GOODS_NEEDS, MARKET_SETS), np.float32),
        app_part=np.zeros((2, cells, APP_SETS), np.float32),
        beside=0,
        booking_utility=0.0,
        aversion=np.zeros(ONLINE_NEEDS, np.float32),
        hold=np.zeros(cells * len(INSTRUMENTS), np.float32),
        hold_skill=_single(values, "instrument.skill_weight", "instruments"),
        budget_of_rank=(factor / factor.mean()).astype(np.float32),
        budget_of_band=band,
        skill_ceiling=ceiling,
        occasions=_single(values, "need.occasions_per_month", "online_needs"),
        public_use=np.zeros(cells * BANDS, np.float32),
    )


def consumption_rules(values: Values) -> Records:
    """Return the scalars and vectors of choice and payment."""
    channel = np.float32(values["consumer.pandemic_channel"])
    need_stringency = channel * _single(values, "consumer.need_stringency_weight", "needs_and_other")
    need_stringency[MOBILITY] += np.float32(values["consumer.closed_borders_weight"])
    return fill(
        CONSUMPTION_RULES,
        dissimilarity=values["consumer.nest_dissimilarity"],
        network_weight=values["consumer.network_exponent"],
        quality_trend=values["consumer.quality_trend_per_year"],
        app_trend=values["delivery_app.quality_trend_per_year"],
        app_fading_years=values["delivery_app.quality_trend_fading_years"],
        app_dissimilarity=values["public_platform.nest_dissimilarity"],
        courier_share=values["delivery_app.consumer_fee_share"],
        price_weight=values["consumer.price_weight"],
        quality_fading_years=values["consumer.quality_trend_fading_years"],
        income_feedback=values["household.income_feedback"],
        aversion_weight=(1.0 - channel) * _single(values, "consumer.contact_aversion_weight", "needs_and_other"),
        stringency_weight=channel * _single(values, "consumer.stringency_weight", "needs_and_other"),
        need_aversion=(1.0 - channel) * _single(values, "consumer.need_aversion_weight", "needs_and_other"),
        need_stringency=need_stringency,
        elasticity=_single(values, "need.spending_elasticity", "budget"),
        precaution=np.array([1.0 - channel, channel]),
        hold_constant=_single(values, "instrument.hold_constant", "instruments"),
        hold_acceptance=_single(values, "instrument.acceptance_weight", "instruments"),
        hold_trend=_single(values, "instrument.trend_per_year", "instruments"),
        hold_reward=_single(values, "instrument.reward_weight", "instruments"),
        mobile_utility=values["till.mobile_pay_utility"],
        qr_utility=values["till.public_qr_utility"],
        reward_utility=values["till.reward_utility"],
        simple_pay_utility=values["till.online_simple_pay_utility"],
        card_emulation=values["till.card_emulation_share"],
        kiosk_constant=values["kiosk.order_constant"],
        kiosk_skill=values["kiosk.skill_weight"],
        kiosk_risk=(1.0 - channel) * np.float32(values["kiosk.risk_weight"]),
    )


def _online(values: Values, on_open_market: str, by_app: str) -> np.ndarray:
    """Return a number of selling online by sector, zero where nothing is sold online."""
    number = {OPEN_MARKET: values[on_open_market], DELIVERY_APP: values[by_app]}
    return np.array([number.get(online, 0.0) for online in ONLINE_TECHNOLOGY])


def merchant_rules(values: Values) -> Records:
    """Return the merchants' scalars and vectors; only selling online has delivery, cannibalisation."""
    technologies = len(TECHNOLOGIES)
    delivery, ticket = (_online(values, *names) for names in _CHANNEL_ENTRIES)
    lost, channel = np.zeros(technologies, np.float32), np.zeros(technologies, np.float32)
    lost[OPEN_MARKET], lost[DELIVERY_APP] = values["adoption.cannibalisation"], values["delivery_app.cannibalisation"]
    lost[OWN_STORE], channel[OWN_STORE] = lost[OPEN_MARKET], values["open_market.delivery_share"]
    channel[LIVE_COMMERCE] = values["live_commerce.commission_share"]
    broadcast = values["technology.attraction.live_commerce"]
    inputs = np.array(vector(values, "merchant.input_share", "sectors"))

    def technology(name: str) -> np.ndarray:
        return _single(values, f"technology.{name}", "technologies")

    return fill(
        MERCHANT_RULES,
        usable=USABLE,
        input_share=inputs,
        rent_share=np.array(vector(values, "merchant.rent_share", "sectors")),
        other_cost_share=np.array(vector(values, "merchant.other_cost_share", "sectors")),
        contribution_margin=(1.0 - inputs).astype(np.float32),
        ticket_krw=_single(values, "till.ticket_krw", "sectors"),
        first_price_krw=technology("price_krw"),
        price_change=np.array(vector(values, "technology.price_change_per_year", "technologies")),
        running_krw=technology("running_cost_krw_per_month"),
        prior_gain=technology("prior_sales_gain"),
        attraction=technology("attraction"),
        constant=technology("adoption_constant"),
        gain_scale=technology("gain_scale_krw_per_month"),
        minimum_capability=technology("minimum_capability"),
        innovation=technology("innovation_per_month"),
        imitation=technology("imitation_per_month"),
        drop_out=technology("drop_out_per_month"),
        channel_cost_share=channel,
        lost_to_itself=lost,
        gain_scale_of_sales=values["adoption.gain_scale_share_of_sales"],
        gain_weight=values["adoption.gain_weight"],
        peer_weight=values["adoption.peer_weight"],
        capability_weight=values["adoption.capability_weight"],
        age_weight=values["adoption.age_weight_per_decade"],
        hurdle_per_year=values["adoption.hurdle_rate_per_year"],
        learning_weight=values["adoption.learning_weight"],
        waiting_share=values["adoption.waiting_share"],
        revision_hazard=1.0 / values["adoption.revision_mean_months"],
        campaign_weight=values["adoption.campaign_weight"],
        programme_awareness=values["programme.awareness_per_month"],
        apply_constant=values["programme.apply_constant"],
        subsidy_weight=values["programme.subsidy_weight"],
        paperwork_weight=values["programme.paperwork_weight_per_hour"],
        visit_constant=values["programme.visit_accept_constant"],
        drop_out_after_keep=values["adoption.drop_out_after_keep_factor"],
        months_after_keep=values["adoption.drop_out_after_keep_months"],
        install_hazard=values["programme.install_per_month"],
        learned=_learned(technology("capability_gain_per_month")),
        capability_decay=1.0 - (1.0 - values["merchant.capability_decay_per_year"]) ** (1.0 / 12.0),
        cash_buffer_months=values["merchant.cash_buffer_months"],
        credit_line_months=values["merchant.credit_line_months"],
        card_share=values["till.card_payment_share"],
        delivery_share=delivery,
        online_ticket_krw=ticket.astype(np.float32),
        shock_hazard=values["quality.shock_hazard_per_month"],
        quality_persistence=values["quality.persistence_per_month"],
        heads_per_krw=1.0 / np.array(vector(values, "merchant.sales_per_paid_head_krw", "sectors")),
        owner_absorbs=values["merchant.owner_absorbs_heads"],
        temporary_share=values["merchant.temporary_share"],
        wage_elasticity=values["labour.wage_elasticity"],
        regular_adjusts=values["labour.regular_adjusts_per_month"],
        **_life_rules(values),
        requires=REQUIRES,
        hours_saved=technology("task_hours_share") * technology("labour_saving_share"),
        kiosk_lost=values["kiosk.lost_share"],
        live_fee=values["live_commerce.commission_share"] * broadcast / (1.0 + broadcast),
        own_delivery=values["open_market.delivery_share"],
        shock_relief=values["subscription.shock_relief"],
        office_saved=values["telework.other_cost_saved_share"],
    )


def platform_rules(values: Values) -> Records:
    """Return the scalars of the platforms' rules."""
    numbers = (
        values["platform.ranking_exponent"],
        values["platform.other_revenue_share"],
        values["platform.seesaw_share"],
        values["platform.pass_through_share"],
        values["platform.pass_through_monthly_hazard"],
        values["consumer.price_weight"],
        values["platform.response_curvature"],
        values["platform.step_share"],
        values["platform.step_tolerance"],
        values["platform.yearly_limit_share"],
        values["platform.loss_quarters"],
        (values["consumer.nest_dissimilarity"], values["public_platform.nest_dissimilarity"]),
        values["delivery_app.consumer_fee_share"],
        values["public_platform.utility"],
        values["public_platform.promotion_weight"],
        values["public_platform.joining_per_month"],
        values["platform.listing_per_month"],
        values["open_market.own_sales_share"],
        vector(values, "platform.rival_utility", "rivals"),
        values["platform.entrant_share"],
        values["platform.entry_tolerance"],
        values["platform.entry_quarters"],
    )
    return fill(PLATFORM_RULES, **dict(zip(PLATFORM_RULES.names or (), numbers, strict=True)))


def platforms(values: Values) -> Records:
    """Return the private platforms at the start, rivals absent; prices may later move within the register's ranges."""
    known, table = register(), records(PLATFORM, len(PLATFORMS))
    for platform, code in zip(table, PLATFORMS, strict=True):
        commission, fee = f"{code}.commission_share", f"platform.consumer_fee_share.{code}"
        platform.open = platform.listed = code not in RIVALS
        platform.own_margin = values["open_market.own_margin_share"]
        platform.commission[:] = platform.commission_january[:] = values[commission]
        platform.commission[OWN] = platform.commission_january[OWN] = platform.own_margin
        platform.commission_start = values[commission]
        platform.consumer_fee = platform.consumer_fee_start = platform.consumer_fee_january = values[fee]
        platform.commission_range[:] = known[commission].low, known[commission].high
        platform.consumer_fee_range[:] = known[fee].low, known[fee].high
        platform.variable_cost = values["platform.variable_cost_share_of_commission"] * values[commission]
        if code in RIVALS:
            platform.fixed_krw = values[f"platform.fixed_cost_krw_per_month.{code}"]
            platform.entry_month = values[f"platform.entry_month.{code}"]
    return table


def terms(started: Records) -> Records:
    """Return both records of terms before the first month: nobody ranked, nothing passed on, nothing sold yet."""
    table = records(TERMS, len(PLATFORMS) // SERVICES)
    table.price = table.exposure = table.cap = table.agreed = table.service_price = table.public_price = 1.0
    table.open = started.open.reshape(-1, SERVICES)
    table.fee = started.consumer_fee.reshape(-1, SERVICES)
    table[FIRST].part = table[FIRST].reached = 1.0
    return table


def _life_rules(values: Values) -> dict[str, Any]:
    """Return what closing, entry and loans go by."""
    means = vector(values, "merchant.sales_mean_krw_per_year", "sectors")
    sizes = np.array([size_quantile(even_ranks(), mean, values) for mean in means])
    sizes *= values["entry.size_ratio"] / sizes.mean(axis=1, keepdims=True) * np.array(means)[:, None]
    return {
        "exit_hazard": _single(values, "exit.hazard_per_year", "business_ages"),
        "exit_income_weight": values["exit.income_weight"],
        "exit_cash_weight": values["exit.cash_weight"],
        "exit_most": values["exit.highest_log_factor"],
        "loan_rate": values["loan.rate_per_year"],
        "loan_spread": values["loan.spread_per_year"],
        "loan_cost": values["loan.cost_per_year"],
        "loan_repaid": values["loan.repaid_share_per_year"] / 12.0,
        "loan_lost": values["loan.lost_share"],
        "loan_floor": values["loan.floor_share"],
        "loan_known": values["loan.programme_known_share"],
        "entry_elasticity": values["entry.income_elasticity"],
        "start_up_krw": values["entry.start_up_cost_krw"],
        "start_up_debt": (1.0 - values["entry.own_money_share"]) / values["loan.debtors_share"],
        "debt_share": values["loan.debtors_share"],
        "digital_ratio": values["entry.digital_ratio"],
        "capability_half": values["merchant.capability_half_range"],
        "family_share": values["merchant.family_share"],
        "business_share": _single(values, "merchant.business_sales_share", "sectors"),
        "mean_sales_krw": np.array(means),
        "size_krw": sizes,
        "owner_age": owner_age_table(),
        "shock_spread": values["quality.shock_spread"],
        "spread_exponent": values["quality.spread_size_exponent"],
    }


def _learned(gain: np.ndarray) -> np.ndarray:
    """Tabulate what use teaches a month by the low and the high byte of the mask of used technologies."""
    used = (np.arange(256)[:, None] >> np.arange(8)) & 1
    bits = np.zeros((2, 8))
    bits.flat[: gain.size] = gain
    return np.stack([used @ byte for byte in bits])
