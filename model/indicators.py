"""What is measured every month, declared once: id, labels, unit, better direction, aggregation over a year.

`CORE` is the order of the columns of a run's core table. Statistics, charts and documents read these
declarations; nothing else names a unit or a label of an indicator.
"""

from dataclasses import dataclass
from typing import Final, Literal

from model.codes import (
    AGE_BANDS,
    FIRST_PLATFORMS,
    FUNDED,
    INSTRUMENTS,
    LABELS,
    NEEDS,
    NEW_INDUSTRIES,
    ONLINE_NEEDS,
    ONLINE_SERVICES,
    SECTORS,
    STAGES,
    STAGES_OF_ENTRIES,
    TECHNOLOGIES,
)

Better = Literal["higher", "lower", "neither"]
Aggregation = Literal["last", "sum", "mean"]


@dataclass(frozen=True)
class Indicator:
    """One measured quantity; `aggregation` says how months make a year, `groups` where it is shown."""

    id: str
    label_en: str
    label_ko: str
    unit: str
    better: Better
    aggregation: Aggregation
    groups: tuple[str, ...]


def _money(name: str, english: str, korean: str, group: str, better: Better = "neither") -> Indicator:
    return Indicator(name, english, korean, "KRW/month", better, "sum", (group,))


def _people(name: str, english: str, korean: str, group: str, better: Better = "neither") -> Indicator:
    return Indicator(name, english, korean, "persons", better, "last", (group,))


def _consumption() -> list[Indicator]:
    rows = [
        Indicator(
            "online_share_goods",
            "Online share of retail sales of goods",
            "상품 소매판매 중 온라인 비중",
            "share",
            "neither",
            "mean",
            ("consumption",),
        ),
        _money("online_goods_krw", "Online sales of goods", "온라인 상품 판매액", "consumption"),
    ]
    rows += [
        _money(f"online_{need}_krw", f"Online: {LABELS[need][0]}", f"온라인: {LABELS[need][1]}", "consumption")
        for need in NEEDS[:ONLINE_NEEDS]
    ]
    rows += [
        _money(f"spending_{need}_krw", f"Spending: {LABELS[need][0]}", f"지출: {LABELS[need][1]}", "consumption")
        for need in NEEDS
    ]
    rows += [
        _money("online_total_krw", "Online: goods, meals, mobility", "온라인 합계(상품·음식·이동)", "consumption"),
        _money("face_to_face_meals_krw", "Meals bought face to face", "대면 외식 지출", "consumption"),
    ]
    rows += [_money("household_saving_krw", "Household saving", "가계 저축", "consumption")]
    return rows


def _users() -> list[Indicator]:
    rows = [
        _people("adults_persons", "People aged 20 and over", "20세 이상 인구", "people"),
        _people("users_online_goods_persons", "Users of online shopping", "온라인 쇼핑 이용자", "users", "higher"),
    ]
    rows += [
        _people(
            f"users_online_goods_{band}_persons",
            f"Users of online shopping, {LABELS[band][0]}",
            f"온라인 쇼핑 이용자, {LABELS[band][1]}",
            "users",
            "higher",
        )
        for band in AGE_BANDS
    ]
    rows.append(
        _people("users_online_meals_persons", "Online users: meals", "온라인 이용자: 외식·배달음식", "users", "higher")
    )
    rows += [
        _people(
            f"account_holders_{service}_persons",
            f"Account holders: {LABELS[service][0]}",
            f"계정 보유자: {LABELS[service][1]}",
            "accounts",
        )
        for service in ONLINE_SERVICES
    ]
    rows += [
        _people(
            f"instrument_holders_{name}_persons",
            f"Holders: {LABELS[name][0]}",
            f"보유자: {LABELS[name][1]}",
            "accounts",
        )
        for name in INSTRUMENTS
    ]
    skill = Indicator(
        "digital_skill_mean",
        "Mean digital skill",
        "평균 디지털 역량",
        "index 0-1",
        "higher",
        "last",
        ("people",),
    )
    return [*rows, skill]


def _payments() -> list[Indicator]:
    return [
        _money("mobile_pay_card_krw", "Paid by mobile pay at the till", "매장 모바일 결제액", "payments"),
        _money("online_simple_pay_krw", "Paid by online simple pay", "온라인 간편결제액", "payments"),
        _money("public_qr_krw", "Paid by public QR", "공공 QR 결제액", "payments"),
        Indicator(
            "public_qr_payments",
            "Public QR payments",
            "공공 QR 결제 건수",
            "payments/month",
            "neither",
            "sum",
            ("payments",),
        ),
    ]


def _adoption() -> list[Indicator]:
    rows = []
    for technology in TECHNOLOGIES:
        rows += [_stage(technology, stage) for stage in _stages_of(technology)]
        if technology in FUNDED:
            rows.append(
                Indicator(
                    f"merchants_subsidised_{technology}",
                    f"{LABELS[technology][0]}: installed with public support so far",
                    f"{LABELS[technology][1]}: 누적 지원 설치",
                    "merchants",
                    "neither",
                    "last",
                    ("adoption",),
                )
            )
    return rows


def _stages_of(technology: str) -> tuple[str, ...]:
    """Return what is counted of a technology: every stage if a lever can pay for it, else who uses it."""
    if technology in FUNDED:
        return STAGES
    return STAGES_OF_ENTRIES if technology in ("open_market_entry", "delivery_app") else ("active",)


def _stage(technology: str, stage: str) -> Indicator:
    english = f"{LABELS[technology][0]}: {LABELS[stage][0].lower()}"
    korean = f"{LABELS[technology][1]}: {LABELS[stage][1]}"
    better: Better = "higher" if stage in STAGES_OF_ENTRIES else "neither"
    return Indicator(f"merchants_{stage}_{technology}", english, korean, "merchants", better, "last", ("adoption",))


def _merchants() -> list[Indicator]:
    rows = [
        Indicator(
            "merchants_total",
            "Small merchants",
            "소상공인 수",
            "merchants",
            "neither",
            "last",
            ("merchants",),
        ),
        _money("sales_face_to_face_krw", "Small merchants' sales face to face", "소상공인 대면 매출", "merchants"),
        _money("sales_online_krw", "Small merchants' sales online", "소상공인 온라인 매출", "merchants"),
        _money("sales_business_krw", "Small merchants' sales to businesses", "소상공인 기업 매출", "merchants"),
    ]
    rows += [
        _money(f"sales_{sector}_krw", f"Sales: {LABELS[sector][0]}", f"매출: {LABELS[sector][1]}", "merchants")
        for sector in SECTORS
    ]
    rows += [
        _money("owner_income_krw", "Owners' income", "업주 소득", "merchants", "higher"),
        _money("wages_krw", "Wages paid by small merchants", "소상공인 지급 임금", "merchants"),
        _people("heads_owners_persons", "Owners at work", "업주 종사자", "jobs"),
        _people("heads_family_persons", "Unpaid family workers", "무급가족종사자", "jobs"),
        _people("heads_regular_persons", "Regular staff", "상용 종사자", "jobs"),
        _people("heads_temporary_persons", "Temporary staff", "임시·일용 종사자", "jobs"),
        _money("large_seller_sales_krw", "Large sellers' sales", "대형 판매자 매출", "rivals"),
        _money("platform_commission_krw", "Commissions of the open market", "오픈마켓 수수료 수입", "rivals"),
        _money("delivery_platform_commission_krw", "Commissions of delivery apps", "배달앱 수수료 수입", "rivals"),
        _money("logistics_krw", "Parcel delivery revenue", "택배 매출", "rivals"),
        _money("couriers_krw", "Delivery revenue of couriers", "배달 매출", "rivals"),
        _money("kiosk_sales_krw", "Ordered at kiosks", "키오스크 주문액", "merchants"),
    ]
    return rows


def _public_money() -> list[Indicator]:
    rows = [
        _money("public_spending_krw", "Public spending on programmes and rewards", "사업·혜택 재정 지출", "money"),
        _money("public_spending_subsidies_krw", "Device subsidies", "기기 보조금", "money"),
        _money("public_spending_visits_krw", "Enrolment visits", "방문 가맹 비용", "money"),
        _money("public_spending_campaigns_krw", "Campaigns", "홍보비", "money"),
        _money("public_spending_rewards_krw", "Consumer rewards", "소비자 혜택", "money"),
    ]
    rows += [
        _money(
            f"public_spending_{technology}_krw",
            f"Programmes for {LABELS[technology][0].lower()}",
            f"{LABELS[technology][1]} 사업 지출",
            "money",
        )
        for technology in FUNDED
    ]
    rows += [
        _money("public_spending_training_krw", "Training of owners", "업주 교육비", "money"),
        Indicator(
            "owners_trained_persons",
            "Owners trained so far",
            "누적 교육 업주",
            "persons",
            "neither",
            "last",
            ("adoption",),
        ),
    ]
    residual = Indicator(
        "ledger_residual", "Largest residual of the money check", "회계 검증 최대 잔차", "share of turnover",
        "lower", "mean", ("check",),
    )  # fmt: skip
    return [*rows, residual]


def _platforms() -> list[Indicator]:
    named = [(code, *LABELS[code]) for code in FIRST_PLATFORMS]
    rows = [
        _share(
            f"commission_{code}_small_share", f"Commission, small sellers: {english}", f"소상공인 수수료율: {korean}"
        )
        for code, english, korean in named
    ]
    rows += [
        _share(f"consumer_fee_{code}_share", f"Consumer fee: {english}", f"소비자 이용료율: {korean}")
        for code, english, korean in named
    ]
    rows += [
        _share(f"exposure_small_{code}", f"Exposure, small sellers: {english}", f"소상공인 노출도: {korean}", "ratio")
        for code, english, korean in named
    ]
    return [
        *rows,
        _money("public_platform_orders_krw", "Orders by the public delivery app", "공공배달앱 주문액", "platforms"),
        Indicator(
            "public_platform_members", "Restaurants on the public delivery app", "공공배달앱 가맹 음식점", "merchants",
            "neither", "last", ("platforms",),
        ),
        _share("online_price_index", "Online prices over the start", "온라인 판매가격 지수(초기 대비)", "ratio"),
        _money("platform_profit_krw", "Profit of private platforms", "민간 플랫폼 이익", "platforms"),
        _money("platform_rivals_orders_krw", "Orders through rival platforms", "경쟁 플랫폼 주문액", "platforms"),
        _money("first_party_sales_krw", "Open market's own sales", "오픈마켓 직매입 판매액", "platforms"),
        Indicator(
            "multi_homers_persons", "People with accounts on several platforms of a service", "복수 플랫폼 이용자",
            "persons", "neither", "last", ("platforms",),
        ),
    ]  # fmt: skip


def _share(name: str, english: str, korean: str, unit: str = "share") -> Indicator:
    return Indicator(name, english, korean, unit, "neither", "mean", ("platforms",))


def _life() -> list[Indicator]:
    def merchants(name: str, english: str, korean: str, unit: str, better: Better, year: Aggregation) -> Indicator:
        return Indicator(name, english, korean, unit, better, year, ("life",))

    return [
        merchants("openings", "Merchants that opened", "개업", "merchants/month", "neither", "sum"),
        merchants("closures", "Merchants that closed", "폐업", "merchants/month", "neither", "sum"),
        merchants("births_waiting", "Openings that wait for a place", "대기 중인 개업", "merchants", "lower", "last"),
        merchants("debt_krw", "Merchants' debts", "소상공인 부채", "KRW", "neither", "last"),
        merchants("merchants_with_debt", "Merchants with debt", "부채 보유 소상공인", "merchants", "neither", "last"),
        _money("loans_krw", "New loans to merchants", "신규 대출", "life"),
        _money("defaults_krw", "Debts never repaid", "부도액", "life", "lower"),
        _money("loans_guaranteed_krw", "New loans guaranteed", "신규 보증액", "life"),
        _money("public_spending_loans_krw", "Interest and guarantees borne", "이차보전·보증 지출", "money"),
    ]


def _services() -> list[Indicator]:
    def used(name: str, english: str, korean: str, unit: str) -> Indicator:
        year: Aggregation = "last" if unit == "persons" else "sum"
        return Indicator(name, english, korean, unit, "higher", year, ("services",))

    return [
        _money("internet_lectures_krw", "Internet lectures", "인터넷 강의 지출", "services"),
        _money("e_culture_krw", "E-culture", "e-컬처 지출", "services"),
        used("e_government_hours_saved", "Hours saved by e-government", "전자정부 절감 시간", "hours/month"),
        used("online_learners_persons", "Learners of public online lessons", "공공 온라인 교육 학습자", "persons"),
        used("online_museum_visits", "Visits to online museums", "온라인 박물관 방문", "visits/month"),
        *_gated(),
    ]


def _firms() -> list[Indicator]:
    staff = [
        _people(
            f"firm_staff_{code}_persons", f"Staff: {LABELS[code][0]}", f"종사자: {LABELS[code][1]}", "firms", "higher"
        )
        for code in NEW_INDUSTRIES
    ]
    sales = [
        _money(f"firm_sales_{code}_krw", f"Sales: {LABELS[code][0]}", f"매출: {LABELS[code][1]}", "firms")
        for code in NEW_INDUSTRIES
    ]
    return [
        Indicator("firms_total", "New-industry firms", "신산업 기업 수", "firms", "neither", "last", ("firms",)),
        *staff,
        *sales,
        _money("firm_exports_krw", "Exports of new-industry firms", "신산업 수출", "firms", "higher"),
        _people("firm_vacancies_persons", "Vacancies of new-industry firms", "신산업 미충원 인원", "firms", "lower"),
    ]


def _trade() -> list[Indicator]:
    def level(name: str, english: str, korean: str) -> Indicator:
        return Indicator(name, english, korean, "index 0-1", "higher", "mean", ("trade",))

    def moved(name: str, english: str, korean: str) -> Indicator:
        return _money(name, english, korean, "trade", "higher")

    return [
        moved("b2b_platform_orders_krw", "Orders by manufacturing platforms", "온라인 제조 플랫폼 주문액"),
        moved("e_trade_exports_krw", "Exports by e-trade", "전자무역 수출액"),
        moved("procurement_small_krw", "Public procurement from small merchants", "소상공인 공공구매액"),
        moved("online_export_krw", "Exports by online consultation", "온라인 상담 수출액"),
        moved("online_fair_contracts_krw", "Contracts of online fairs", "온라인 박람회 계약액"),
        moved("remote_meeting_saved_krw", "Official travel saved by remote meetings", "원격회의 출장비 절감액"),
        moved("egov_export_krw", "E-government exports (side account)", "전자정부 수출액(별도 계정)"),
        moved("intergov_contract_krw", "Intergovernmental contracts", "정부 간 수출입 계약액"),
        _money("c2c_goods_krw", "Second-hand goods traded directly", "중고 상품 직거래액", "trade"),
        level("c2c_trust", "Trust in direct trade", "직거래 신뢰도"),
        level("data_advice_quality", "Quality of advice from data", "데이터 자문 품질"),
    ]


def _gated() -> list[Indicator]:
    def row(name: str, english: str, korean: str, unit: str, better: Better, year: Aggregation) -> Indicator:
        return Indicator(name, english, korean, unit, better, year, ("services",))

    return [
        row("telemedicine_visits", "Telemedicine visits", "비대면 진료 건수", "visits/month", "higher", "sum"),
        row(
            "clinic_share_of_health",
            "Clinics' share of health spending",
            "보건 지출 중 의원 비중",
            "share",
            "neither",
            "mean",
        ),
        row(
            "unmanned_parcels",
            "Parcels and meals by drone or robot",
            "무인배송 건수",
            "deliveries/month",
            "neither",
            "sum",
        ),
        row(
            "courier_hours_per_parcel",
            "Courier hours per delivery",
            "배송 1건당 인력 투입 시간",
            "hours",
            "neither",
            "mean",
        ),
        row(
            "service_accidents",
            "Accidents of gated services",
            "규제 대상 서비스 사고",
            "accidents/month",
            "lower",
            "sum",
        ),
    ]


def _work() -> list[Indicator]:
    def counted(name: str, english: str, korean: str, unit: str, better: Better, year: Aggregation) -> Indicator:
        return Indicator(name, english, korean, unit, better, year, ("services", "jobs"))

    return [
        counted("teleworkers_persons", "People who telework", "재택근무자", "persons", "neither", "mean"),
        counted("vacancy_months", "How long a vacancy lasts", "구인 충원 기간", "months", "lower", "mean"),
        counted("online_hires_persons", "Regular staff hired through online recruitment", "온라인 채용 상용직",
                "persons/month", "higher", "sum"),
        counted("smart_finance_users_persons", "Users of smart finance", "스마트 금융 이용자", "persons", "higher",
                "last"),
    ]  # fmt: skip


CORE: Final[tuple[Indicator, ...]] = (
    *_consumption(),
    *_users(),
    *_payments(),
    *_adoption(),
    *_merchants(),
    *_platforms(),
    *_life(),
    *_services(),
    *_firms(),
    *_trade(),
    *_work(),
    *_public_money(),
)
INDICATORS: Final[dict[str, Indicator]] = {indicator.id: indicator for indicator in CORE}
POSITION: Final[dict[str, int]] = {indicator.id: column for column, indicator in enumerate(CORE)}
"""Column of each core indicator in a run's core table."""
