"""The core indicators of a month by id (docs/model.md 3.4.9)."""

import numpy as np

from tests.reference import firms, medical
from tests.reference.draws import F8
from tests.reference.markets import Spending
from tests.reference.money import PAID_AS
from tests.reference.month import Walked, total_savings
from tests.reference.platforms import FIRST, LARGE, NAMES, RIVAL, SECTORS_OF
from tests.reference.programmes import money_for_calls
from tests.reference.services import served
from tests.reference.state import (
    APP,
    APP_ACCOUNT,
    ENTRY,
    GOODS,
    INSTALLED,
    KIOSK,
    MEALS,
    MOBILITY,
    NEEDS,
    OPEN_MARKET_ACCOUNT,
    PUBLIC_ACCOUNT,
    RIVAL_APP_ACCOUNT,
    RIVAL_MARKET_ACCOUNT,
    SERVED,
    SUPPORTED_AT,
    TECHNOLOGIES,
    People,
)
from tests.reference.trade import indicators as traded

NEED_IDS = ("groceries", "fashion", "home_goods", "meals", "mobility", "personal_services")
SECTORS = ("grocery_retail", "fashion_retail", "home_goods_retail", "food_service", "personal_services",
           "small_manufacturing")  # fmt: skip
BANDS = ("20s", "30s", "40s", "50s", "60s", "70+")
SERVICES = ("open_market", "large_seller_mall", "delivery_app")
INSTRUMENT_IDS = ("mobile_pay_card", "online_simple_pay", "public_qr_pay")
TECHNOLOGY_IDS = ("mobile_pay_terminal", "public_qr", "open_market_entry", "delivery_app", "kiosk", "table_order",
                  "own_online_store", "live_commerce", "serving_robot", "unmanned_night_store", "subscription",
                  "smart_workshop", "data_advice", "telework_kit")  # fmt: skip
FUNDED = (0, 1, 4, 5, 6, 7, 8, 9)
STAGES = {"aware": 0, "applied": 1, "selected": 2, "installed": 4, "active": 5, "abandoned": 6}


def indicators(walked: Walked) -> dict[str, float]:
    """Return every core indicator but the money check's residual."""
    return (
        consumption(walked)
        | people(walked)
        | payments(walked)
        | adoption(walked)
        | merchants(walked)
        | life(walked)
        | large_and_public(walked)
        | platforms(walked)
        | work(walked)
        | services(walked)
        | firms.indicators(walked.after.firms)
        | trade(walked)
    )


def consumption(walked: Walked) -> dict[str, float]:
    spending: Spending = walked.spending
    online = (spending.market + spending.market_fee).sum(axis=0) + spending.malls + spending.own
    spent = np.zeros(NEEDS)
    spent[SERVED] = spending.face.sum(axis=0)
    eaten_out = float(spent[MEALS])
    spent[:GOODS] += online
    meals = float((spending.app + spending.app_fee).sum() + (spending.public + spending.couriers).sum())
    bookings = float(spending.bookings.sum())
    spent[MEALS] += meals
    spent[MOBILITY] = spending.counters.sum() + bookings
    saved = total_savings(walked.after) - total_savings(walked.before)
    return (
        {"online_share_goods": float(online.sum() / spent[:GOODS].sum()), "online_goods_krw": float(online.sum())}
        | {f"online_{NEED_IDS[k]}_krw": float(online[k]) for k in range(GOODS)}
        | {"online_meals_krw": meals, "online_mobility_krw": bookings}
        | {f"spending_{need}_krw": float(spent[k]) for k, need in enumerate(NEED_IDS)}
        | {"online_total_krw": float(online.sum()) + meals + bookings, "face_to_face_meals_krw": eaten_out}
        | {"household_saving_krw": saved}
    )


def people(walked: Walked) -> dict[str, float]:
    """Users and holders among those present; holders and skill as before this month's revision."""
    before, now = walked.before.people, walked.after.people
    here = now.weight * now.present
    users = walked.choice.users
    anyone = users[:GOODS].any(axis=0)
    table = {"adults_persons": here.sum(), "users_online_goods_persons": here @ anyone}
    table |= {f"users_online_goods_{band}_persons": here @ (anyone & (now.band == b)) for b, band in enumerate(BANDS)}
    table["users_online_meals_persons"] = here @ users[MEALS]
    table |= holders(before, here)
    table["digital_skill_mean"] = here @ before.skill / here.sum()
    return {name: float(value) for name, value in table.items()}


def holders(before: People, here: F8) -> dict[str, float]:
    accounts = {f"account_holders_{name}_persons": before.accounts >> n for n, name in enumerate(SERVICES)}
    held = {f"instrument_holders_{name}_persons": before.instruments >> n for n, name in enumerate(INSTRUMENT_IDS)}
    return {name: float(here @ (bits & 1)) for name, bits in (accounts | held).items()}


def payments(walked: Walked) -> dict[str, float]:
    shops, month = walked.after.merchants, walked.month
    at_large = np.sum(walked.tills.mobile[1] * walked.tills.rate * walked.before.markets.large)
    by_qr = walked.settled.by_qr
    return {
        "mobile_pay_card_krw": shops.total(walked.settled.by_mobile) + float(at_large),
        "online_simple_pay_krw": walked.spending.simple_pay,
        "public_qr_krw": shops.total(by_qr),
        "public_qr_payments": shops.total(by_qr / month.by_sector("till.ticket_krw")),
    }


def adoption(walked: Walked) -> dict[str, float]:
    """Every stage where a lever can pay for the technology, else who uses it; entries to platforms installed, too."""
    shops = walked.after.merchants
    table = {
        f"merchants_{stage}_{TECHNOLOGY_IDS[j]}": shops.total(shops.has(j, 1 << bit))
        for j in range(TECHNOLOGIES)
        for stage, bit in STAGES.items()
        if j in FUNDED or stage == "active" or (stage == "installed" and j in (ENTRY, APP))
    }
    return table | {
        f"merchants_subsidised_{TECHNOLOGY_IDS[j]}": shops.total(shops.month[SUPPORTED_AT, j] >= 0) for j in FUNDED
    }


def trade(walked: Walked) -> dict[str, float]:
    after = walked.after
    return traded(walked.run, walked.booked, walked.direct, after.services, after.trade.data, walked.t)


def services(walked: Walked) -> dict[str, float]:
    paid = walked.booked
    money = {"internet_lectures_krw": paid["education_online"], "e_culture_krw": paid["culture_online"]}
    gated = medical.indicators(walked.used, walked.after.gated, walked.remote.spent[:, 2])
    return money | served(walked.run, walked.after.services) | gated


def merchants(walked: Walked) -> dict[str, float]:
    shops, books = walked.after.merchants, walked.settled
    by_kiosk = walked.after.markets.kiosk_share[:, None]
    by_sector = shops.by_market(books.turnover).sum(axis=0)
    return {f"sales_{sector}_krw": float(by_sector[s]) for s, sector in enumerate(SECTORS)} | {
        "merchants_total": shops.total(shops.there),
        "sales_face_to_face_krw": shops.total(books.sales),
        "sales_online_krw": shops.total(books.online + books.own),
        "sales_business_krw": shops.total(books.business),
        "kiosk_sales_krw": float(np.sum(by_kiosk * shops.by_market(books.sales * walked.month.installed[KIOSK]))),
        "owner_income_krw": shops.total(books.income),
        "wages_krw": shops.total(books.wages),
        "heads_owners_persons": shops.total(shops.there),
        "heads_family_persons": shops.total(shops.family),
        "heads_regular_persons": shops.total(walked.before.merchants.regular),
        "heads_temporary_persons": shops.total(walked.before.merchants.temporary),
    }


def life(walked: Walked) -> dict[str, float]:
    shops, books = walked.after.merchants, walked.settled
    return {
        "openings": shops.total(books.opened),
        "closures": shops.total(books.closed),
        "births_waiting": float(books.waiting.sum()),
        "debt_krw": shops.total(shops.debt),
        "merchants_with_debt": shops.total(shops.debt > 0.0),
        "loans_krw": walked.booked["loans"],
        "defaults_krw": shops.total(books.lost),
        "loans_guaranteed_krw": sum(lender.covered for lender in walked.after.loans),
    }


def large_and_public(walked: Walked) -> dict[str, float]:
    paid = walked.booked
    public = {
        "subsidies": paid["device_subsidy"],
        "visits": paid["enrolment_visits"],
        "campaigns": paid["campaigns"] + paid["platform_promotion"],
        "rewards": paid["qr_reward"] + paid["platform_vouchers"],
        "loans": paid["interest_subsidy"] + paid["guarantee_claims"],
        "training": paid["training"],
    }
    return {
        "large_seller_sales_krw": paid["store_sales_large"]
        + paid["market_sales_large"]
        + paid["mall_sales"]
        + paid["app_sales_large"],
        "platform_commission_krw": paid["commission_small"] + paid["commission_large"],
        "delivery_platform_commission_krw": paid["app_commission_small"] + paid["app_commission_large"],
        "logistics_krw": paid["delivery_small"]
        + paid["delivery_large"]
        + paid["own_store_delivery"]
        + paid["own_parcels"],
        "couriers_krw": paid["app_courier_fee"] + paid["app_delivery_small"] + paid["app_delivery_large"],
        "owners_trained_persons": sum(
            running.committed
            for terms, running in zip(walked.run.programmes, walked.after.progress, strict=True)
            if terms.hours > 0.0
        ),
        "public_spending_krw": sum(public.values()),
    } | {f"public_spending_{name}_krw": amount for name, amount in (public | public_by_technology(walked)).items()}


def platforms(walked: Walked) -> dict[str, float]:
    """What the first platforms charge and show; what all earn; rivals, own sales, the public one; online prices."""
    known, terms, paid = walked.after.platforms, walked.month.terms, walked.booked
    table = {}
    for j, name in enumerate(NAMES[:2]):
        small = SECTORS_OF[j], slice(0, LARGE)
        sold, pull = known.sold[FIRST][:, *small], terms.pull[FIRST][:, *small]
        charged, shown = terms.commission[FIRST][:, *small], terms.exposure[FIRST][:, *small]
        mean = np.sum(sold * charged) / np.sum(sold) if np.sum(sold) > 0.0 else known.commission[j, 0]
        table[f"commission_{name}_small_share"] = float(mean)
        table[f"consumer_fee_{name}_share"] = float(known.charged[j])
        table[f"exposure_small_{name}"] = float(np.sum(pull * shown) / np.sum(pull)) if np.sum(pull) > 0.0 else 1.0
    small = terms.pull[FIRST, :, MEALS, :LARGE].sum(axis=1)
    joined = float(np.sum(small * known.members) / np.sum(small)) if np.sum(small) > 0.0 else 0.0
    shops = walked.after.merchants
    earned = sum(paid[name] for names in PAID_AS for name in names[:3]) - sum(paid[names[3]] for names in PAID_AS)
    return table | {
        "public_platform_orders_krw": paid["public_app_sales"],
        "public_platform_members": joined * shops.total(shops.has(APP, INSTALLED)),
        "online_price_index": float(np.sum(known.sold * known.price) / np.sum(known.sold)),
        "platform_profit_krw": earned + paid["own_sales"] - paid["own_purchases"] - paid["own_parcels"],
        "platform_rivals_orders_krw": float(np.sum(known.sold[RIVAL])),
        "first_party_sales_krw": paid["own_sales"],
        "multi_homers_persons": several(walked),
    }


def several(walked: Walked) -> float:
    """People present with accounts with both open markets or several apps, before this month's revision; where there
    are several: a rival or the public app is open.
    """
    before, now, terms = walked.before.people, walked.after.people, walked.month.terms
    if not (np.any(terms.open[2:]) or np.any(terms.public_odds)):
        return 0.0
    markets = (before.accounts & OPEN_MARKET_ACCOUNT).astype(bool) & (before.accounts & RIVAL_MARKET_ACCOUNT).astype(
        bool
    )
    apps = sum((before.accounts & bit > 0).astype(int) for bit in (APP_ACCOUNT, RIVAL_APP_ACCOUNT, PUBLIC_ACCOUNT))
    both = markets & (terms.open[2] == 1) | (apps > 1)
    return float(np.sum(now.weight * now.present * both))


def work(walked: Walked) -> dict[str, float]:
    done = walked.worked
    return {
        "teleworkers_persons": done.teleworkers,
        "vacancy_months": done.vacancy_months,
        "online_hires_persons": done.online_hires,
        "smart_finance_users_persons": done.finance_users,
    }


def public_by_technology(walked: Walked) -> dict[str, float]:
    """Subsidies, visits and campaigns by technology."""
    month = walked.month
    paid = month.subsidies @ month.merchants.weight
    for programme in month.announced:
        devices = sorted(set(programme.terms.technology.tolist()) - {-1})
        for j in devices:
            paid[j] += (money_for_calls(programme) + programme.campaign_money) / len(devices)
    return {TECHNOLOGY_IDS[j]: float(paid[j]) for j in FUNDED}
