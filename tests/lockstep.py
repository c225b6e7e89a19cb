"""The engine beside the reference: the model is imported here, never by the reference itself."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from model import codes, ledger
from model.economy import Economy
from model.engine.world import World
from model.indicators import CORE
from model.parameters import vector
from model.settings import ORIGIN, Settings
from model.synthetic_population.tables import people_table
from tests.laws.small_korea import copied
from tests.reference.engine_state import state_of, terms_of, traits_of
from tests.reference.start import Traits, start
from tests.reference.state import Constants, Run, State, Values
