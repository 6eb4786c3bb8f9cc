"""What happens to the chat on the page: taken out and put back, changed while it is open, its server away for long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER
from widget.visitor import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

    from widget.fake_chat_api import FakeChatApi

SPANISH = "document.querySelector('clinic-chat').setAttribute('language', 'es')"
PUT_BACK = "const chat = document.querySelector('clinic-chat'); chat.remove(); document.body.append(chat)"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_change_leaves_the_chat_open_with_what_is_half_written(
    new_context: Callable[..., BrowserContext], width: int
) -> None:
    chat = Chat(new_context(viewport={"width": width, "height": 800}).new_page()).visit().open()
    chat.field.fill("Half a sentence")
    chat.page.evaluate(SPANISH)
    field = chat.page.get_by_placeholder("Escriba un mensaje")
    expect(field).to_be_visible()
    expect(field).to_have_value("Half a sentence")
    expect(field).to_be_focused()
    chat.button("Cerrar el chat").click()
    expect(chat.launcher).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_chat_that_is_put_back_can_be_opened_with_what_is_half_written(
    new_context: Callable[..., BrowserContext], width: int
) -> None:
    chat = Chat(new_context(viewport={"width": width, "height": 800}).new_page()).visit().open()
    chat.field.fill("Half a sentence")
    chat.page.evaluate(PUT_BACK)
    if width == 390:
        expect(chat.panel).to_be_hidden()
        chat.launcher.click()
    expect(chat.field).to_have_value("Half a sentence")
    expect(chat.bubbles()).to_have_count(1)


def test_what_is_forgotten_stays_so_when_the_connection_comes_back(chat: Chat, api: FakeChatApi) -> None:
    api.go_down()
    chat.page.reload()
    expect(chat.trouble).to_be_visible()
    api.is_down = False
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation was erased.")).to_be_visible()
    for _ in range(2):  # the first ends the attempts from before
        chat.page.evaluate("dispatchEvent(new Event('online'))")
        chat.page.wait_for_timeout(200)
    assert api.conversations == {}
    chat.button("Close the chat").click()
    chat.launcher.click()
    expect(chat.bubbles("Hello!")).to_have_count(1)


def test_a_server_that_is_away_for_long_is_asked_less_and_less_often(chat: Chat, api: FakeChatApi) -> None:
    chat.page.context.clock.install()
    chat.page.reload()
    expect(chat.bubbles("Hello!")).to_have_count(1)
    api.go_down()
    asked_in = []
    for _ in range(3):
        before = len(api.asked)
        for _ in range(40):
            chat.page.context.clock.run_for(1_000)
            chat.page.wait_for_timeout(5)
        asked_in.append(len(api.asked) - before)
    assert asked_in[0] > asked_in[2] >= 1
    assert sum(asked_in) < 15
    api.is_down = False
    for _ in range(40):
        chat.page.context.clock.run_for(1_000)
    api.say("assistant", {"text": "Back again.", "kind": "smalltalk"})
    expect(chat.bubbles("Back again.")).to_have_count(1)


def test_a_full_storage_keeps_nothing_from_being_sent(context: BrowserContext, api: FakeChatApi) -> None:
    page = context.new_page()
    chat = Chat(page).visit().open()
    page.evaluate("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; null")
    context.set_offline(True)
    for text in ("First", "Second"):
        chat.ask(text)
    expect(page.locator(".state.failure")).to_have_count(2)
    context.set_offline(False)
    expect(chat.bubbles(ANSWER["text"])).to_have_count(2)
    assert api.happened == ["First", "Second"]
    assert api.texts == ["First", "Second"]


def test_words_written_offline_in_a_tab_that_was_closed_are_sent_by_the_other_in_order(
    context: BrowserContext, api: FakeChatApi
) -> None:
    one, two = (Chat(context.new_page()).visit().open() for _ in range(2))
    context.set_offline(True)
    for tab, text in ((one, "First"), (two, "Second"), (one, "Third")):
        tab.ask(text)
        for each in (one, two):
            expect(each.bubbles(text)).to_have_count(1)
    one.page.close()
    context.set_offline(False)
    expect(two.bubbles(ANSWER["text"])).to_have_count(3)
    expect(two.page.get_by_text(re.compile("Not sent yet"))).to_have_count(0)
    assert api.happened == ["First", "Second", "Third"]


def test_what_waits_from_before_stands_under_the_day_that_is_there_already(chat: Chat, api: FakeChatApi) -> None:
    api.trouble = [(422, {})]
    chat.ask("Too long")
    expect(chat.button("Change it")).to_be_visible()
    chat.page.reload()
    expect(chat.bubbles("Hello!")).to_have_count(1)
    expect(chat.button("Change it")).to_be_visible()
    assert chat.page.locator(".day-change").all_inner_texts() == ["Today"]


def test_what_is_said_under_the_last_message_is_in_sight(chat: Chat) -> None:
    for number in range(4):
        chat.ask(f"Question {number}")
        expect(chat.bubbles(ANSWER["text"])).to_have_count(number + 1)
    for _ in range(3):
        chat.page.context.set_offline(True)
        chat.ask("Kept")
        expect(chat.page.locator(".state.failure").last.get_by_role("button")).to_be_in_viewport()
        chat.page.wait_for_timeout(100)
        assert chat.scroller.evaluate("each => each.scrollHeight - each.scrollTop - each.clientHeight") < 2
        chat.page.context.set_offline(False)
        expect(chat.page.locator(".state.failure")).to_have_count(0)


def test_a_chat_that_is_open_on_the_next_page_leaves_the_focus_to_the_page(chat: Chat) -> None:
    chat.page.reload()
    expect(chat.bubbles("Hello!")).to_be_visible()
    assert chat.page.evaluate("document.activeElement.tagName") == "BODY"
