"""Nothing is lost: reloads, other pages and tabs, lost connections, a server away or busy, conversations that end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, CLINIC
from widget.samples import BOOKING_SCRIPT, EMERGENCY, STAFF
from widget.visitor import Chat

from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from widget.fake_chat_api import FakeChatApi

NOT_SENT = "Not sent yet. It is sent as soon as there is a connection."
GONE = "Your earlier conversation is no longer available, so this is a new one."
FORGOTTEN = "The conversation was erased. If you write again, a new one starts."


@pytest.mark.parametrize("how", ["reload", "another page"])
def test_the_conversation_and_the_open_panel_outlive_the_page(chat: Chat, api: FakeChatApi, how: str) -> None:
    chat.ask("How long does RFA last?")
    expect(chat.bubbles()).to_have_count(3)
    before = chat.said()
    if how == "reload":
        chat.page.reload()
    else:
        chat.page.get_by_role("link", name="Another page").click()
    expect(chat.bubbles()).to_have_count(3)
    assert chat.said() == before
    assert len(api.conversations) == 1


def test_on_a_narrow_screen_the_next_page_is_not_covered(new_context: Callable[..., BrowserContext]) -> None:
    chat = Chat(new_context(viewport={"width": 390, "height": 800}).new_page()).visit().open()
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    expect(chat.panel).to_be_hidden()


def test_two_tabs_show_the_same_and_start_one_conversation(context: BrowserContext, api: FakeChatApi) -> None:
    one, two = (Chat(context.new_page()).visit() for _ in range(2))
    one.open()
    two.open()
    one.ask("How long does RFA last?")
    expect(two.bubbles(ANSWER["text"])).to_have_count(1)
    two.ask("And what is it?")
    expect(one.bubbles()).to_have_count(5)
    expect(two.bubbles()).to_have_count(5)
    assert one.said() == two.said()
    assert len(api.conversations) == 1
    assert api.happened == ["How long does RFA last?", "And what is it?"]


def test_forgotten_in_one_tab_it_is_forgotten_in_the_other(context: BrowserContext, api: FakeChatApi) -> None:
    one, two = (Chat(context.new_page()).visit().open() for _ in range(2))
    one.choose_option("Forget this conversation")
    one.button("Forget it").click()
    for tab in (one, two):
        expect(tab.page.get_by_text(FORGOTTEN)).to_be_visible()
        expect(tab.bubbles()).to_have_count(0)
    two.ask("Something new")
    for tab in (one, two):
        expect(tab.bubbles(ANSWER["text"])).to_have_count(1)
    assert len(api.conversations) == 1


def test_what_is_typed_offline_is_kept_and_sent_once_and_in_order(chat: Chat, api: FakeChatApi) -> None:
    chat.page.context.set_offline(True)
    for text in ("First", "Second", "Third"):
        chat.ask(text)
    expect(chat.page.locator(".state", has_text=NOT_SENT)).to_have_count(3)
    expect(chat.trouble).to_be_visible()
    expect(chat.typing).to_be_hidden()
    chat.page.context.set_offline(False)
    expect(chat.bubbles(ANSWER["text"])).to_have_count(3)
    expect(chat.page.locator(".state", has_text=NOT_SENT)).to_have_count(0)
    expect(chat.trouble).to_be_hidden()
    assert api.texts == ["First", "Second", "Third"]
    assert [text for text in chat.said() if text.startswith("You:")] == ["You:First", "You:Second", "You:Third"]


def test_what_is_typed_offline_outlives_the_page_and_is_sent_by_the_next(chat: Chat, api: FakeChatApi) -> None:
    api.go_down()
    chat.ask("Kept")
    expect(chat.page.locator(".state", has_text=NOT_SENT)).to_have_count(1)
    chat.page.reload()
    expect(chat.bubbles("Kept")).to_have_count(1)
    api.is_down = False
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert api.texts == ["Kept"]
    assert [text for text in chat.said() if text == "You:Kept"] == ["You:Kept"]


def test_many_tabs_send_what_waits_once(context: BrowserContext, api: FakeChatApi) -> None:
    tabs = [Chat(context.new_page()).visit().open() for _ in range(3)]
    api.go_down()
    for number, tab in enumerate(tabs):
        tab.ask(f"Message {number}")
        for each in tabs:
            expect(each.bubbles(f"Message {number}")).to_have_count(1)
    api.is_down = False
    for tab in tabs:
        expect(tab.bubbles()).to_have_count(7)
        expect(tab.page.locator(".state", has_text=NOT_SENT)).to_have_count(0)
    assert api.happened == ["Message 0", "Message 1", "Message 2"]


def test_a_network_cut_in_the_middle_of_a_booking_loses_no_step(chat: Chat, api: FakeChatApi) -> None:
    api.script.update(BOOKING_SCRIPT)
    chat.ask("Book a consultation")
    chat.ask("Maria Example")
    expect(chat.page.get_by_role("group", name="How can we reach you?")).to_be_visible()
    chat.page.context.set_offline(True)
    chat.ask("(503) 555-0177")
    expect(chat.page.locator(".state", has_text=NOT_SENT)).to_have_count(1)
    chat.page.context.set_offline(False)
    chat.button("Thu, Dec 3, 9:40 AM").click()
    expect(chat.bubbles("In a few words")).to_have_count(1)
    api.loses_answers = True
    chat.ask("Leg pain after a fusion")
    chat.button("Yes, book it").click()
    expect(chat.bubbles("K7QX-4MPD")).to_have_count(1)
    assert list(dict.fromkeys(api.texts)) == list(BOOKING_SCRIPT)
    said = [text.removeprefix("You:") for text in chat.said() if text.startswith("You:")]
    assert said == list(BOOKING_SCRIPT)


def test_a_message_that_failed_is_sent_again_under_the_same_id(chat: Chat, api: FakeChatApi) -> None:
    api.trouble = [(503, {})]
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert api.sent[0] == api.sent[1]
    expect(chat.trouble).to_be_hidden()


def test_the_visitor_can_have_it_tried_at_once(chat: Chat, api: FakeChatApi) -> None:
    api.trouble = [(503, {})] * 2
    chat.ask("How long does RFA last?")
    expect(chat.trouble).to_be_visible()
    chat.button("Try now").first.click()
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    expect(chat.trouble).to_be_hidden()
    assert api.sent_at[2] - api.sent_at[1] < 1.5  # the shortest pause before it is tried by itself
    assert len({each["client_message_id"] for each in api.sent}) == 1


def test_an_answer_whose_request_failed_comes_once(chat: Chat, api: FakeChatApi) -> None:
    api.loses_answers = True
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    chat.page.wait_for_timeout(1500)  # the second attempt brings the same replies
    expect(chat.bubbles()).to_have_count(3)
    expect(chat.typing).to_be_hidden()


def test_an_emergency_does_not_wait_behind_an_answer_that_takes_long(chat: Chat, api: FakeChatApi) -> None:
    api.script["I can't feel my legs"] = [EMERGENCY]
    api.withheld.clear()
    chat.ask("How long does RFA last?")
    chat.ask("I can't feel my legs")
    expect(chat.bubbles("I can't feel my legs")).to_have_count(1)
    deadline = time.monotonic() + 2
    while len(api.sent) < 2 and time.monotonic() < deadline:
        chat.page.wait_for_timeout(20)
    assert api.texts == ["How long does RFA last?", "I can't feel my legs"]
    api.withheld.set()
    expect(chat.page.locator(".urgent")).to_be_visible()


def test_too_many_messages_wait_as_long_as_the_server_says(chat: Chat, api: FakeChatApi) -> None:
    api.trouble = [(429, {"Retry-After": "1"})]
    chat.ask("How long does RFA last?")
    expect(chat.page.get_by_text("Your message is sent by itself in 1 second.")).to_be_visible()
    expect(chat.trouble).to_be_hidden()
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert api.sent[0] == api.sent[1]
    assert api.sent_at[1] - api.sent_at[0] >= 1


def test_what_is_written_after_a_busy_answer_is_tried_at_once(chat: Chat, api: FakeChatApi) -> None:
    """The server answers an emergency however many messages there are."""
    api.script["I can't feel my legs"] = [EMERGENCY]
    api.trouble = [(429, {"Retry-After": "60"})]
    chat.ask("How long does RFA last?")
    expect(chat.page.get_by_text("The chat is busy.")).to_be_visible()
    chat.ask("I can't feel my legs")
    expect(chat.page.locator(".urgent")).to_be_visible()


def test_what_the_server_will_not_take_goes_back_to_be_changed(chat: Chat, api: FakeChatApi) -> None:
    api.trouble = [(422, {})]
    chat.ask("Too long")
    expect(chat.page.get_by_text("Told by the server.")).to_be_visible()
    chat.ask("Another one")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    chat.button("Change it").click()
    expect(chat.field).to_have_value("Too long")
    expect(chat.field).to_be_focused()
    expect(chat.bubbles("Too long")).to_have_count(0)


def test_late_replies_come_once_and_in_order_though_the_stream_breaks(chat: Chat, api: FakeChatApi) -> None:
    api.script["Are you there?"] = [{"text": "One moment, please.", "kind": "fallback"}]
    chat.ask("Are you there?")
    expect(chat.bubbles("One moment, please.")).to_have_count(1)
    api.say("assistant", {"text": "The late reply.", "kind": "smalltalk"})
    expect(chat.bubbles("The late reply.")).to_have_count(1)
    api.drop_streams()
    api.say("staff", STAFF)
    chat.expect_said(
        [
            "Assistant:Hello! I am the automated assistant.",
            "You:Are you there?",
            "Assistant:One moment, please.",
            "Assistant:The late reply.",
            "Ana RuizNurseGood morning, how can I help?",
        ]
    )
    assert api.streams == [1, 4]


@pytest.mark.parametrize("how", ["reload", "ask", "wait"])
def test_a_conversation_that_is_gone_is_followed_by_a_new_one(chat: Chat, api: FakeChatApi, how: str) -> None:
    chat.ask("An earlier question")
    expect(chat.bubbles()).to_have_count(3)
    api.lose_conversations()
    if how == "reload":
        chat.page.reload()
    if how == "ask":
        chat.ask("A later question")
    expect(chat.page.get_by_text(GONE)).to_be_visible()
    expect(chat.bubbles("An earlier question")).to_have_count(0)
    expect(chat.bubbles()).to_have_count(3 if how == "ask" else 1)
    assert len(api.conversations) == 1
    assert api.texts.count("A later question") <= 2


def test_a_server_that_cannot_be_reached_leaves_whom_to_call(context: BrowserContext, api: FakeChatApi) -> None:
    api.go_down()
    chat = Chat(context.new_page()).visit()
    chat.launcher.click()
    expect(chat.trouble).to_be_visible()
    for name in ("while_waiting", "thoughts_of_ending_life"):
        expect(chat.trouble).to_contain_text(safety_texts()[name].text)
    links = chat.trouble.locator(".calls a")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:911", "tel:988", "sms:988", CLINIC.phone_link]
    chat.ask("Is anybody there?")
    expect(chat.page.locator(".state", has_text=NOT_SENT)).to_have_count(1)
    api.is_down = False
    chat.button("Try now").first.click()
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    expect(chat.trouble).to_be_hidden()
    assert api.texts == ["Is anybody there?"]


def test_modules_that_cannot_be_loaded_leave_whom_to_call_too(context: BrowserContext, faults: list[str]) -> None:
    page = context.new_page()
    page.route("**/widget/**", lambda route: route.abort())
    page.goto("/host")
    page.get_by_role("button", name="Chat").click()
    card = page.locator("section", has_text="The chat cannot be loaded")
    expect(card).to_contain_text(safety_texts()["while_waiting"].text)
    assert [link.get_attribute("href") for link in card.get_by_role("link").all()] == [
        "tel:911",
        "tel:988",
        CLINIC.phone_link,
    ]
    page.unroute("**/widget/**")
    page.get_by_role("button", name="Chat").click()
    page.get_by_role("button", name="Chat").click()
    expect(Chat(page).bubbles("Hello!")).to_have_count(1)
    assert all("clinic-chat: its files could not be loaded" in fault for fault in faults)
    faults.clear()


def test_a_browser_that_is_too_old_shows_whom_to_call(context: BrowserContext, faults: list[str]) -> None:
    context.add_init_script("window.CSSStyleSheet = function () { throw new TypeError('Illegal constructor'); };")
    page = context.new_page()
    page.goto("/host")
    page.get_by_role("button", name="Chat").click()
    expect(page.get_by_text(safety_texts()["while_waiting"].text)).to_be_visible()
    assert all("clinic-chat: its files could not be loaded" in fault for fault in faults)
    faults.clear()


def test_spoilt_storage_is_a_new_beginning(context: BrowserContext, api: FakeChatApi) -> None:
    page = context.new_page()
    page.goto("/host")
    for kept in ("{", "null", "[]", '{"credentials": {"id": 3}, "outbox": [{"text": 1}]}', '"x"'):
        page.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [f"clinic-chat:{api.url}/", kept])
        page.evaluate("sessionStorage.clear()")
        chat = Chat(page).visit().open()
        chat.ask("How long does RFA last?")
        expect(chat.bubbles(ANSWER["text"])).to_have_count(1)


def test_without_storage_the_chat_works_until_the_page_is_left(context: BrowserContext) -> None:
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    chat = Chat(context.new_page()).visit().open()
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)


def test_the_token_is_in_no_address(chat: Chat, api: FakeChatApi) -> None:
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert not [path for path in api.asked if api.conversation.token in path]
