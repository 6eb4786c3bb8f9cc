"""From the chat to the telephone: a code that is shown while it holds, to be texted by the visitor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import WIDGET_WITH_SMS
from widget.visitor import Chat

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi

OPTION = "Go on by text message"


@pytest.fixture
def texting(context: BrowserContext, api: FakeChatApi) -> Chat:
    """The chat of a clinic that takes text messages."""
    api.widget = WIDGET_WITH_SMS
    return Chat(context.new_page()).visit().open()


def test_where_no_text_messages_are_set_up_none_are_offered(chat: Chat) -> None:
    chat.button("Options").click()
    expect(chat.button("Forget this conversation")).to_be_visible()
    assert chat.button(OPTION).count() == 0


def test_a_code_is_shown_with_the_number_and_the_time_that_is_left(texting: Chat, api: FakeChatApi) -> None:
    api.phone_codes = ["K7MQ2X"]
    texting.choose_option(OPTION)
    dialog = texting.page.get_by_role("dialog", name=OPTION)
    expect(dialog.locator("strong")).to_have_text("K7MQ2X")
    number = dialog.get_by_role("link", name="(503) 555-0188")
    expect(number).to_have_attribute("href", "sms:+15035550188?&body=K7MQ2X")
    timer = dialog.get_by_role("timer")
    expect(timer).to_have_text(re.compile(r"^It works once. Time left: (9:5\d|10:00)$"))
    shown = timer.inner_text()
    expect(timer).not_to_have_text(shown)
    expect(dialog).to_contain_text("Text messages are not encrypted.")


def test_a_code_that_has_run_out_is_taken_away_and_a_new_one_comes_on_request(texting: Chat, api: FakeChatApi) -> None:
    api.phone_codes = ["K7MQ2X", "B4RT9H"]
    api.phone_code_seconds = 2
    texting.choose_option(OPTION)
    expect(texting.page.get_by_text("K7MQ2X")).to_be_visible()
    expect(texting.page.get_by_text("This code has run out.")).to_be_visible()
    expect(texting.page.get_by_text("K7MQ2X")).to_have_count(0)
    api.phone_code_seconds = 600
    texting.button("New code").click()
    expect(texting.page.get_by_text("B4RT9H")).to_be_visible()
    expect(texting.page.get_by_text("This code has run out.")).to_have_count(0)
    expect(texting.button("New code")).to_be_focused()


def test_keyboard_and_screen_reader_are_enough(texting: Chat, api: FakeChatApi) -> None:
    api.phone_codes = ["K7MQ2X"]
    texting.button("Options").focus()
    for key in ("Enter", "Tab", "Tab", "Enter"):  # past the button that closes the chat
        texting.page.keyboard.press(key)
    dialog = texting.page.get_by_role("dialog", name=OPTION)
    spelled = dialog.get_by_text("K 7 M Q 2 X")
    expect(spelled).to_have_count(1)
    assert spelled.evaluate("each => each.closest('[aria-live=polite]') !== null")
    assert texting.focused() == "Done"
    texting.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(texting.panel).to_be_visible()
    expect(texting.button("Options")).to_be_focused()


def test_a_code_that_cannot_be_had_is_said_and_can_be_asked_for_again(texting: Chat, api: FakeChatApi) -> None:
    texting.choose_option(OPTION)
    expect(texting.page.get_by_text("Something went wrong on our side.")).to_be_visible()
    api.go_down()
    texting.button("New code").click()
    expect(texting.page.get_by_text("We could not reach the chat.")).to_be_visible()
    api.is_down = False
    api.phone_codes = ["K7MQ2X"]
    texting.button("New code").click()
    expect(texting.page.get_by_text("K7MQ2X")).to_be_visible()


def test_a_closed_code_is_gone_and_the_next_opening_asks_for_another(texting: Chat, api: FakeChatApi) -> None:
    api.phone_codes = ["K7MQ2X", "B4RT9H"]
    for code in ("K7MQ2X", "B4RT9H"):
        texting.choose_option(OPTION)
        expect(texting.page.get_by_text(code)).to_be_visible()
        texting.button("Done").click()
        expect(texting.page.get_by_text(code)).to_have_count(0)


def test_the_code_of_a_conversation_that_is_forgotten_is_taken_away(texting: Chat, api: FakeChatApi) -> None:
    other = Chat(texting.page.context.new_page()).visit().open()
    api.phone_codes = ["K7MQ2X"]
    texting.choose_option(OPTION)
    expect(texting.page.get_by_text("K7MQ2X")).to_be_visible()
    other.choose_option("Forget this conversation")
    other.button("Forget it").click()
    expect(texting.page.get_by_text("K7MQ2X")).to_have_count(0)
    expect(texting.panel).to_be_visible()


def test_the_code_is_explained_in_spanish(texting: Chat, api: FakeChatApi) -> None:
    api.phone_codes = ["K7MQ2X"]
    texting.page.evaluate("document.querySelector('clinic-chat').setAttribute('language', 'es')")
    texting.button("Opciones").click()
    texting.button("Seguir por mensaje de texto").click()
    expect(texting.page.get_by_text("Envíe este código desde su teléfono.")).to_be_visible()
    expect(texting.page.get_by_role("timer")).to_have_text(re.compile("^Sirve una sola vez. Quedan 9:"))
    expect(texting.button("Código nuevo")).to_be_visible()
    expect(texting.button("Listo")).to_be_visible()
