"""The comparison that most tests of this folder look at."""

import pytest

from analysis.comparison import Comparison, compare
from tests.analysis.world import TERMINAL, FakeReader, plan, scenario, settings


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """The terminal programme against the baseline, as `compare` finds it in the small world."""
    both = (scenario("baseline", settings()), scenario("plan_2020", settings(TERMINAL)))
    return compare(
        FakeReader(),
        both,
        plan(*both),
        command="untact compare scenarios/baseline.toml scenarios/plan_2020.toml",
        digest="0123456789abcdef" * 4,
        versions={"untact": "0.1.0", "numpy": "2.4.6"},
    )
