"""Messages a user sees: where the mistake is, and what else there is to choose."""

import pytest

from model.errors import UserError, UserErrors, at, did_you_mean, raise_if_any


def test_a_place_is_written_as_editors_read_it() -> None:
    assert at("plan.toml", 12, "the quota is below zero") == "plan.toml:12: the quota is below zero"
    assert at("plan.toml", None, "the file is empty") == "plan.toml: the file is empty"


def test_a_near_name_is_offered_and_else_all_names() -> None:
    assert did_you_mean("Seol", ["Busan", "Seoul"]) == " (did you mean Seoul?)"
    assert did_you_mean("zzz", ["Busan", "Seoul"]) == "; allowed: Busan, Seoul"


def test_all_mistakes_are_raised_together_in_order() -> None:
    raise_if_any([])
    with pytest.raises(UserError) as one:
        raise_if_any(["first"])
    with pytest.raises(UserErrors) as both:
        raise_if_any(["first", "second"])
    assert one.value.messages == ("first",)
    assert both.value.messages == ("first", "second")
    assert str(both.value) == "first\nsecond"
