"""Everything one run works on, as one tuple of columns and record tables that compiled functions take whole."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.agents.consumers.columns import ConsumerState
from model.agents.government import Schedule
from model.records import Records
from model.synthetic_population.people import PeopleTraits


class World(NamedTuple):
    """One run: traits shared with other runs, this run's state, rules, tables, partial sums and results.

    people: traits; consumers: state columns; merchants: one MERCHANT record a row. Record tables (see the record
    type of that name): consumer_rules, consumer_tables, merchant_rules, market_tables, market, consumption, spending,
    programmes, keys, books of one record; paths one a month; programme_state one a programme; consumer_sums,
    merchant_sums one a chunk and, last, their total. chunk_cells: first cell of each chunk of merchants; layout:
    first row of each cell; peers: (technology, cell); savings: weighted household savings of each chunk, KRW; out:
    (month, core indicator).
    """

    people: PeopleTraits
    consumers: ConsumerState
    consumer_rules: Records
    consumer_tables: Records
    consumer_sums: Records
    merchants: Records
    merchant_rules: Records
    market_tables: Records
    merchant_sums: Records
    chunk_cells: NDArray[np.int64]
    layout: NDArray[np.int64]
    peers: NDArray[np.float32]
    market: Records
    consumption: Records
    spending: Records
    programmes: Records
    schedule: Schedule
    programme_state: Records
    keys: Records
    books: Records
    paths: Records
    savings: NDArray[np.float64]
    out: NDArray[np.float64]
