"""Government to consumer: petitions, lessons and museums at a distance save time and teach digital skill."""

from typing import Final

from numba import float32, njit

from model.channels.services import PEOPLE_CELLS
from model.codes import AGE_BANDS, PEOPLE_SERVICES
from model.numerics import JIT
from model.records import Record

E_GOVERNMENT: Final = PEOPLE_SERVICES.index("e_government")
ONLINE_EDUCATION: Final = PEOPLE_SERVICES.index("online_education")
ONLINE_MUSEUM: Final = PEOPLE_SERVICES.index("online_museum")
_BANDS: Final = len(AGE_BANDS)


@njit(**JIT)
def clear_g2c(state: Record, rules: Record, tables: Record) -> None:
    """Count hours saved, learners and visits, and set what use teaches people this month.

    tables: the consumers', whose `public_use` is set by province and age band.
    """
    petitions, learners, visitors = 0.0, 0.0, 0.0
    for cell in range(PEOPLE_CELLS):
        people = state.adults[cell]
        by_petition, by_lesson = float(state.use[E_GOVERNMENT, cell]), float(state.use[ONLINE_EDUCATION, cell])
        at_museum = float(state.use[ONLINE_MUSEUM, cell])
        petitions += people * by_petition
        learners += people * by_lesson
        visitors += people * at_museum
        place = cell // _BANDS * (_BANDS + 1) + cell % _BANDS
        tables.public_use[place] = float32(rules.learning * (by_petition + by_lesson + at_museum))
    state.hours_saved = petitions * rules.petitions * rules.petition_hours
    state.learners = learners
    state.museum_visits = visitors * rules.museum_visits
