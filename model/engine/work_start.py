"""From the register's values to the numbers of work and finance at a distance."""

from collections.abc import Mapping

import numpy as np

from model.agents.merchants.columns import TELEWORK_KIT
from model.channels.work import WORK_RULES
from model.engine.rules_of import USABLE
from model.parameters import vector
from model.records import Records, fill


def work_rules(values: Mapping[str, float]) -> Records:
    """Return the numbers of telework, matching and smart finance."""
    return fill(
        WORK_RULES,
        employed_share=np.array(vector(values, "work.employed_share", "age_bands")),
        jobs_fit=values["telework.jobs_fit_share"],
        home_days=values["telework.days_at_home_share"],
        office_trade=np.array(vector(values, "telework.office_trade_share", "sectors")),
        commuting=values["telework.commuting_share_of_mobility"],
        kit_weight=values["telework.kit_weight"],
        kit_users=(USABLE >> TELEWORK_KIT & 1).astype(np.float64),
        unemployed_share=values["work.unemployed_share"],
        least_seekers=values["work.least_seekers_share"],
        elsewhere_vacancies=values["work.vacancies_per_seeker"],
        vacancy_months=values["work.vacancy_months"],
        elasticity=values["work.matching_elasticity"],
        online_matching=values["online_recruitment.matching_weight"],
        fee_krw=values["banking.branch_fee_krw_per_adult_month"],
        spread_slope=values["smart_finance.spread_slope_per_year"],
    )
