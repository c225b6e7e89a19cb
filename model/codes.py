"""Code lists: the names every room shares, in the order their numbers stand for.

Each list is a tuple of English ids; an agent's column stores the position in the tuple.
Labels in Korean and English stand beside the ids, for tables, charts and messages.
"""

from typing import Final

from model.service_rows import service_rows, types_used_by

PROVINCES: Final = (
    "Seoul",
    "Busan",
    "Daegu",
    "Incheon",
    "Gwangju",
    "Daejeon",
    "Ulsan",
    "Sejong",
    "Gyeonggi",
    "Gangwon",
    "Chungbuk",
    "Chungnam",
    "Jeonbuk",
    "Jeonnam",
    "Gyeongbuk",
    "Gyeongnam",
    "Jeju",
)
MACRO_REGIONS: Final = ("capital", "chungcheong", "honam", "daegyeong", "dongnam")
MACRO_REGION_OF_PROVINCE: Final = (0, 4, 3, 0, 2, 1, 4, 1, 0, 0, 1, 1, 2, 2, 3, 4, 2)
"""Macro-region of each province; Gangwon is counted with the capital area, Jeju with Honam."""

DISTRICT_KINDS: Final = ("traditional_market", "workshop_cluster", "street_residential", "street_office")
SECTORS: Final = (
    "grocery_retail",
    "fashion_retail",
    "home_goods_retail",
    "food_service",
    "personal_services",
    "small_manufacturing",
)
AGE_BANDS: Final = ("20s", "30s", "40s", "50s", "60s", "70+")
OWNER_AGE_BANDS: Final = ("under_30", "30s", "40s", "50s", "60+")
SIZE_BANDS: Final = ("smallest_third", "middle_third", "largest_third")

NEEDS: Final = ("groceries", "fashion", "home_goods", "meals", "mobility", "personal_services")
"""Needs simulated so far. The first `ONLINE_NEEDS` can be met online, the others face to face only."""
OTHER_SPENDING: Final = "other_spending"
"""What households spend on everything else; after the needs wherever money is split."""
SAVING: Final = "saving"
"""What they keep; after other spending where a budget is split."""
GOODS_NEEDS: Final = 3
"""Needs for goods, the first: sold over the nation, by parcel."""
ONLINE_NEEDS: Final = 5
NEEDS_WITH_USERS: Final = 4
"""Online needs whose users of a month are counted, the first; how often people travel is no fixed number."""
MEALS: Final = 3
"""The need that delivery apps meet, sold within a province; also the sector that serves it."""
MOBILITY: Final = 4
"""Travel and transport: tickets, rooms and trips, booked online or bought at a counter, of large firms only."""
NO_SECTOR: Final = -1
SECTOR_OF_NEED: Final = (0, 1, 2, 3, NO_SECTOR, 4)
"""Sector of small merchants, and of large sellers' shops, that serves a need."""

ONLINE_SERVICES: Final = ("open_market", "large_seller_mall", "delivery_app")
"""Online services a consumer may hold an account with: one bit each in `accounts`."""
GOODS_SERVICES: Final = 2
"""Services for goods, the first; the delivery app is for meals."""
FIRST_PLATFORMS: Final = ("open_market", "delivery_app")
"""Private platforms there from the start: of goods over the nation, of meals by province."""
RIVALS: Final = ("open_market_rival", "delivery_app_rival")
"""Private platforms that may enter beside them, one for each, absent at the start."""
PLATFORMS: Final = (*FIRST_PLATFORMS, *RIVALS)
"""Private platforms, which set prices."""
SERVICES_WITHOUT_ACCOUNT: Final = ("travel_booking",)
"""Online services open to whoever holds an account for goods."""
INSTRUMENTS: Final = ("mobile_pay_card", "online_simple_pay", "public_qr_pay")
"""The three payment rows, never one: a bit each in `instruments`."""
TECHNOLOGIES: Final = (
    "mobile_pay_terminal",
    "public_qr",
    "open_market_entry",
    "delivery_app",
    "kiosk",
    "table_order",
    "own_online_store",
    "live_commerce",
    "serving_robot",
    "unmanned_night_store",
    "subscription",
    "smart_workshop",
    "data_advice",
    "telework_kit",
)
FUNDED: Final = (
    "mobile_pay_terminal",
    "public_qr",
    "kiosk",
    "table_order",
    "own_online_store",
    "live_commerce",
    "serving_robot",
    "unmanned_night_store",
)
"""Technologies that a lever can pay for: public spending is counted for them."""
PEOPLE_SERVICES: Final = types_used_by("people")
"""Service types that people use, by province and age band."""
ORGANISATION_SERVICES: Final = types_used_by("organisations")
"""Service types that firms and public bodies use, by province."""
TRADES: Final = ("e_procure_produce_sell", "e_trade", "public_procurement", "online_export", "online_fair")
"""Services that bring orders to small merchants: the first two of other firms, the rest of or through government."""
ORDERS: Final = ("e_procure_produce_sell", "e_trade", "online_export", "online_fair")
"""Those of them that bring orders to manufacturers alone; procurement buys in every sector."""
USED_SERVICES: Final = (*PEOPLE_SERVICES, *ORGANISATION_SERVICES)
"""Service types with a share of use of their own."""
SERVICE_TYPES: Final = (*USED_SERVICES, *types_used_by("merchants"))
"""The service types of the founding study; the last are what merchants and platforms offer."""
GATED: Final = tuple(
    row.id for row in service_rows() if row.id in USED_SERVICES and row.id == row.type and row.gate == "closed"
)
"""Service types that the law of 2017 to 2020 does not allow; sandboxes try them out (model.levers.sandbox)."""
DELIVERIES: Final = ("parcels", "meals")
"""What couriers carry: goods bought online, over the nation, and meals ordered by app, nearby."""
CATEGORIES: Final = ("education", "culture", "health")
"""Parts of other spending that can be met at a distance."""
SERVICE_OF_CATEGORY: Final = tuple(
    PEOPLE_SERVICES.index(service) for service in ("internet_lectures", "e_culture", "noncontact_medical")
)
"""Which of `PEOPLE_SERVICES` meets a category at a distance."""
BUSINESS_AGES: Final = ("first_year", "years_2_to_5", "later")
"""Classes of the age of a business, for the hazard of closing."""
STAGES: Final = ("aware", "applied", "selected", "installed", "active", "abandoned")
"""Stages that are counted by technology, where a lever can pay for it."""
STAGES_OF_ENTRIES: Final = ("installed", "active")
"""Stages that are counted for entries to platforms."""

NEW_INDUSTRIES: Final = ("ai", "bio_health", "fintech", "smart_mobility", "robot")
"""Sectors of new-industry firms."""
FIRM_STAGES: Final = ("research", "demonstration", "commercial", "scaling")
"""Stages of a new-industry firm, in their order."""
SKILLS: Final = ("researcher", "practitioner")
"""Skills of new-industry staff: master's degrees and doctorates, and the others."""
SEOUL_DISTRICTS: Final = (
    "Jongno", "Jung", "Yongsan", "Seongdong", "Gwangjin", "Dongdaemun", "Jungnang", "Seongbuk", "Gangbuk", "Dobong",
    "Nowon", "Eunpyeong", "Seodaemun", "Mapo", "Yangcheon", "Gangseo", "Guro", "Geumcheon", "Yeongdeungpo", "Dongjak",
    "Gwanak", "Seocho", "Gangnam", "Songpa", "Gangdong",
)  # fmt: skip
"""The 25 districts of Seoul, where new-industry firms are placed."""

LABELS: Final[dict[str, tuple[str, str]]] = {
    **{row.id: (row.label["en"], row.label["ko"]) for row in service_rows() if row.id == row.type},
    "Seoul": ("Seoul", "서울"),
    "Busan": ("Busan", "부산"),
    "Daegu": ("Daegu", "대구"),
    "Incheon": ("Incheon", "인천"),
    "Gwangju": ("Gwangju", "광주"),
    "Daejeon": ("Daejeon", "대전"),
    "Ulsan": ("Ulsan", "울산"),
    "Sejong": ("Sejong", "세종"),
    "Gyeonggi": ("Gyeonggi", "경기"),
    "Gangwon": ("Gangwon", "강원"),
    "Chungbuk": ("Chungbuk", "충북"),
    "Chungnam": ("Chungnam", "충남"),
    "Jeonbuk": ("Jeonbuk", "전북"),
    "Jeonnam": ("Jeonnam", "전남"),
    "Gyeongbuk": ("Gyeongbuk", "경북"),
    "Gyeongnam": ("Gyeongnam", "경남"),
    "Jeju": ("Jeju", "제주"),
    "capital": ("Capital area and Gangwon", "수도권·강원"),
    "chungcheong": ("Chungcheong", "충청권"),
    "honam": ("Honam and Jeju", "호남·제주"),
    "daegyeong": ("Daegu and Gyeongbuk", "대경권"),
    "dongnam": ("Busan, Ulsan and Gyeongnam", "동남권"),
    "traditional_market": ("Traditional market", "전통시장"),
    "workshop_cluster": ("Workshop cluster", "소공인 집적지"),
    "street_residential": ("Street, residential", "골목상권(주거)"),
    "street_office": ("Street, office", "골목상권(업무)"),
    "grocery_retail": ("Grocery shops", "식료품 소매"),
    "fashion_retail": ("Fashion shops", "패션 소매"),
    "home_goods_retail": ("Home and other goods shops", "생활·기타 소매"),
    "food_service": ("Restaurants and cafes", "음식점"),
    "personal_services": ("Personal and repair services", "개인·수리 서비스"),
    "small_manufacturing": ("Small manufacturers", "소공인"),
    "20s": ("20s", "20대"),
    "30s": ("30s", "30대"),
    "40s": ("40s", "40대"),
    "50s": ("50s", "50대"),
    "60s": ("60s", "60대"),
    "70+": ("70 and over", "70세 이상"),
    "under_30": ("Under 30", "30세 미만"),
    "60+": ("60 and over", "60세 이상"),
    "smallest_third": ("Smallest third by sales", "매출 하위 3분의 1"),
    "middle_third": ("Middle third by sales", "매출 중위 3분의 1"),
    "largest_third": ("Largest third by sales", "매출 상위 3분의 1"),
    "groceries": ("Groceries", "식료품"),
    "fashion": ("Fashion", "패션"),
    "home_goods": ("Home and other goods", "생활·기타 상품"),
    "meals": ("Meals out and delivered", "외식·배달음식"),
    "mobility": ("Mobility and travel", "이동·여행"),
    "other_spending": ("Other spending", "기타 지출"),
    "saving": ("Saving", "저축"),
    "open_market": ("Open market", "오픈마켓"),
    "open_market_rival": ("Rival of the open market", "오픈마켓 경쟁사"),
    "delivery_app_rival": ("Rival of the delivery apps", "배달앱 경쟁사"),
    "large_seller_mall": ("Large sellers' own malls", "대형 판매자 자체몰"),
    "travel_booking": ("Online booking of travel", "여행·교통 온라인 예약"),
    "mobile_pay_card": ("Mobile pay on card networks", "카드망 모바일 결제"),
    "online_simple_pay": ("Online simple pay", "온라인 간편결제"),
    "public_qr_pay": ("Public QR pay", "공공 QR 결제"),
    "mobile_pay_terminal": ("Mobile-pay terminal", "모바일 결제 단말기"),
    "public_qr": ("Public QR network", "공공 QR 결제망"),
    "open_market_entry": ("Open-market entry", "오픈마켓 입점"),
    "delivery_app": ("Delivery app", "배달앱"),
    "parcels": ("Parcels", "택배"),
    "education": ("Education", "교육"),
    "culture": ("Culture, games and media", "문화·게임·미디어"),
    "health": ("Health", "보건"),
    "first_year": ("First year", "1년 이내"),
    "years_2_to_5": ("Years 2 to 5", "2~5년"),
    "later": ("Later", "5년 초과"),
    "kiosk": ("Kiosk", "키오스크"),
    "table_order": ("Table order", "테이블 주문기"),
    "own_online_store": ("Own online store", "자체 온라인몰"),
    "live_commerce": ("Live commerce", "라이브커머스"),
    "serving_robot": ("Serving robot", "서빙 로봇"),
    "unmanned_night_store": ("Unmanned night store", "야간 무인 점포"),
    "subscription": ("Subscription", "구독 서비스"),
    "smart_workshop": ("Smart workshop", "스마트공방"),
    "data_advice": ("Advice from data", "데이터 기반 자문"),
    "telework_kit": ("Telework kit", "원격근무 도구"),
    "aware": ("Aware", "인지"),
    "applied": ("Applied", "신청"),
    "selected": ("Selected", "선정"),
    "installed": ("Installed", "설치"),
    "active": ("Active", "실사용"),
    "abandoned": ("Abandoned", "중단"),
    "ai": ("Artificial intelligence", "인공지능"),
    "bio_health": ("Bio and health", "바이오·헬스"),
    "fintech": ("Financial technology", "핀테크"),
    "smart_mobility": ("Smart mobility", "스마트 모빌리티"),
    "robot": ("Robots", "로봇"),
    "research": ("Research", "연구"),
    "demonstration": ("Demonstration", "실증"),
    "commercial": ("Commercial", "사업화"),
    "scaling": ("Scaling", "확장"),
    "researcher": ("Researchers", "연구 인력"),
    "practitioner": ("Practitioners", "실무 인력"),
    **dict(
        zip(
            SEOUL_DISTRICTS,
            zip(
                SEOUL_DISTRICTS,
                [
                    "종로",
                    "중",
                    "용산",
                    "성동",
                    "광진",
                    "동대문",
                    "중랑",
                    "성북",
                    "강북",
                    "도봉",
                    "노원",
                    "은평",
                    "서대문",
                    "마포",
                    "양천",
                    "강서",
                    "구로",
                    "금천",
                    "영등포",
                    "동작",
                    "관악",
                    "서초",
                    "강남",
                    "송파",
                    "강동",
                ],
                strict=True,
            ),
            strict=True,
        )
    ),
}
"""English and Korean label of every id above."""


def label(code: str, language: str = "en") -> str:
    """Return the label of a code in `language` ("en" or "ko"); KeyError for an unknown code."""
    return LABELS[code][0 if language == "en" else 1]
