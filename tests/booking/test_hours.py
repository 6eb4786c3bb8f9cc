import datetime as dt
from pathlib import Path

import pytest
import yaml

from bot.booking.hours import Span, load_availability
from bot.errors import ConfigurationError
from bot.settings import ROOT, Settings

EXAMPLE = ROOT / "bot/booking/example.yml"


@pytest.fixture
def loaded(tmp_path):
    """Load the example with changes: a value for a path into it, or None to take it out."""

    def load(changes=None):
        given = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
        for path, value in (changes or {}).items():
            place = given
            for part in path[:-1]:
                place = place[part]
            if value is None:
                del place[path[-1]]
            else:
                place[path[-1]] = value
        file = tmp_path / "hours.yml"
        file.write_text(yaml.safe_dump(given), encoding="utf-8")
        return load_availability(file)

    return load


@pytest.fixture
def written(tmp_path):
    def load(text):
        file = tmp_path / "hours.yml"
        file.write_text(text, encoding="utf-8")
        return load_availability(file)

    return load


def test_the_example_says_that_it_is_one_and_can_be_loaded():
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.startswith("# EXAMPLE")
    assert "INVENTED" in text
    availability = load_availability(EXAMPLE)
    first, second = availability.schedules
    assert first.weekly.on(dt.date(2026, 11, 30)) == (Span(540, 720), Span(780, 990))
    assert first.weekly.on(dt.date(2026, 11, 29)) == ()
    assert [availability.minutes_of(each) for each in (first, second)] == [30, 45]
    assert [second.is_away(dt.date(*day)) for day in ((2026, 12, 20), (2026, 12, 21), (2027, 1, 3), (2027, 1, 4))] == [
        False,
        True,
        True,
        False,
    ]
    assert availability.is_holiday(dt.date(2027, 1, 1))
    assert not availability.is_holiday(dt.date(2027, 1, 2))


def test_a_schedule_is_named_and_one_that_has_gone_keeps_its_id():
    availability = load_availability(EXAMPLE)
    assert availability.name_of("example-room-1") == "Example schedule 1"
    assert availability.name_of("room-of-old") == "room-of-old"


WEEKLY = ("schedules", 0, "weekly")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("time_zone",), None, "time_zone: field required; write an IANA time zone"),
        (("time_zone",), "New York", "time_zone: 'New York' is no time zone; write an IANA name"),
        (("time_zone",), "../../etc/passwd", "is no time zone"),
        (("confirmation",), "maybe", "confirmation: .*; write staff"),
        (("length_minutes",), "30", "length_minutes: .*; write a whole number from 5 to 480"),
        (("length_minutes",), True, "length_minutes: .*; write a whole number"),
        (("length_minutes",), 4, "length_minutes: .*; write a whole number"),
        (("buffer_minutes",), -1, "buffer_minutes: .*; write a whole number from 0"),
        (("notice_hours",), 2.5, "notice_hours: .*; write a whole number"),
        (("horizon_days",), 0, "horizon_days: .*; write a whole number from 1"),
        (("notice_hours",), 720, None),
        (("horizon_days",), 1, "notice_hours reaches beyond horizon_days"),
        (("holidays",), None, r"holidays: field required; write a list of dates"),
        (("holidays",), "2026-12-25", "holidays: .*; write a list of dates"),
        (("holidays", 1), 20261225, "holidays, item 2, date: 20261225 is no date; write it as 2026-12-24"),
        (("holidays", 0, "when"), "noon", "holidays, item 1: 'when' is no key here; the keys are date, why"),
        (("holiday",), [], "'holiday' is no key here; the keys are time_zone, confirmation"),
        (("schedules",), [], "schedules: there is none"),
        (("schedules", 1, "id"), "example-room-1", "the id 'example-room-1' stands here more than once"),
        (("schedules", 1, "id"), "Room 2", "schedules, item 2, id: .*; write 1 to 40 small letters"),
        (("schedules", 1, "name"), "  ", "schedules, item 2, name: .*; write the name"),
        (("schedules", 0, "weekly"), {}, "the schedule 'example-room-1' has no hours"),
        ((*WEEKLY, "mondays"), ["09:00-12:00"], "schedules, item 1, weekly: 'mondays' is no key here; .*monday"),
        ((*WEEKLY, "monday"), "09:00-12:00", r"weekly, monday: .*; write a list of hours"),
        ((*WEEKLY, "monday"), ["9-12"], r"weekly, monday, item 1: '9-12' are no hours; write them as"),
        ((*WEEKLY, "monday"), ["12:00-09:00"], "does not end after its beginning"),
        ((*WEEKLY, "monday"), ["22:00-24:30"], "24:00 is the latest end"),
        ((*WEEKLY, "monday"), ["09:00-12:00", "11:00-13:00"], "weekly, monday: these hours overlap"),
        ((*WEEKLY, "monday"), ["09:00-09:20"], "hours shorter than an appointment of 30 minutes"),
        (
            ("schedules", 1, "away", 0, "to"),
            "2026-12-20",
            r"away, item 1: 'to: 2026-12-20' lies before 'from: 2026-12-21'",
        ),
        (("schedules", 1, "away", 0, "to"), "soon", r"away, item 1, to: 'soon' is no date"),
    ],
)
def test_each_mistake_is_named_with_its_place_and_the_way_to_write_it(loaded, tmp_path, place, value, said):
    if said is None:
        assert loaded({place: value}).notice_hours == value
        return
    with pytest.raises(ConfigurationError, match=f"(?s)^BOOKING_FILE: {tmp_path}/hours.yml: .*{said}"):
        loaded({place: value})


def test_all_mistakes_are_told_at_once(loaded):
    with pytest.raises(ConfigurationError, match=r"time_zone: .*; length_minutes: "):
        loaded({("time_zone",): "Mars", ("length_minutes",): "long"})


def test_midnight_may_be_the_end_of_a_day(loaded):
    monday = loaded({(*WEEKLY, "monday"): ["23:00-24:00"]}).schedules[0].weekly.monday
    assert monday == (Span(23 * 60, 24 * 60),)


def test_hours_are_put_in_order(loaded):
    monday = loaded({(*WEEKLY, "monday"): ["13:00-16:00", "09:00-12:00"]}).schedules[0].weekly.monday
    assert monday == (Span(540, 720), Span(780, 960))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no settings"),
        ("- a\n", "holds no settings"),
        ("a: [1\n", "hours.yml, line 2, column 1: "),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands here twice"),
        ("a: 2026-02-31\n", "day is out of range"),
        ("a: !!python/object:os.system {}\n", "could not determine a constructor"),
        ("[1]: 2\n", "example.yml shows how it is written"),
    ],
)
def test_a_file_that_is_no_good_yaml_is_refused_with_the_line(written, text, said):
    with pytest.raises(ConfigurationError, match=said):
        written(text)


def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path):
    with pytest.raises(
        ConfigurationError, match=r"BOOKING_FILE: .*absent.yml cannot be read .*leave the setting empty"
    ):
        load_availability(tmp_path / "absent.yml")
    (tmp_path / "latin.yml").write_bytes(b"a: \xe9\n")
    with pytest.raises(ConfigurationError, match=r"latin.yml is no UTF-8 text"):
        load_availability(tmp_path / "latin.yml")


def test_the_setting_is_empty_or_a_path_below_the_project():
    assert Settings(booking_file="").booking_file is None
    assert Settings(booking_file="var/hours.yml").booking_file == ROOT / "var/hours.yml"
    assert Settings(booking_file="/etc/hours.yml").booking_file == Path("/etc/hours.yml")
