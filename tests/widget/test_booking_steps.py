"""The steps of a booking: fields that suit what is asked, times to pick from, a summary, a file for the calendar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from widget.fake_chat_api import ANSWER
from widget.samples import (
    ASK_CONFIRM,
    ASK_CONTACT,
    ASK_NAME,
    ASK_REASON,
    ASK_TIME,
    BOOKED,
    BOOKING_SCRIPT,
    CALENDAR,
    REQUESTED,
    Said,
)

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi
    from widget.visitor import Chat


@pytest.fixture
def ask_for(chat: Chat, api: FakeChatApi):
    """Have the assistant ask for something."""

    def asked(said: Said) -> None:
        api.script["Go on"] = [said]
        chat.ask("Go on")
        expect(chat.bubbles(said["text"].split("\n")[0])).to_have_count(1)

    return asked


def test_a_whole_booking_from_the_first_word_to_the_reference(chat: Chat, api: FakeChatApi) -> None:
    api.script.update(BOOKING_SCRIPT)
    chat.ask("Book a consultation")
    chat.page.get_by_label("Your name").fill("Maria Example")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Phone")).to_be_visible()
    chat.page.get_by_label("How can we reach you?").last.fill("(503) 555-0177")
    chat.page.keyboard.press("Enter")
    chat.button("Thu, Dec 3, 9:40 AM").click()
    chat.page.get_by_label("What is the visit about?").fill("Leg pain after a fusion")
    chat.page.keyboard.press("Enter")
    chat.button("Yes, book it").click()
    expect(chat.page.get_by_text("Appointment confirmed")).to_be_visible()
    expect(chat.page.locator(".reference")).to_have_text("K7QX-4MPD")
    assert api.texts == list(BOOKING_SCRIPT)


def test_a_name_is_asked_with_the_browsers_own(chat: Chat, ask_for) -> None:
    ask_for(ASK_NAME)
    field = chat.page.get_by_label("Your name")
    expect(field).to_have_attribute("autocomplete", "name")
    expect(chat.field).to_have_count(1)


def test_a_contact_is_asked_with_the_keyboard_of_telephones_or_of_e_mail(chat: Chat, ask_for) -> None:
    ask_for(ASK_CONTACT)
    for way, kind in (("Phone", "tel"), ("E-mail", "email"), ("Phone", "tel")):
        chat.button(way, exact=True).click()
        expect(chat.button(way, exact=True)).to_have_attribute("aria-pressed", "true")
        for attribute in ("type", "inputmode", "autocomplete"):
            expect(chat.field).to_have_attribute(attribute, kind)
        expect(chat.field).to_be_focused()
        chat.page.keyboard.type("x")
    expect(chat.field).to_have_value("xxx")


def test_times_stand_under_their_days_and_other_choices_after_them(chat: Chat, api: FakeChatApi, ask_for) -> None:
    ask_for(ASK_TIME)
    times = chat.page.get_by_role("group", name="Times to choose from")
    assert times.locator(".date").all_inner_texts() == ["Thu, Dec 3", "Fri, Dec 4"]
    assert times.get_by_role("button").all_inner_texts() == ["9:00 AM", "9:40 AM", "1:00 PM", "8:30 AM", "Later times"]
    times.get_by_role("button", name="Fri, Dec 4, 8:30 AM").click()
    expect(times.locator("button:disabled")).to_have_count(5)
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert api.texts[-1] == "Fri, Dec 4, 8:30 AM"


def test_whatever_a_time_is_called_it_can_be_picked(chat: Chat, api: FakeChatApi, ask_for) -> None:
    titles = ("Next week", "Morning", "Tuesday, November 24 at 9:00 a.m.", "lunes 3 a las 9:00")
    for count, title in enumerate(titles, 1):
        ask_for({**ASK_TIME, "text": title, "buttons": [{"title": title, "value": f"value of {title}"}]})
        chat.button(title).click()
        expect(chat.page.locator(".chosen")).to_have_count(count)
        expect(chat.bubbles(ANSWER["text"])).to_have_count(count)
        assert api.texts[-1] == f"value of {title}"


def test_a_reason_has_a_field_for_several_lines(chat: Chat, ask_for) -> None:
    ask_for(ASK_REASON)
    expect(chat.page.get_by_label("What is the visit about?")).to_be_visible()
    assert chat.field.evaluate("each => each.localName") == "textarea"


def test_what_is_to_be_confirmed_is_a_table_with_the_choices_below(chat: Chat, ask_for) -> None:
    ask_for(ASK_CONFIRM)
    card = chat.page.locator("dl")
    assert card.locator("dt").all_inner_texts() == ["Name", "Contact", "Time", "Reason"]
    assert card.locator("dd").all_inner_texts()[2] == "Thu, Dec 3, 9:40 AM"
    for title in ("Yes, book it", "Change something", "Stop booking"):
        expect(chat.button(title)).to_be_enabled()


def test_a_confirmation_without_a_table_is_shown_as_it_is(chat: Chat, ask_for) -> None:
    text = "Shall I cancel your appointment on Thursday at 9:40?"
    ask_for({"text": text, "kind": "booking", "asks": "confirm"})
    assert chat.bubbles(text).locator("dl").count() == 0


def test_the_field_is_the_usual_one_again_after_the_booking(chat: Chat, api: FakeChatApi, ask_for) -> None:
    ask_for(ASK_NAME)
    api.script["Maria"] = [BOOKED]
    chat.ask("Maria")
    expect(chat.page.get_by_placeholder("Write a message")).to_be_visible()


def test_the_question_that_waits_is_known_after_a_reload(chat: Chat, ask_for) -> None:
    ask_for(ASK_CONTACT)
    chat.page.reload()
    expect(chat.button("E-mail")).to_be_visible()


def test_the_calendar_file_is_fetched_with_the_token_and_saved(chat: Chat, api: FakeChatApi, ask_for) -> None:
    api.calendars["K7QX-4MPD"] = CALENDAR
    ask_for(BOOKED)
    with chat.page.expect_download() as download:
        chat.button("Add to my calendar").click()
    assert download.value.suggested_filename == "appointment-K7QX-4MPD.ics"
    assert Path(download.value.path()).read_bytes().decode() == CALENDAR


def test_a_request_without_a_time_has_no_calendar_file_and_says_so(chat: Chat, ask_for) -> None:
    ask_for(REQUESTED)
    expect(chat.page.get_by_text("Request received")).to_be_visible()
    chat.button("Add to my calendar").click()
    expect(chat.page.get_by_text("There is no calendar file for this one.")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "label"), [("cancelled", "Appointment cancelled"), ("aborted", "No appointment was made")]
)
def test_a_booking_that_is_no_more_offers_no_file(chat: Chat, ask_for, status: str, label: str) -> None:
    ask_for({**BOOKED, "booking": {"reference": "K7QX-4MPD" if status == "cancelled" else None, "status": status}})
    expect(chat.page.get_by_text(label)).to_be_visible()
    assert chat.button("Add to my calendar").count() == 0
