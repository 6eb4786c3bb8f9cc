"""Reading several details from one message."""

import pytest
from offered_times import ALL_FREE, NOW, OFFERED, ZONE, written

from bot.booking.words.details import read_details

PHONE = "+13125550128"
NOTHING = {"name": None, "whom": None, "contacts": [], "time": "none", "reason": None}

CASES = [
    (
        "name",
        "Tina Valdez, 312-555-0128, mornings",
        {"name": "Tina Valdez", "contacts": [PHONE], "time": "wish: morning"},
    ),
    (
        None,
        "hi this is Bo Ng 312 555 0128 email bo@example.com id like tues morning, back pain after fusion",
        {"name": "Bo Ng", "contacts": [PHONE, "bo@example.com"], "time": "3", "reason": "back pain after fusion"},
    ),
    (
        "name",
        "for my mother Ruth Amsel, reach me at 312-555-0128",
        {"name": "Ruth Amsel", "whom": "my mother", "contacts": [PHONE]},
    ),
    (
        "name",
        "bo ng 3125550128 tues morning back pain",
        {"name": "Bo Ng", "contacts": [PHONE], "time": "3", "reason": "back pain"},
    ),
    (
        "name",
        "bo ng, 312 555 0128, bo@example.com, dec 1 9am, numb left leg",
        {"name": "Bo Ng", "contacts": [PHONE, "bo@example.com"], "time": "3", "reason": "numb left leg"},
    ),
    (
        "name",
        "Tina Valdez\n(312) 555-0128\ntina@example.com\nTuesday 9am\nback pain",
        {"name": "Tina Valdez", "contacts": [PHONE, "tina@example.com"], "time": "3", "reason": "back pain"},
    ),
    (
        None,
        "my name is tina valdez my number is 3125550128 i need an appointment for chronic back pain next tuesday",
        {"name": "Tina Valdez", "contacts": [PHONE], "time": "wish: 12-01..12-01", "reason": "chronic back pain"},
    ),
    (
        None,
        "book me the first available please, Tina Valdez 312-555-0128",
        {"name": "Tina Valdez", "contacts": [PHONE], "time": "1"},
    ),
    (
        None,
        "I'd like an appointment for my leg pain next week",
        {"time": "wish: 11-30..12-06", "reason": "my leg pain"},
    ),
    (None, "I would like to book a consultation", {}),
    (None, "hello", {}),
    (None, "I have back pain", {}),
    (
        "name",
        "T Reed / 312 555 0128 / mornings / numb foot",
        {"name": "T Reed", "contacts": [PHONE], "time": "wish: morning", "reason": "numb foot"},
    ),
    (
        None,
        "Appt for Tom Reed please. 312-555-0128. Prefer afternoons. Reason: failed back surgery.",
        {"name": "Tom Reed", "contacts": [PHONE], "time": "wish: afternoon", "reason": "failed back surgery"},
    ),
    ("name", "lisa 9am tuesday", {"name": "Lisa", "time": "3"}),
    ("name", "can you call me instead", {}),
    ("confirm", "the reason should be leg pain", {"reason": "leg pain"}),
    # what is asked for has the first claim
    ("time", "second", {"time": "2"}),
    ("contact", "second", {}),
    ("name", "May", {"name": "May"}),
    ("time", "2", {"time": "2"}),
    ("contact", "2", {}),
    ("name", "Wednesday Addams", {"name": "Wednesday Addams"}),
    ("name", "tuesday morning", {"time": "3"}),
    ("name", "Tina", {"name": "Tina"}),
    ("contact", "Tina", {}),
    ("time", "Ruth Amsel", {}),
    ("name", "I have back pain", {}),
    ("name", "312-555-0128", {"contacts": [PHONE]}),
    ("name", "Ana Ruiz, tues 9", {"name": "Ana Ruiz", "time": "3"}),
    ("name", "Augusta May, afternoons please", {"name": "Augusta May", "time": "wish: afternoon"}),
    # for somebody else, the name is the patient's
    ("name", "this is tina calling for my mother", {"whom": "my mother"}),
    ("name", "its for my dad", {"whom": "my dad"}),
    ("name", "Earl Whitcomb for my dad", {"name": "Earl Whitcomb", "whom": "my dad"}),
    ("name", "my wife Ana Ruiz needs an appointment", {"name": "Ana Ruiz", "whom": "my wife"}),
    (
        "contact",
        "312 555 0128 and its for my husband Earl Whitcomb",
        {"name": "Earl Whitcomb", "whom": "my husband", "contacts": [PHONE]},
    ),
    # contacts
    ("contact", "bo@example.com", {"contacts": ["bo@example.com"]}),
    ("contact", "tina dot valdez at example dot com", {"contacts": ["tina.valdez@example.com"]}),
    ("contact", "312-555-0128, second one", {"contacts": [PHONE]}),
    ("contact", "call me at 312-555-0128 after 5", {"contacts": [PHONE]}),
    ("contact", "I'd rather not", {}),
    # times
    ("time", "2, and my email is tina@example.com", {"contacts": ["tina@example.com"], "time": "2"}),
    (
        "time",
        "the 3rd at 2pm, name is Tina Valdez, because of sciatica",
        {"name": "Tina Valdez", "time": "12-03 14:00", "reason": "sciatica"},
    ),
    ("time", "tues 9 name is bo ng", {"name": "Bo Ng", "time": "3"}),
    ("time", "mornings because i work afternoons", {"time": "wish: morning", "reason": "i work afternoons"}),
    ("time", "my back hurts", {}),
    # the reason
    ("reason", "lower back pain", {"reason": "lower back pain"}),
    (
        "reason",
        "because my back hurts in the mornings since 2019",
        {"reason": "my back hurts in the mornings since 2019"},
    ),
    ("reason", "Failed fusion at L4-L5 in 2019, pain 8/10", {"reason": "Failed fusion at L4-L5 in 2019, pain 8/10"}),
    (
        "reason",
        "my leg pain after two surgeries. my number is 312 555 0128",
        {"contacts": [PHONE], "reason": "my leg pain after two surgeries"},
    ),
    ("reason", "skip", {}),
    ("reason", "Tuesday", {"time": "wish: Tue"}),
    ("reason", "reason: second opinion", {"reason": "second opinion"}),
    (None, "due to numbness in my left foot", {"reason": "numbness in my left foot"}),
    (
        None,
        "can i get in tomorrow? sciatica is killing me",
        {"time": "wish: 11-26..11-26", "reason": "sciatica is killing me"},
    ),
    # corrections of the summary
    ("confirm", "no the number is 312 555 0199", {"contacts": ["+13125550199"]}),
    ("confirm", "make it the afternoon", {"time": "wish: afternoon"}),
    ("confirm", "change the name to Tina Hale", {"name": "Tina Hale"}),
    ("confirm", "my last name is Hale not Hail", {"name": "Hale"}),
    ("confirm", "yes", {}),
    ("confirm", "no", {}),
]


@pytest.mark.parametrize(("asked", "text", "expected"), CASES)
def test_each_detail_is_read_where_it_is_plainly_there(asked, text, expected):
    read = read_details(text, asked, OFFERED, NOW, ZONE, all_free=ALL_FREE)
    found = {
        "name": read.name,
        "whom": read.for_whom,
        "contacts": [contact.value for contact in read.contacts],
        "time": written(read.time),
        "reason": read.reason,
    }
    assert found == NOTHING | expected


def test_a_contact_far_behind_in_a_long_message_is_still_read():
    read = read_details("my back hurts. " * 400 + "312-555-0128", None, OFFERED, NOW, ZONE)
    assert [contact.value for contact in read.contacts] == [PHONE]


def test_a_reason_is_kept_in_the_visitors_words_up_to_500_characters():
    read = read_details("my leg pain " * 100, "reason", OFFERED, NOW, ZONE)
    assert read.reason is not None
    assert read.reason.startswith("my leg pain my leg pain")
    assert len(read.reason) <= 500
