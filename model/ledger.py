"""The ledger: every payment by payer, payee and purpose, and the money check of every month.

The check compares agents with books, never the books with themselves: what the payer's side counted (the
booking), what the payee's side counted from its own numbers, and each account's change of cash summed over
its rows. A month that fails names account, purpose and amount.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit

from model.codes import SECTORS
from model.numerics import JIT, copy_into
from model.records import F8, I8, Record, record_type

ACCOUNTS: Final = (
    "households",
    "merchants",
    "large_sellers",
    "open_market",
    "delivery_platform",
    "suppliers",
    "landlords",
    "banks",
    "logistics",
    "equipment_vendors",
    "public_qr_operator",
    "government",
    "rest_of_economy",
    "travel_firms",
    "public_platform",
    "clinics",
    "hospitals",
    "schools",
    "media",
    "open_market_rival",
    "delivery_platform_rival",
    "new_industry_firms",
    "investors",
    "foreign_sector",
    "c2c_platform",
)
ACCOUNT_LABELS: Final = {
    "households": ("Households", "가계"),
    "merchants": ("Small merchants", "소상공인"),
    "large_sellers": ("Large sellers", "대형 판매자"),
    "open_market": ("Open market", "오픈마켓"),
    "delivery_platform": ("Delivery apps", "배달앱 운영사"),
    "suppliers": ("Suppliers", "납품업체"),
    "landlords": ("Landlords", "임대인"),
    "banks": ("Banks and card networks", "은행·카드사"),
    "logistics": ("Logistics", "물류"),
    "equipment_vendors": ("Equipment vendors", "기기 공급사"),
    "public_qr_operator": ("Public QR operator", "공공 QR 운영기관"),
    "government": ("Government", "정부"),
    "rest_of_economy": ("Rest of the economy", "기타 경제"),
    "travel_firms": ("Travel and transport firms", "여행·운송사"),
    "public_platform": ("Public delivery platform", "공공배달앱 운영기관"),
    "clinics": ("Clinics", "의원"),
    "hospitals": ("Hospitals", "병원"),
    "schools": ("Schools and lecture providers", "학교·강의업체"),
    "media": ("Culture and media", "문화·미디어"),
    "open_market_rival": ("Rival of the open market", "오픈마켓 경쟁사"),
    "delivery_platform_rival": ("Rival of the delivery apps", "배달앱 경쟁사"),
    "new_industry_firms": ("New-industry firms", "신산업 기업"),
    "investors": ("Investors", "투자자"),
    "foreign_sector": ("Foreign sector", "해외부문"),
    "c2c_platform": ("Direct-trade platforms", "직거래 플랫폼"),
}


@dataclass(frozen=True)
class Purpose:
    """What a payment is for: who pays whom."""

    id: str
    payer: str
    payee: str
    label_en: str
    label_ko: str


def _of_rival(name: str, account: str, english: str, korean: str) -> tuple[Purpose, ...]:
    """Return what a rival platform is paid by sellers and consumers, and what it spends."""
    return (
        Purpose(
            f"{name}_commission_small",
            "merchants",
            account,
            f"Commission, {english}, small",
            f"{korean} 수수료(소상공인)",
        ),
        Purpose(
            f"{name}_commission_large",
            "large_sellers",
            account,
            f"Commission, {english}, large",
            f"{korean} 수수료(대형)",
        ),
        Purpose(f"{name}_fee", "households", account, f"Fee of consumers, {english}", f"{korean} 소비자 이용료"),
        Purpose(f"{name}_costs", account, "rest_of_economy", f"Costs, {english}", f"{korean} 비용"),
    )


PURPOSES: Final = (
    Purpose("store_sales_small", "households", "merchants", "Shop sales, small merchants", "매장 판매(소상공인)"),
    Purpose("store_sales_large", "households", "large_sellers", "Shop sales, large sellers", "매장 판매(대형)"),
    Purpose("market_sales_small", "households", "merchants", "Open-market sales, small", "오픈마켓 판매(소상공인)"),
    Purpose("market_sales_large", "households", "large_sellers", "Open-market sales, large", "오픈마켓 판매(대형)"),
    Purpose("mall_sales", "households", "large_sellers", "Own-mall sales", "자체몰 판매"),
    Purpose("app_sales_small", "households", "merchants", "Delivery-app sales, small", "배달앱 판매(소상공인)"),
    Purpose("app_sales_large", "households", "large_sellers", "Delivery-app sales, chains", "배달앱 판매(대형)"),
    Purpose("app_courier_fee", "households", "logistics", "Delivery fees of consumers", "소비자 배달비"),
    Purpose("other_spending", "households", "rest_of_economy", "Other household spending", "기타 가계지출"),
    Purpose("business_sales", "rest_of_economy", "merchants", "Sales to businesses", "기업 대상 판매"),
    Purpose("inputs", "merchants", "suppliers", "Inputs", "원재료·상품 매입"),
    Purpose("rent", "merchants", "landlords", "Rent", "임대료"),
    Purpose("other_costs", "merchants", "rest_of_economy", "Other costs", "기타 비용"),
    Purpose("wages", "merchants", "households", "Wages", "임금"),
    Purpose("card_fees", "merchants", "banks", "Card fees", "카드수수료"),
    Purpose("qr_fees", "merchants", "public_qr_operator", "Public QR fees", "공공 QR 수수료"),
    Purpose("commission_small", "merchants", "open_market", "Commission, small sellers", "판매수수료(소상공인)"),
    Purpose("commission_large", "large_sellers", "open_market", "Commission, large sellers", "판매수수료(대형)"),
    Purpose("delivery_small", "merchants", "logistics", "Parcels, small sellers", "택배비(소상공인)"),
    Purpose("delivery_large", "large_sellers", "logistics", "Parcels, large sellers", "택배비(대형)"),
    Purpose(
        "app_commission_small", "merchants", "delivery_platform", "App commission, small", "배달앱 수수료(소상공인)"
    ),
    Purpose(
        "app_commission_large", "large_sellers", "delivery_platform", "App commission, chains", "배달앱 수수료(대형)"
    ),
    Purpose("app_delivery_small", "merchants", "logistics", "Couriers, small restaurants", "업주 배달비(소상공인)"),
    Purpose("app_delivery_large", "large_sellers", "logistics", "Couriers, chains", "업주 배달비(대형)"),
    Purpose("device_own_share", "merchants", "equipment_vendors", "Devices, own share", "기기 자부담"),
    Purpose("device_subsidy", "government", "equipment_vendors", "Devices, subsidy", "기기 보조금"),
    Purpose("device_running", "merchants", "equipment_vendors", "Devices, running cost", "기기 운영비"),
    Purpose("drawings", "merchants", "households", "Owners' drawings", "업주 인출"),
    Purpose("owner_funds", "households", "merchants", "Owners' own funds put in", "업주 자금 투입"),
    Purpose("other_income", "rest_of_economy", "households", "Other household income", "기타 가계소득"),
    Purpose("qr_reward", "government", "households", "Public QR rewards", "공공 QR 혜택"),
    Purpose("enrolment_visits", "government", "rest_of_economy", "Enrolment visits", "방문 가맹 비용"),
    Purpose("campaigns", "government", "rest_of_economy", "Campaigns", "홍보비"),
    Purpose("loans", "banks", "merchants", "Loans to small merchants", "소상공인 대출"),
    Purpose("loan_repayments", "merchants", "banks", "Repayment of loans", "대출 상환"),
    Purpose("loan_interest", "merchants", "banks", "Interest", "대출 이자"),
    Purpose("interest_subsidy", "government", "banks", "Interest borne by government", "이차보전"),
    Purpose("guarantee_fees", "merchants", "government", "Guarantee fees", "보증료"),
    Purpose("guarantee_claims", "government", "banks", "Defaults borne by the guarantor", "보증 대위변제"),
    Purpose("start_up_costs", "merchants", "rest_of_economy", "Start-up costs", "창업 비용"),
    Purpose("travel_counter", "households", "travel_firms", "Travel, at counters", "여행·운송 현장 판매"),
    Purpose("travel_online", "households", "travel_firms", "Travel, booked online", "여행·운송 온라인 예약"),
    Purpose("own_store_sales", "households", "merchants", "Own-store sales, small", "자체몰 판매(소상공인)"),
    Purpose("own_store_delivery", "merchants", "logistics", "Parcels of own stores", "자체몰 택배비(소상공인)"),
    Purpose("live_commission", "merchants", "rest_of_economy", "Commission on broadcasts", "라이브커머스 수수료"),
    Purpose("training", "government", "rest_of_economy", "Training of owners", "업주 교육비"),
    Purpose("market_fee", "households", "open_market", "Open market's fee of consumers", "오픈마켓 소비자 이용료"),
    Purpose("app_fee", "households", "delivery_platform", "Apps' own fee of consumers", "배달앱 소비자 이용료"),
    Purpose("public_app_sales", "households", "merchants", "Public delivery app, sales", "공공배달앱 판매"),
    Purpose("public_app_commission", "merchants", "public_platform", "Public app, commission", "공공배달앱 수수료"),
    Purpose("platform_vouchers", "government", "households", "Public app, vouchers", "공공배달앱 할인쿠폰"),
    Purpose("platform_promotion", "government", "public_platform", "Public app, promotion", "공공배달앱 홍보비"),
    Purpose("open_market_costs", "open_market", "rest_of_economy", "Open market's costs", "오픈마켓 비용"),
    Purpose("app_costs", "delivery_platform", "rest_of_economy", "Delivery apps' costs", "배달앱 비용"),
    Purpose("education_face", "households", "schools", "Education, face to face", "대면 교육"),
    Purpose("education_online", "households", "schools", "Internet lectures", "인터넷 강의"),
    Purpose("culture_face", "households", "media", "Culture, on the spot", "현장 문화·여가"),
    Purpose("culture_online", "households", "media", "E-culture", "e-컬처"),
    Purpose("health_clinics", "households", "clinics", "Health, at clinics", "의원 진료비"),
    Purpose("health_hospitals", "households", "hospitals", "Health, at hospitals", "병원 진료비"),
    Purpose("public_lessons", "government", "schools", "Public online lessons", "공공 온라인 교육"),
    Purpose("own_sales", "households", "open_market", "Open market's own sales", "오픈마켓 직매입 판매"),
    Purpose("own_purchases", "open_market", "suppliers", "Open market's purchases", "오픈마켓 직매입 매입"),
    Purpose("own_parcels", "open_market", "logistics", "Parcels of its own sales", "오픈마켓 직매입 택배비"),
    *_of_rival("market_rival", "open_market_rival", "rival market", "경쟁 오픈마켓"),
    *_of_rival("app_rival", "delivery_platform_rival", "rival app", "경쟁 배달앱"),
    Purpose("firm_sales", "rest_of_economy", "new_industry_firms", "New industry, sales at home", "신산업 국내 매출"),
    Purpose("firm_exports", "foreign_sector", "new_industry_firms", "New industry, exports", "신산업 수출"),
    Purpose("device_supply", "equipment_vendors", "new_industry_firms", "Devices from makers", "기기 제조사 매입"),
    Purpose("firm_procurement", "government", "new_industry_firms", "Public procurement", "신산업 공공조달"),
    Purpose("firm_research_support", "government", "new_industry_firms", "Research support", "신산업 연구개발 지원"),
    Purpose("firm_wages", "new_industry_firms", "households", "New industry, wages", "신산업 임금"),
    Purpose("firm_inputs", "new_industry_firms", "rest_of_economy", "New industry, inputs", "신산업 투입 비용"),
    Purpose(
        "firm_research", "new_industry_firms", "rest_of_economy", "New industry, research bought", "신산업 외부 연구비"
    ),
    Purpose("firm_capital", "investors", "new_industry_firms", "Capital raised", "신산업 자본 조달"),
    Purpose("firm_payouts", "new_industry_firms", "investors", "Paid out to investors", "신산업 배당·청산"),
    Purpose(
        "b2b_orders", "rest_of_economy", "merchants", "Orders by manufacturing platforms", "온라인 제조 플랫폼 주문"
    ),
    Purpose("e_trade_exports", "foreign_sector", "merchants", "Exports by e-trade", "전자무역 수출"),
    Purpose(
        "public_procurement", "government", "merchants", "Public procurement from small merchants", "소상공인 공공구매"
    ),
    Purpose("online_exports", "foreign_sector", "merchants", "Exports by online consultation", "온라인 상담 수출"),
    Purpose("online_fair_contracts", "rest_of_economy", "merchants", "Contracts of online fairs", "온라인 박람회 계약"),
    Purpose("business_software", "merchants", "equipment_vendors", "Business software", "업무용 소프트웨어 이용료"),
    Purpose("official_travel", "government", "travel_firms", "Official travel", "공무 출장비"),
    Purpose(
        "egov_exports",
        "foreign_sector",
        "government",
        "E-government exports (side account)",
        "전자정부 수출(별도 계정)",
    ),
    Purpose("intergov_contracts", "foreign_sector", "rest_of_economy", "Intergovernmental contracts", "정부 간 계약"),
    Purpose("c2c_goods_fee", "households", "c2c_platform", "Direct trade, fee on goods", "직거래 상품 수수료"),
    Purpose(
        "c2c_homes_cars_fee",
        "households",
        "c2c_platform",
        "Direct trade, homes and cars: fee",
        "직거래 부동산·중고차 수수료",
    ),
    Purpose("telemedicine_clinics", "households", "clinics", "Telemedicine, clinics", "비대면 진료(의원)"),
    Purpose("telemedicine_hospitals", "households", "hospitals", "Telemedicine, hospitals", "비대면 진료(병원)"),
    Purpose("logistics_wages", "logistics", "households", "Pay of couriers and drivers", "배달·택배 노동 대가"),
    Purpose("unmanned_upkeep", "logistics", "equipment_vendors", "Drones and robots, upkeep", "무인배송 장비 유지비"),
    Purpose("banking_fees", "households", "banks", "Fees at bank branches", "은행 창구 수수료"),
)
(
    STORE_SMALL,
    STORE_LARGE,
    MARKET_SMALL,
    MARKET_LARGE,
    MALL,
    APP_SMALL,
    APP_LARGE,
    APP_COURIER,
    OTHER_SPENDING,
    BUSINESS_SALES,
    INPUTS,
    RENT,
    OTHER_COSTS,
    WAGES,
    CARD_FEES,
    QR_FEES,
    COMMISSION_SMALL,
    COMMISSION_LARGE,
    DELIVERY_SMALL,
    DELIVERY_LARGE,
    APP_COMMISSION_SMALL,
    APP_COMMISSION_LARGE,
    APP_DELIVERY_SMALL,
    APP_DELIVERY_LARGE,
    DEVICE_OWN,
    DEVICE_SUBSIDY,
    DEVICE_RUNNING,
    DRAWINGS,
    OWNER_FUNDS,
    OTHER_INCOME,
    QR_REWARD,
    VISITS,
    CAMPAIGNS,
    LOANS,
    REPAYMENTS,
    INTEREST,
    INTEREST_SUBSIDY,
    GUARANTEE_FEES,
    GUARANTEE_CLAIMS,
    START_UP,
    TRAVEL_COUNTER,
    TRAVEL_ONLINE,
    OWN_STORE_SALES,
    OWN_STORE_DELIVERY,
    LIVE_COMMISSION,
    TRAINING,
    MARKET_FEE,
    APP_FEE,
    PUBLIC_SALES,
    PUBLIC_COMMISSION,
    VOUCHERS,
    PROMOTION,
    MARKET_COSTS,
    APP_COSTS,
    EDUCATION_FACE,
    EDUCATION_ONLINE,
    CULTURE_FACE,
    CULTURE_ONLINE,
    HEALTH_CLINICS,
    HEALTH_HOSPITALS,
    PUBLIC_LESSONS,
    OWN_SALES,
    OWN_PURCHASES,
    OWN_PARCELS,
    RIVAL_MARKET_COMMISSION_SMALL,
    RIVAL_MARKET_COMMISSION_LARGE,
    RIVAL_MARKET_FEE,
    RIVAL_MARKET_COSTS,
    RIVAL_APP_COMMISSION_SMALL,
    RIVAL_APP_COMMISSION_LARGE,
    RIVAL_APP_FEE,
    RIVAL_APP_COSTS,
    FIRM_SALES,
    FIRM_EXPORTS,
    DEVICE_SUPPLY,
    FIRM_PROCUREMENT,
    FIRM_RESEARCH_SUPPORT,
    FIRM_WAGES,
    FIRM_INPUTS,
    FIRM_RESEARCH,
    FIRM_CAPITAL,
    FIRM_PAYOUTS,
    B2B_ORDERS,
    E_TRADE_EXPORTS,
    PROCUREMENT,
    ONLINE_EXPORTS,
    FAIR_CONTRACTS,
    BUSINESS_SOFTWARE,
    OFFICIAL_TRAVEL,
    EGOV_EXPORTS,
    INTERGOV_CONTRACTS,
    C2C_GOODS_FEE,
    C2C_HOMES_CARS_FEE,
    TELEMEDICINE_CLINICS,
    TELEMEDICINE_HOSPITALS,
    LOGISTICS_WAGES,
    UNMANNED_UPKEEP,
    BANKING_FEES,
) = range(len(PURPOSES))
HOUSEHOLDS, MERCHANTS = 0, 1
FIRMS: Final = ACCOUNTS.index("new_industry_firms")
POPULATIONS: Final = (HOUSEHOLDS, MERCHANTS, FIRMS)
"""Accounts whose cash is that of rows."""
PAYER: Final = np.array([ACCOUNTS.index(purpose.payer) for purpose in PURPOSES])
PAYEE: Final = np.array([ACCOUNTS.index(purpose.payee) for purpose in PURPOSES])

TOLERANCE_OF_ROWS: Final = 1e-9
"""Allowed residual of a cash account kept in float64, as a share of the month's turnover."""
TOLERANCE_OF_FLOWS: Final = 1e-6
"""Allowed residual of one purpose between both sides, whose rows are float32, as a share of its amount."""

BALANCED, PURPOSE_FAILS, ACCOUNT_FAILS, NEGATIVE_FLOW, DEBT_FAILS, EXTINCT, OUT_OF_RANGE = range(7)


BOOKS: Final = record_type(
    booked=(np.float64, len(PURPOSES)),
    received=(np.float64, len(PURPOSES)),
    cash=(np.float64, len(ACCOUNTS)),
    before=(np.float64, len(ACCOUNTS)),
    debt=(np.float64,),
    debt_before=(np.float64,),
    written_off=(np.float64,),
    verdict=(np.float64, 4),
)
"""The month's books, KRW.

booked: by purpose, as counted on the payer's side; received: by purpose, as counted on the payee's side from its own
numbers; cash: every account's stock at the month's end, from its rows or its own count; before: the same a month
ago; debt, debt_before: what merchants owe, from their rows; written_off: of it this month, never repaid; verdict: what
failed (code, position, residual, largest relative residual).
"""


@njit(**JIT)
def account_agents_settle(books: Record, payer: I8, payee: I8) -> None:
    """Add to each account agent's cash what it received and paid by its own count (its side of each purpose)."""
    for purpose in range(payer.size):
        if payee[purpose] > MERCHANTS and payee[purpose] != FIRMS:
            books.cash[payee[purpose]] += books.received[purpose]
        if payer[purpose] > MERCHANTS and payer[purpose] != FIRMS:
            books.cash[payer[purpose]] -= books.booked[purpose]


@njit(**JIT)
def check(books: Record, payer: I8, payee: I8) -> int:
    """Check the month's books and leave the verdict; returns its code (BALANCED when all is well).

    (a) both sides of every purpose agree; (b) every account's change of cash equals receipts less payments as
    booked, and all changes together are zero; (c) no flow is negative;
    (d) what merchants owe moves by what is lent, repaid and written off.
    """
    books.verdict[:] = 0.0
    turnover = 0.0
    for purpose in range(payer.size):
        turnover += abs(books.booked[purpose])
    for purpose in range(payer.size):
        amount, other = books.booked[purpose], books.received[purpose]
        if not (amount >= 0.0 and other >= 0.0):
            return _verdict(books, NEGATIVE_FLOW, purpose, min(amount, other), 1.0)
        gap = abs(amount - other)
        if not gap <= TOLERANCE_OF_FLOWS * max(amount, other) + TOLERANCE_OF_ROWS * 1e-3 * turnover:
            return _verdict(books, PURPOSE_FAILS, purpose, other - amount, gap / turnover)
    worst = 0.0
    together = 0.0
    for account in range(books.cash.size):
        change = books.cash[account] - books.before[account]
        expected = 0.0
        for purpose in range(payer.size):
            if payee[purpose] == account:
                expected += books.booked[purpose]
            if payer[purpose] == account:
                expected -= books.booked[purpose]
        residual = change - expected
        together += change
        worst = max(worst, abs(residual) / turnover)
        if not abs(residual) <= TOLERANCE_OF_ROWS * turnover:
            return _verdict(books, ACCOUNT_FAILS, account, residual, abs(residual) / turnover)
    worst = max(worst, abs(together) / turnover)
    if not abs(together) <= TOLERANCE_OF_ROWS * turnover:
        return _verdict(books, ACCOUNT_FAILS, books.cash.size, together, worst)
    lent = books.booked[LOANS] - books.booked[REPAYMENTS] - books.written_off
    residual = books.debt - books.debt_before - lent
    worst = max(worst, abs(residual) / turnover)
    if not abs(residual) <= TOLERANCE_OF_ROWS * turnover:
        return _verdict(books, DEBT_FAILS, 0, residual, worst)
    return _verdict(books, BALANCED, 0, 0.0, worst)


@njit(**JIT)
def stop_extinct(books: Record, population: int, left: float) -> int:
    """Leave the verdict that a population (0 people, 1 merchants, 2 + sector merchants of it) has died out."""
    return _verdict(books, EXTINCT, population, left, books.verdict[3])


@njit(**JIT)
def _verdict(books: Record, code: int, position: int, residual: float, relative: float) -> int:
    books.verdict[0] = code
    books.verdict[1] = position
    books.verdict[2] = residual
    books.verdict[3] = relative
    return code


@njit(**JIT)
def open_month(books: Record) -> None:
    """Begin a month: remember the cash of every account and empty the books."""
    copy_into(books.before, books.cash)
    books.debt_before = books.debt
    books.written_off = 0.0
    books.booked[:] = 0.0
    books.received[:] = 0.0


def explain(books: Record) -> str:
    """Return one sentence on a failed check: account, purpose and amount in KRW."""
    code, position, residual = int(books.verdict[0]), int(books.verdict[1]), float(books.verdict[2])
    if code == PURPOSE_FAILS:
        purpose = PURPOSES[position]
        return (
            f"purpose {purpose.id}: {purpose.payer} booked {books.booked[position]:,.0f} KRW but "
            f"{purpose.payee} counted {residual:+,.0f} KRW against it"
        )
    if code == NEGATIVE_FLOW:
        purpose = PURPOSES[position]
        return f"purpose {purpose.id}: {purpose.payer} to {purpose.payee} is no payment: {residual:,.0f} KRW"
    if code == DEBT_FAILS:
        return f"debts of merchants moved by {residual:+,.0f} KRW more than lent, repaid and written off"
    if code == EXTINCT:
        whose = ("people", "small merchants", *(f"merchants of {sector}" for sector in SECTORS))[position]
        return (
            f"{whose} died out: {residual:,.0f} are left, so nothing after this month means anything; check what the "
            "scenario sets for income, closing and entry"
        )
    if position == len(ACCOUNTS):
        return f"all accounts together: net lending is {residual:+,.0f} KRW, not zero"
    named = ", ".join(
        f"{purpose.id} {books.booked[i]:,.0f}"
        for i, purpose in enumerate(PURPOSES)
        if ACCOUNTS[position] in (purpose.payer, purpose.payee) and books.booked[i]
    )
    return f"account {ACCOUNTS[position]}: cash moved by {residual:+,.0f} KRW more than booked ({named})"


def matrix(booked: F8) -> F8:
    """Return payments by (payer, payee) from payments by purpose, KRW."""
    table = np.zeros((len(ACCOUNTS), len(ACCOUNTS)))
    np.add.at(table, (PAYER, PAYEE), booked)
    return table
