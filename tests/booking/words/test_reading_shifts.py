"""Which other time is wished for, told by the time that was booked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offered_times import ALL_FREE, ZONE, slot

from bot.booking.words.shifts import read_shift

OLD = slot(12, 1, 10).starts_at  # a Tuesday


def written(shift):
    days = [f"{day:%m-%d}" if day else "" for day in (shift.window.from_, shift.window.to)]
    return f"{shift.way} {'..'.join(days)}".removesuffix(" ..")


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("push it back a week", "later 12-08..12-08"),
        ("can we push it back a couple of days?", "later 12-03..12-03"),
        ("postpone by a couple of weeks", "later 12-15..12-15"),
        ("move it back by 3 days", "later 12-04..12-04"),
        ("a week later", "later 12-08..12-08"),
        ("2 weeks later", "later 12-15..12-15"),
        ("bring it forward two days", "earlier 11-29..11-29"),
        ("move it up a week", "earlier 11-24..11-24"),
        ("an hour earlier", "earlier 12-01..12-01"),
        ("something later that day", "later 12-01..12-01"),
        ("same day but later", "later 12-01..12-01"),
        ("earlier that day", "earlier 12-01..12-01"),
        ("could we do the day after", "later 12-02..12-02"),
        ("to the following day", "later 12-02..12-02"),
        ("the week after instead", "later 12-07..12-13"),
        ("the following week", "later 12-07..12-13"),
        ("the week before", "earlier 11-23..11-29"),
        ("later in the week", "later 11-30..12-06"),
        ("anything earlier?", "earlier"),
        ("something sooner", "earlier"),
        ("later please", "later"),
        ("to a later time", "later"),
        ("push it back", "later"),
        ("bring it forward", "earlier"),
    ],
)
def test_a_time_told_by_the_one_booked(text, shift):
    assert written(read_shift(text, OLD, ZONE)) == shift


@pytest.mark.parametrize(
    "text", ["friday at 10", "the day after tomorrow", "move it to a week from friday", "next week", "keep it", ""]
)
def test_a_time_told_without_the_one_booked(text):
    assert read_shift(text, OLD, ZONE) is None


@pytest.mark.parametrize(("text", "later"), [("something later that day", True), ("anything earlier?", False)])
def test_what_fits_lies_on_that_side_of_the_old_time(text, later):
    fitting = [each for each in ALL_FREE if read_shift(text, OLD, ZONE).matches(each)]
    assert fitting
    assert all((each.starts_at > OLD) is later and each.starts_at != OLD for each in fitting)


@given(st.text(max_size=200), st.integers(0, 400))
def test_any_text_can_be_read(text, hours):
    read_shift(text, OLD + timedelta(hours=hours), ZONE)
