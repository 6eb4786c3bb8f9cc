"""Reading telephone numbers and e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.words.contacts import contact_problem, read_contacts

PHONE = "+13125550128"

PHONES = (
    "312-555-0128", "(312) 555 0128", "(312)555-0128", "3125550128", "312.555.0128", "312/555/0128", "312 555 0128",
    "1-312-555-0128", "+1 312 555 0128", "+13125550128", "+1 (312) 555-0128", "312-555-o128",
    "call me at 312 555 0128 after 5", "my # is 312-555-0128.", "312, 555, 0128", "31 25 55 01 28",
    "three one two five five five oh one two eight", "three one two, five five five, zero one two eight",
    "312 five five five 0128", "three twelve five fifty-five oh one twenty eight", "three one two triple five 0128",
    "312 double five five oh one two eight", "my number is three-one-two 555 0128", "312 555 0128 2 pm",
    "tues 9 3125550128", "12/1 3125550128", "2019 312 555 0128", "cell:312-555-0128",
    "３１２５５５０１２８", "312–555–0128",
    "tina 3125550128 mornings", "l4-l5 fusion 312-555-0128",
)  # fmt: skip

EMAILS = {
    "bo@example.com": "bo@example.com", "TINA@Example.COM": "TINA@example.com", "bo@example.com.": "bo@example.com",
    "<bo@example.com>": "bo@example.com", "email:bo@example.com": "bo@example.com",
    "mailto:bo@example.com": "bo@example.com", "tina+spine@mail.example.org": "tina+spine@mail.example.org",
    "tina @ example.com": "tina@example.com", "tina dot valdez at example dot com": "tina.valdez@example.com",
    "Tina at example.com": "Tina@example.com", "email me at tina at example dot com": "tina@example.com",
    "tina(at)example(dot)com": "tina@example.com", "tina underscore v at example dot com": "tina_v@example.com",
    "it's bo@example.com, thanks": "bo@example.com", "t.valdez-hale@spine.example": "t.valdez-hale@spine.example",
    "“bo@example.com”": "bo@example.com",
}  # fmt: skip

NONE = (
    "", "no", "call me", "I'm at home", "meet me at noon", "reach me at example.com", "since 2019", "12345",
    "123-45-6789", "555-0128", "4111 1111 1111 1111", "L4-L5", "10 mg", "dob 03/04/1960", "9:30", "tina@example",
    "a@localhost", "bo@mail.invalid", "x@y.test", "one two three", "at the dot", "@", "2026-12-01 09:30",
)  # fmt: skip

PROBLEMS = {
    "555-0128": "too_short", "312555012": "too_short", "12345": "too_short", "my number is 555": "too_short",
    "call 555 0128": "too_short", "five five five oh one two eight": "too_short", "312 555 01288": "too_long",
    "4111 1111 1111 1111": "too_long", "312555012834567": "too_long", "312-555-HELP": "not_a_number",
    "1-800-FLOWERS": "not_a_number", "+999 123 4567": "not_a_number", "tina@example": "not_an_address",
    "tina@": "not_an_address", "@tina": "not_an_address", "tina@gmail,com": "not_an_address",
    "a@localhost": "not_an_address", "x@y.test": "not_an_address", "my email is tina.example.com": "not_an_address",
    "a..b@example.com": "not_an_address",
}  # fmt: skip

NO_PROBLEMS = (
    "", "no", "call me", "since 2019", "my dob is 03/04/1960", "tomorrow at 9:30", "312-555-0128", "bo@example.com",
    "L4-L5", "why?", "Tina", "I'd rather not", "9", "tuesday the 3rd", "in 2 weeks",
)  # fmt: skip


@pytest.mark.parametrize("text", PHONES)
def test_a_number_as_people_write_it(text):
    (contact,) = read_contacts(text)
    assert (contact.kind, contact.value, contact.shown) == ("phone", PHONE, "(312) 555-0128")


@pytest.mark.parametrize(("text", "address"), EMAILS.items())
def test_an_address_as_people_write_it(text, address):
    (contact,) = read_contacts(text)
    assert (contact.kind, contact.value, contact.shown) == ("email", address, address)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_contact(text):
    assert read_contacts(text) == ()


@pytest.mark.parametrize(
    "text", ["(312) 555 0128 ext 4", "312-555-0128 x4", "312 555 0128 extension 4", "312.555.0128, ext. 4"]
)
def test_an_extension_is_shown(text):
    (contact,) = read_contacts(text)
    assert (contact.value, contact.shown) == (PHONE, "(312) 555-0128 ext. 4")


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("011 44 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("+52 55 1234 5678 call 2pm", "+525512345678", "+52 55 1234 5678"),
    ],
)
def test_a_number_from_elsewhere(text, value, shown):
    (contact,) = read_contacts(text)
    assert (contact.value, contact.shown) == (value, shown)


def test_a_number_without_its_country_is_read_as_the_regions():
    (contact,) = read_contacts("020 7946 0958", region="GB")
    assert (contact.value, contact.shown) == ("+442079460958", "020 7946 0958")


def test_several_contacts_come_in_the_texts_order_and_once_each():
    read = read_contacts("bo@example.com or 312-555-0128 or (312) 555 0199, again 312 555 0128")
    assert [contact.value for contact in read] == ["bo@example.com", PHONE, "+13125550199"]


@pytest.mark.parametrize(("text", "problem"), PROBLEMS.items())
def test_what_is_wrong_with_an_attempt(text, problem):
    assert contact_problem(text) == problem


@pytest.mark.parametrize("text", NO_PROBLEMS)
def test_where_nothing_was_attempted_or_all_is_well_there_is_no_problem(text):
    assert contact_problem(text) is None


@given(
    st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True),
    st.sampled_from(["{}{}{}", "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}"]),
)
def test_every_ten_digit_number_is_read_however_it_is_parted(digits, how):
    (contact,) = read_contacts(how.format(digits[:3], digits[3:6], digits[6:]))
    assert contact.value == f"+1{digits}"
