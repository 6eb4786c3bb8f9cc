"""Between 21:00 and 8:00 on the clinic's clock, only alarms and answers to what was just asked."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.sms.quiet import ANYWHERE, JUST_ASKED, may_send_at

NEW_YORK = ZoneInfo("America/New_York")


def at(*clock, zone=NEW_YORK, day=10):
    return datetime(2026, 11, day, *clock, tzinfo=zone)


@pytest.mark.parametrize("clock", [(8, 0), (12, 0), (20, 59)])
def test_by_day_a_late_answer_goes_at_once(clock):
    moment = at(*clock)
    assert may_send_at(moment, moment - timedelta(hours=5), [NEW_YORK]) == moment


@pytest.mark.parametrize(("clock", "day"), [((21, 0), 11), ((23, 59), 11), ((0, 0), 10), ((7, 59), 10)])
def test_at_night_a_late_answer_waits_for_the_morning(clock, day):
    moment = at(*clock)
    allowed = may_send_at(moment, moment - timedelta(hours=5), [NEW_YORK])
    assert allowed.astimezone(NEW_YORK) == at(8, 0, day=day)


def test_what_was_just_asked_is_answered_at_any_hour():
    moment = at(3, 0)
    assert may_send_at(moment, moment - JUST_ASKED, [NEW_YORK]) == moment


def test_where_the_zone_is_not_known_it_is_day_on_both_coasts():
    morning = at(8, 30)
    allowed = may_send_at(morning, morning - timedelta(hours=9), ANYWHERE)
    assert allowed.astimezone(NEW_YORK) == at(11, 0)
    evening = at(21, 30).astimezone(UTC)
    assert may_send_at(evening, evening - timedelta(hours=9), ANYWHERE).astimezone(NEW_YORK) == at(11, 0, day=11)


def test_the_night_in_which_the_clock_changes_ends_at_eight_as_well():
    night = datetime(2026, 3, 8, 1, 30, tzinfo=NEW_YORK)
    allowed = may_send_at(night.astimezone(UTC), night - timedelta(hours=9), [NEW_YORK]).astimezone(NEW_YORK)
    assert (allowed.hour, allowed.minute, allowed.day) == (8, 0, 8)
