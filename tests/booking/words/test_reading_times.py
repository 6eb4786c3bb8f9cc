"""Reading which time a visitor wants."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from offered_times import ALL_FREE, NOW, OFFERED, ZONE, slot, written

from bot.booking.words.times import read_time
from bot.booking.words.windows import Chosen, Past, Window

ASKED = {
    # from the list, by number or place
    "2": "2", "2.": "2", "#2": "2", "(2)": "2", "2)": "2", "two": "2", "Two please": "2", "no. 2": "2",
    "option 4": "4", "number 5 please": "5", "i'll take 3": "3", "ill take the 2nd one": "2", "1 works": "1",
    "ok 4": "4", "4 thx": "4", "lets go with four": "4", "I think number 4 is good": "4",
    "2 please my back has hurt since 2019 L4-L5": "2", "the second": "2", "second one": "2", "third": "3",
    "The first one, please.": "1", "3rd option": "3", "last one": "5", "the last one works for me": "5", "4th": "4",
    "1 or 3": "1", "option one": "1", "one": "1", "6": "none", "0": "none", "99": "none", "not 2": "none",
    "i can't do 2": "none", "2 doesn't work": "none", "that one": "none", "2, I can't do mornings": "2",
    "thursday, number 5": "5", "second one on tuesday": "4", "the 2nd 1": "2", "1st 1 pls": "1", "k second 1": "2",
    "the 3rd u listed": "3", "the 1st of those": "1", "2nd one u gave me": "2", "go w the first": "1",
    "whichever is first": "1",
    # the earliest, any
    "whatever is earliest": "1", "first available": "1", "soonest": "1", "ASAP": "1",
    "asap please I'm in pain": "1",
    "next available": "1", "as soon as possible": "1", "any": "1", "any time": "1", "whenever": "1",
    "you pick": "1",
    "either works": "1", "doesn't matter": "1", "I don't care": "1", "no preference": "1", "any day": "1",
    "earliest tuesday": "3", "soonest afternoon": "2", "the earlier one on tuesday": "3",
    "the later one on friday": "2",
    # day and hour
    "next tuesday morning": "3", "tues 9": "3", "tues @9": "3", "Tuesday Dec. 1st, 9:00 a.m.": "3",
    "tuesday 1 dec at 9": "3", "on 12/1 at nine": "3", "dec 1 9am": "3", "tuesday 3:30 pls": "4",
    "friday at 2": "2",
    "can i do 2pm friday": "2", "fri afternoon": "2", "2pm on the 27th": "2", "friday the 27th at 9": "1",
    "day after tomorrow at 9": "1", "11-27-2026 9:00": "1", "thursday": "5", "thurs works": "5",
    "the thursday one": "5", "Thursday morning!": "5", "the 3rd": "5", "12/3": "5", "dec 3": "5",
    "december third": "5", "thur 10 30": "5", "thursday around 10": "5", "3:30": "4", "3:30pm": "4", "at 3:30": "4",
    "half past three": "4", "around 3:30": "4", "14:00": "2", "2pm": "2", "the 10:30": "5", "after 3": "4",
    "late afternoon": "4", "the afternoon one on tuesday": "4", "the first of december at 9": "3",
    "i cant do tuesdays but thursday is ok": "5", "i can't do mornings, tuesday 3:30": "4", "end of next week": "5",
    # another free time, by day and hour
    "the 3rd at 2pm": "12-03 14:00", "dec 8 at 10:30": "12-08 10:30", "12/8 10:30am": "12-08 10:30",
    "monday 9am": "11-30 09:00", "wed dec 2 2pm": "12-02 14:00", "what about dec 9 at 4": "12-09 16:00",
    "wednesday at 2": "12-02 14:00", "next monday 10am": "11-30 10:00", "next friday at 11": "12-04 11:00",
    "a week from tuesday at 9": "12-08 09:00",
    # wishes
    "mornings": "wish: morning", "mornings are best": "wish: morning", "the afternoon one": "wish: afternoon",
    "pm": "wish: afternoon", "can i come in the am": "wish: morning", "evenings": "wish: evening",
    "after work": "wish: after 17:00", "friday": "wish: Fri", "9": "wish: at 09:00", "9 am": "wish: at 09:00",
    "9a": "wish: at 09:00", "11": "wish: at 11:00", "9:30": "wish: at 09:30", "nine thirty": "wish: at 09:30",
    "930": "wish: at 09:30", "noon": "wish: at 12:00", "8pm": "wish: at 20:00", "quarter to 4": "wish: at 15:45",
    "7 in the evening": "wish: at 19:00", "9 or 10 on monday": "wish: Mon at 09:00 at 10:00",
    "next week": "wish: 11-30..12-06", "tuesdays or thursdays": "wish: Tue+Thu", "mon-wed": "wish: Mon+Tue+Wed",
    "monday through wednesday": "wish: Mon+Tue+Wed", "mon wed or fri": "wish: Mon+Wed+Fri",
    "not before noon": "wish: after 12:00", "nothing before 10": "wish: after 10:00",
    "i can't come before 2pm": "wish: after 14:00", "10 or later": "wish: after 10:00",
    "before 11": "wish: before 11:00", "between 2 and 4": "wish: after 14:00 before 16:00",
    "2-4pm": "wish: after 14:00 before 16:00", "from 9 to 11": "wish: after 09:00 before 11:00",
    "around 10": "wish: after 09:00 before 11:01", "no mornings": "wish: after 12:00",
    "the week of dec 7": "wish: 12-07..12-13", "in 2 weeks": "wish: 12-07..12-13",
    "early next week": "wish: 11-30..12-01", "this weekend": "wish: 11-28..11-29",
    "weekdays after 5": "wish: Mon+Tue+Wed+Thu+Fri after 17:00", "in december": "wish: 12-01..12-31",
    "late december": "wish: 12-21..12-31", "first week of december": "wish: 12-01..12-07",
    "december 7-11": "wish: 12-07..12-11", "dec 7 to dec 11": "wish: 12-07..12-11",
    "between dec 7 and dec 11": "wish: 12-07..12-11", "after dec 7": "wish: 12-08..",
    "not before the 7th": "wish: 12-07..", "anything but monday": "wish: Tue+Wed+Thu+Fri+Sat+Sun",
    "not today": "wish: 11-26..", "not fridays": "wish: Mon+Tue+Wed+Thu+Sat+Sun", "tomorrow": "wish: 11-26..11-26",
    "tmrw morn": "wish: 11-26..11-26 morning", "wensday": "wish: Wed", "tusday mornign": "3",
    "this afternoon": "wish: 11-25..11-25 afternoon", "december 1": "wish: 12-01..12-01",
    "Is there anything on Monday?": "wish: Mon", "any tuesday": "wish: Tue",
    "tuesday december 2": "wish: 12-01..12-03", "do u have anything after xmas": "wish: 12-26..",
    "christmas eve": "wish: 12-24..12-24", "not until january": "wish: 01-01..",
    "i get off work at 5": "wish: after 17:00", "I work until 3": "4", "on the 4th": "wish: 12-04..12-04",
    "the 4th": "wish: 12-04..12-04", "later in the week": "wish: 11-26..11-29", "2026/12/01": "wish: 12-01..12-01",
    "do you have anything sooner?": "none", "the earliest after thanksgiving": "none", "1st one": "1",
    "I'd go for the second": "2", "the tues 1st 330 slot": "4", "Tue Dec 1 3:30 PM CST": "4", "10-11am": "5",
    "thur next week": "5", "let me do the first one on dec 1": "3", "1030 thursday": "5",
    "between 6 and 8 in the evening": "wish: evening after 18:00 before 20:00",
    "between 5 and 7": "wish: after 17:00 before 19:00",
    # over, impossible, nothing
    "yesterday": "past", "last tuesday": "past", "november 20": "past", "today at 9": "past", "11/20": "past",
    "dec 1 2025": "past", "February 30": "impossible", "nov 31": "impossible", "12/32": "impossible",
    "13/1": "impossible", "13pm": "impossible", "25:00": "impossible", "9:75 am": "impossible",
    "the 32nd": "impossible", "2026-02-30": "impossible", "none of these work": "none",
    "do you have anything else": "none", "something later": "none", "yes": "none", "idk": "none",
    "312 555 0128": "none", "since 2019": "none", "im 62": "none", "l4-l5": "none", "10mg": "none",
    "I had 2 surgeries": "none", "my pain is 8/10": "none", "for 3 years": "none", "bo2@example.com": "none",
    "9:30 doesn't work": "none", "": "none",
}  # fmt: skip

NOT_ASKED = {
    "tues morning": "3", "Tina Valdez, mornings": "wish: morning", "id like tues morning": "3",
    "mornings are best": "wish: morning", "first available": "1", "can i get something after 3pm": "4",
    "im free thursdays": "5", "can you see me next week": "wish: 11-30..12-06",
    "make it the afternoon": "wish: afternoon", "tomorrow at 9:30": "wish: 11-26..11-26 at 09:30",
    "dec 1 9am please": "3", "do you have anything on saturday": "wish: Sat", "I would like 9:30": "wish: at 09:30",
    "february 30": "impossible",
    "I'd like an appointment next tuesday, my back hurts in the evening": "wish: 12-01..12-01",
    "hi im tom and i had a fusion in 2019 and want an appointment tomorrow": "wish: 11-26..11-26",
    "no its friday at 2": "2", "2": "none", "any": "none", "second": "none", "last one": "none",
    "good morning": "none", "May": "none", "wednesday addams": "none", "i've had pain since tuesday": "none",
    "my pain is worst in the mornings": "none", "surgery last may": "none", "fell on monday morning": "none",
    "I had a fusion on december 1 2019": "none", "it hurts at night": "none", "back pain for 3 weeks": "none",
    "I take 2 pills in the morning": "none", "8/10 pain": "none", "my appointment was at 3": "none",
    "I am 45 years old": "none", "pain at L4-L5 and S1": "none", "dob 3/4/1960": "none", "312-555-0128": "none",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ASKED.items())
def test_what_is_asked_for_is_read(text, expected):
    assert written(read_time(text, OFFERED, NOW, ZONE, asked=True, all_free=ALL_FREE)) == expected


@pytest.mark.parametrize(("text", "expected"), NOT_ASKED.items())
def test_where_nothing_was_asked_only_a_plain_time_counts(text, expected):
    assert written(read_time(text, OFFERED, NOW, ZONE, asked=False, all_free=ALL_FREE)) == expected


def test_a_part_of_the_day_that_leaves_one_slot_chooses_it():
    offered = (slot(11, 27, 9), slot(11, 27, 14), slot(12, 1, 15))
    assert written(read_time("mornings", offered, NOW, ZONE, asked=True), offered) == "1"


def test_of_two_slots_at_the_same_time_none_is_chosen_by_the_time():
    offered = (slot(12, 1, 9, schedule="one"), slot(12, 1, 9, schedule="other"))
    read = read_time("dec 1 at 9", offered, NOW, ZONE, asked=True)
    assert isinstance(read, Window)
    assert all(read.matches(each) for each in offered)


def test_a_wish_for_an_hour_that_is_not_free_keeps_day_and_hour():
    read = read_time("tuesday at 12", OFFERED, NOW, ZONE, asked=True, all_free=ALL_FREE)
    assert isinstance(read, Window)
    assert (read.weekdays, read.at) == ({1}, (time(12),))


def test_the_earliest_may_be_a_slot_that_was_not_offered():
    earlier = slot(11, 26, 9)
    read = read_time("the earliest you have", OFFERED, NOW, ZONE, asked=True, all_free=(earlier, *OFFERED))
    assert read == Chosen(earlier)


def test_next_weekday_is_the_one_of_next_week():
    monday = datetime(2026, 11, 23, 10, tzinfo=ZONE)
    read = read_time("next tuesday", (), monday, ZONE, asked=True)
    assert isinstance(read, Window)
    assert read.from_ == read.to == date(2026, 12, 1)


def test_the_day_is_the_clinics_and_not_utcs():
    evening = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)  # still the 25th in Chicago
    read = read_time("today", (), evening, ZONE, asked=True)
    assert isinstance(read, Window)
    assert read.from_ == date(2026, 11, 25)


def test_a_window_looks_at_the_clinics_clock():
    window = Window(None, None, "morning", frozenset({4}), ZONE)
    late_in_utc = slot(11, 27, 11, 30)
    assert window.matches(late_in_utc)
    assert not Window(None, None, "morning", frozenset({4}), ZoneInfo("UTC")).matches(late_in_utc)


@pytest.mark.parametrize(
    ("window", "matches"),
    [
        (Window(date(2026, 12, 1), date(2026, 12, 1), None, frozenset(), ZONE), [3, 4]),
        (Window(None, None, "afternoon", frozenset(), ZONE), [2, 4]),
        (Window(None, None, None, frozenset({1, 3}), ZONE), [3, 4, 5]),
        (Window(None, None, None, frozenset(), ZONE, at=(time(9),)), [1, 3]),
        (Window(None, None, None, frozenset(), ZONE, after=time(14)), [2, 4]),
        (Window(None, None, None, frozenset(), ZONE, before=time(14)), [1, 3, 5]),
        (Window(date(2026, 12, 2), None, None, frozenset(), ZONE), [5]),
    ],
)
def test_a_window_matches_what_starts_in_it(window, matches):
    assert [at for at, each in enumerate(OFFERED, start=1) if window.matches(each)] == matches


def test_what_is_over_is_given_back_in_the_visitors_words():
    assert read_time("Nov 20 please", OFFERED, NOW, ZONE, asked=True) == Past("nov 20")
