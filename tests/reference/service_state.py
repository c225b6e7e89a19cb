"""What the reference keeps of services, gates, trade and work (docs/model.md 3.4.11 and 3.4.13 to 3.4.15)."""

from dataclasses import dataclass

from tests.reference.draws import B1, F8


@dataclass
class Services:
    """Use, habit and skill of services by (service, cell) and cell; means of the nation and of provinces; trust and
    haste by service; worth of categories in the first month by (province, category); skill and adults as measured this
    month, for the next quarter; trust lost this month by service.
    """

    constant: F8
    use: F8
    habit: F8
    habit_start: F8
    skill: F8
    adults: F8
    national: F8
    in_province: F8
    trust: F8
    haste: F8
    worth_start: F8
    measured_skill: F8
    measured_adults: F8
    lost: F8


@dataclass
class Gated:
    """Gated services, telemedicine and unmanned delivery: joined by (service, province), what trials had so far and
    trust lost this month by service; deliveries of the month by (province, parcels and meals).
    """

    joined: F8
    revised: B1
    stopped: B1
    trial_uses: F8
    trial_accidents: F8
    lost: F8
    deliveries: F8


@dataclass
class Trade:
    """What trade keeps: flow of orders over the start by service, slow mean of real income by province, stock of data
    over the start, transactions of the first month, KRW; users of direct trade at the start by province.
    """

    flow: F8
    trend: F8
    data: float
    transactions_start: float
    users_start: F8


@dataclass
class Work:
    """Telework, hiring and finance, by province where there is more than one number; *_start: of the first month.

    loan_shift: of interest over the start; elsewhere: at work outside, over workers; speed: of filling vacancies over
    the start's, for next month; supplied: what kits in use add to telework next month.
    """

    teleworking_start: F8
    finance_start: float
    loan_shift: float
    elsewhere: F8
    recruitment_start: F8
    tightness_start: F8
    seekers: F8
    vacancies: F8
    speed: F8
    kit_start: float
    supplied: float
