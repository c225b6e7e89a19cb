"""Everything one run works on, as one tuple of columns and record tables that compiled functions take whole."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.agents.consumers.columns import ConsumerState
from model.agents.firms.columns import FirmRows
from model.agents.government import Schedule
from model.agents.lending import LoanSchedule
from model.agents.merchants.columns import MerchantRows, Places
from model.records import Records
from model.synthetic_population.people import PeopleTraits


class World(NamedTuple):
    """One run: traits shared with other runs, this run's state, rules, tables, partial sums and results.

    people: traits; consumers, merchants, firms: columns; places: cells of merchants. Record tables (see the record
    type of that name): consumer_rules, consumer_tables, merchant_rules, market_tables, market, consumption,
    platform_rules, spending, programmes, loans, keys, books, service_rules, services, work_rules, work, firm_rules,
    firm_state of one record; terms of two, of first platforms and of their rivals; platforms one a private platform;
    paths, asked (TERMS_PATH), gates, firm_months one a month; programme_state one a programme, loan_state one a loan
    lever; consumer_sums, merchant_sums one a chunk and, last, their total. savings: weighted household savings of each
    chunk, KRW; out: (month, core indicator).
    """

    people: PeopleTraits
    consumers: ConsumerState
    consumer_rules: Records
    consumer_tables: Records
    consumer_sums: Records
    merchants: MerchantRows
    places: Places
    merchant_rules: Records
    market_tables: Records
    merchant_sums: Records
    market: Records
    consumption: Records
    platforms: Records
    platform_rules: Records
    terms: Records
    asked: Records
    spending: Records
    programmes: Records
    schedule: Schedule
    programme_state: Records
    loans: Records
    loan_schedule: LoanSchedule
    loan_state: Records
    keys: Records
    books: Records
    paths: Records
    service_rules: Records
    services: Records
    gates: Records
    firms: FirmRows
    firm_rules: Records
    firm_months: Records
    firm_state: Records
    work_rules: Records
    work: Records
    savings: NDArray[np.float64]
    out: NDArray[np.float64]
