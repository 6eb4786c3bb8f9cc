"""Times, on all kinds of clocks. The properties are told on the wall clock, the program works in UTC."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from booking_examples import SUNDAY, around_the_clock, hours
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.slots import Slot, clash, free_slots, is_offered, spread

NEW_YORK = ZoneInfo("America/New_York")
# The clock goes forward and back at two, at midnight, by half an hour, on other days, against the year, not at all.
ZONES = [
    "America/New_York",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Europe/London",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Phoenix",
]


def change_days(zone):
    """The days of 2026 on which the clock of the zone is changed."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    clock = ZoneInfo(zone)

    def offset(day):
        return datetime(day.year, day.month, day.day, 12, tzinfo=clock).utcoffset()

    return [day for day in days if offset(day) != offset(day - timedelta(days=1))]


def local(slots, zone=NEW_YORK):
    return [f"{slot.starts_at.astimezone(zone):%a %H:%M}" for slot in slots]


def on(day, **changes):
    """The times of one room on one day."""
    weekly = {"weekly": dict.fromkeys(("saturday", "sunday", "monday"), changes.pop("spans", ["00:00-06:00"]))}
    availability = around_the_clock(schedules=[{"id": "a", "name": "A", **weekly}], **changes)
    zone = availability.zone
    begin = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    window = (begin - timedelta(hours=3), begin + timedelta(hours=27))
    found = free_slots(availability, (), begin - timedelta(days=2), window=window)
    return [slot for slot in found if slot.starts_at.astimezone(zone).date() == day]


def test_a_day_has_its_hours_with_the_buffer_between_and_none_that_does_not_fit():
    availability = hours(schedules=[{"id": "a", "name": "A", "weekly": {"tuesday": ["09:00-10:50", "13:00-13:30"]}}])
    window = (SUNDAY, SUNDAY + timedelta(days=7))
    found = list(free_slots(availability, (), SUNDAY, window=window))
    assert local(found) == ["Tue 09:00", "Tue 09:40", "Tue 10:20", "Tue 13:00"]
    assert {slot.ends_at - slot.starts_at for slot in found} == {timedelta(minutes=30)}


def test_a_schedules_own_length_goes_before_the_clinics():
    rooms = [{"id": "a", "name": "A", "length_minutes": 60, "weekly": {"tuesday": ["09:00-12:00"]}}]
    assert local(free_slots(hours(schedules=rooms, horizon_days=7), (), SUNDAY)) == ["Tue 09:00", "Tue 10:10"]


def test_nothing_is_offered_before_the_notice_nor_after_the_horizon():
    found = list(free_slots(hours(notice_hours=50, horizon_days=5), (), SUNDAY))  # Sunday, 07:00 in New York
    assert local(found)[0] == "Tue 09:00"
    assert local(found)[-1] == "Fri 15:40"


def test_the_notice_is_counted_to_the_minute():
    first = SUNDAY.replace(hour=14) + timedelta(days=1)  # Monday, 09:00 in New York
    assert is_offered(hours(), Slot("room-1", first, first + timedelta(minutes=30)), first - timedelta(hours=24))
    late = first - timedelta(hours=24) + timedelta(seconds=1)
    assert not is_offered(hours(), Slot("room-1", first, first + timedelta(minutes=30)), late)


def test_holidays_close_all_schedules_and_absence_one():
    rooms = hours().dict(by_alias=True)["schedules"]
    weekly = {"monday": ["09:00-09:30"], "tuesday": ["09:00-09:30"], "wednesday": ["09:00-09:30"]}
    rooms = [
        {"id": "a", "name": "A", "weekly": weekly},
        {"id": "b", "name": "B", "weekly": weekly, "away": [{"from": "2026-11-24", "to": "2026-11-24"}]},
    ]
    availability = hours(schedules=rooms, holidays=["2026-11-23"], horizon_days=4, notice_hours=0)
    found = list(free_slots(availability, (), SUNDAY))
    assert [(slot.schedule, when) for slot, when in zip(found, local(found), strict=True)] == [
        ("a", "Tue 09:00"),
        ("a", "Wed 09:00"),
        ("b", "Wed 09:00"),
    ]


def test_of_a_window_the_first_moment_counts_and_the_second_does_not():
    all_of_it = list(free_slots(hours(), (), SUNDAY))
    inner = all_of_it[5:40]
    window = (inner[0].starts_at, all_of_it[40].starts_at)
    expected = [slot for slot in all_of_it if window[0] <= slot.starts_at < window[1]]
    assert list(free_slots(hours(), (), SUNDAY, window=window)) == expected


def test_busy_times_keep_the_buffer_and_bind_their_own_schedule_only():
    free = list(free_slots(hours(), (), SUNDAY))
    slot = next(each for each in free if each.schedule == "room-1")
    nearly = Slot("room-1", slot.ends_at + timedelta(minutes=9), slot.ends_at + timedelta(minutes=12))
    left = list(free_slots(hours(), [nearly], SUNDAY))
    assert slot not in left
    assert Slot("room-2", slot.starts_at, slot.ends_at) in left
    far = Slot("room-1", slot.ends_at + timedelta(minutes=10), slot.ends_at + timedelta(minutes=12))
    assert slot in free_slots(hours(), [far], SUNDAY)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6000), st.integers(1, 300), st.sampled_from(["room-1", "room-2"])), max_size=12),
    st.integers(0, 45),
)
def test_what_is_free_is_what_clashes_with_nothing_busy(drawn, buffer):
    availability = hours(buffer_minutes=buffer, horizon_days=6)
    busy = [
        Slot(room, SUNDAY + timedelta(minutes=begins), SUNDAY + timedelta(minutes=begins + length))
        for begins, length, room in drawn
    ]
    expected = [
        slot for slot in free_slots(availability, (), SUNDAY) if not any(clash(slot, other, buffer) for other in busy)
    ]
    assert list(free_slots(availability, busy, SUNDAY)) == expected


def test_an_hour_that_the_clock_skips_is_not_offered():
    found = on(date(2026, 3, 8), length_minutes=30)
    assert local(found) == [
        *("Sun 00:00", "Sun 00:30", "Sun 01:00", "Sun 01:30"),
        *("Sun 03:00", "Sun 03:30", "Sun 04:00", "Sun 04:30", "Sun 05:00", "Sun 05:30"),
    ]
    assert found[4].starts_at == found[3].ends_at


def test_an_hour_that_the_clock_shows_twice_is_offered_once():
    found = on(date(2026, 11, 1), length_minutes=30)
    assert local(found) == [f"Sun {hour:02}:{minute:02}" for hour in range(6) for minute in (0, 30)]
    assert found[4].starts_at - found[3].ends_at == timedelta(hours=1)


def test_no_appointment_lasts_over_a_change_of_the_clock():
    assert local(on(date(2026, 3, 8), length_minutes=60, spans=["00:30-05:30"])) == [
        "Sun 00:30",
        "Sun 03:30",
        "Sun 04:30",
    ]
    assert local(on(date(2026, 11, 1), length_minutes=60, spans=["00:30-04:30"])) == [
        "Sun 00:30",
        "Sun 02:30",
        "Sun 03:30",
    ]


def test_a_day_that_a_zone_left_out_has_no_times():
    availability = around_the_clock(time_zone="Pacific/Apia", length_minutes=60)
    now = datetime(2011, 12, 28, 12, 0, tzinfo=UTC)
    found = list(free_slots(availability, (), now, window=(now, now + timedelta(days=5))))
    days = {slot.starts_at.astimezone(availability.zone).date() for slot in found}
    assert date(2011, 12, 30) not in days
    assert {date(2011, 12, 29), date(2011, 12, 31)} <= days


zones_and_days = st.sampled_from(ZONES).flatmap(
    lambda zone: st.tuples(
        st.just(zone),
        st.one_of(
            st.sampled_from(change_days(zone) or [date(2026, 5, 5)]),
            st.dates(date(2026, 1, 1), date(2026, 12, 30)),
        ),
    )
)
spans = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True).map(
    lambda ends: [
        (begin, end) for begin, end in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False) if end - begin >= 5
    ]
)


@settings(deadline=None, max_examples=150)
@given(zones_and_days, spans.filter(bool), st.integers(5, 120), st.integers(0, 60))
def test_times_lie_within_the_hours_on_the_wall_and_apart_in_truth(zone_and_day, drawn, length, buffer):
    name, day = zone_and_day
    zone = ZoneInfo(name)
    fitting = [(begin, end) for begin, end in drawn if end - begin >= length] or [(0, 24 * 60)]
    text = [f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}" for begin, end in fitting]
    weekday = f"{day:%A}".lower()
    room = {"id": "a", "name": "A", "weekly": {weekday: text}}
    availability = around_the_clock(
        time_zone=name, schedules=[room], length_minutes=length, buffer_minutes=buffer, horizon_days=4
    )
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a time on the wall
    now = midnight.replace(tzinfo=UTC) - timedelta(days=2)
    found = list(free_slots(availability, (), now))
    walls = [slot.starts_at.astimezone(zone).replace(tzinfo=None) for slot in found]
    assert walls == sorted(set(walls))  # no time is shown twice
    for slot, wall in zip(found, walls, strict=True):
        assert slot.starts_at.tzinfo is UTC
        assert slot.ends_at - slot.starts_at == timedelta(minutes=length)
        assert slot.starts_at.astimezone(zone).fold == 0
        minute = (wall - midnight) // timedelta(minutes=1)
        assert any(
            begin <= minute and minute + length <= end and (minute - begin) % (length + buffer) == 0
            for begin, end in fitting
        )
    for before, after in pairwise(found):
        assert after.starts_at - before.ends_at >= timedelta(minutes=buffer)
    if not {day, day + timedelta(days=1)} & set(change_days(name)):
        ((begin, end), *others) = fitting
        expected = len(range(begin, end - length + 1, length + buffer))
        assert len(found) >= expected if others else len(found) == expected


@pytest.mark.parametrize("count", [4, 5, 6])
def test_a_few_times_are_spread_over_days_and_halves_of_days(count):
    few = spread(free_slots(hours(), (), SUNDAY), count, NEW_YORK)
    expected = ["Mon 09:00", "Mon 13:00", "Tue 09:00", "Tue 13:00", "Wed 09:00", "Wed 13:00"]
    assert local(few) == expected[:count]


def test_where_there_are_few_halves_each_gives_more():
    day = [slot for slot in free_slots(hours(horizon_days=2), (), SUNDAY) if local([slot])[0].startswith("Mon")]
    assert local(spread(day, 5, NEW_YORK)) == ["Mon 09:00", "Mon 09:40", "Mon 10:20", "Mon 13:00", "Mon 13:40"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from("ab")), unique=True), st.integers(0, 8))
def test_spread_gives_as_many_as_there_are_each_moment_once_in_order(drawn, count):
    slots = [
        Slot(room, SUNDAY + timedelta(minutes=30 * step), SUNDAY + timedelta(minutes=30 * step + 30))
        for step, room in sorted(drawn)
    ]
    few = spread(slots, count, NEW_YORK)
    moments = [slot.starts_at for slot in few]
    assert set(few) <= set(slots)
    assert moments == sorted(set(moments))
    assert len(few) == min(count, len({slot.starts_at for slot in slots}))
