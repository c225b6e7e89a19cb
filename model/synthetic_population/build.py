"""Build the synthetic population of one scale: immutable traits of people and merchants, and their key."""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from model.codes import DISTRICT_KINDS, PROVINCES
from model.errors import UserError, did_you_mean
from model.synthetic_population.merchants import MerchantTraits, sample_merchants
from model.synthetic_population.people import PeopleTraits, sample_people
from model.synthetic_population.tables import derived_hash, people_table

BUILDER_VERSION: Final = 1
"""Raised whenever the same arguments and tables would give other traits."""


@dataclass(frozen=True, eq=False)
class SyntheticKorea:
    """People and merchants of one scale, read-only: any number of runs may share it.

    Attributes:
        scale: N; a merchant's row stands for about N, a person's for about 10 N (1 at N = 1).
        focus: ids of district kinds and provinces held one-to-one, sorted.
        first_year: first January of the horizon; weights and owners' ages hold then.
        last_year: last January of the horizon.
        people: traits of people.
        merchants: traits of merchants and the layout of districts and cells.
        key: SHA-256 (hex) over all of the above that is not derived from it, the tables and the builder.
    """

    scale: float
    focus: tuple[str, ...]
    first_year: int
    last_year: int
    people: PeopleTraits
    merchants: MerchantTraits
    key: str


def build(scale: float, focus: tuple[str, ...] = (), first_year: int = 2017, last_year: int = 2030) -> SyntheticKorea:
    """Build Korea at 1 / `scale`: a pure function of its arguments and the derived tables.

    `focus` names district kinds and provinces to hold one-to-one. Raises UserError for a scale below 1, an
    unknown name, or a horizon outside the tables (2017 to 2035).
    """
    names = _checked(scale, focus, first_year, last_year)
    provinces = frozenset(PROVINCES.index(name) for name in names if name in PROVINCES)
    kinds = frozenset(DISTRICT_KINDS.index(name) for name in names if name in DISTRICT_KINDS)
    return SyntheticKorea(
        float(scale),
        names,
        first_year,
        last_year,
        sample_people(scale, provinces, first_year, last_year),
        sample_merchants(scale, provinces, kinds, first_year),
        population_key(scale, focus, first_year, last_year),
    )


def population_key(scale: float, focus: tuple[str, ...] = (), first_year: int = 2017, last_year: int = 2030) -> str:
    """Return the key that `build` would give its result, without building; raises as `build` does."""
    names = _checked(scale, focus, first_year, last_year)
    parts = [BUILDER_VERSION, float(scale), names, first_year, last_year, derived_hash()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _checked(scale: float, focus: tuple[str, ...], first_year: int, last_year: int) -> tuple[str, ...]:
    if not 1 <= scale < float("inf"):
        raise UserError(f"scale must be 1 or more, not {scale}")
    allowed = (*DISTRICT_KINDS, *PROVINCES)
    for name in focus:
        if name not in allowed:
            raise UserError(f"focus: {name!r} is neither a district kind nor a province{did_you_mean(name, allowed)}")
    years = people_table().years
    if not years[0] <= first_year <= last_year <= years[-1]:
        raise UserError(
            f"the population tables run from {years[0]} to {years[-1]}: "
            f"choose a horizon inside, not {first_year} to {last_year}"
        )
    return tuple(sorted(set(focus)))
