"""Odd screens: very narrow with large text, a keyboard on the screen, words without end, motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, WIDGET_WITH_SMS, host_page
from widget.samples import ASK_CONFIRM, ASK_CONTACT, CLARIFY
from widget.visitor import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

    from widget.fake_chat_api import FakeChatApi

LONG = "W" * 300
# A window of which a keyboard hides a part, as on a telephone: the page is not told, only the visual viewport is.
KEYBOARD = """(() => {
  const view = new EventTarget();
  const sizes = { scale: 1, offsetTop: 0, get height() { return innerHeight - this.hidden; }, hidden: 0 };
  Object.defineProperties(view, Object.getOwnPropertyDescriptors(sizes));
  Object.defineProperty(window, "visualViewport", { value: view });
  window.moveKeyboard = (hidden, offsetTop, scale = 1) => {
    Object.assign(view, { hidden, offsetTop, scale });
    view.dispatchEvent(new Event("resize"));
  };
})()"""


def test_at_320_pixels_and_twice_the_text_everything_can_be_used(chat: Chat, api: FakeChatApi) -> None:
    chat.page.set_viewport_size({"width": 320, "height": 640})
    chat.page.context.new_cdp_session(chat.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    api.script["All"] = [CLARIFY, ANSWER, ASK_CONFIRM, ASK_CONTACT]
    chat.ask("All")
    expect(chat.button("E-mail")).to_be_visible()
    assert chat.overflow() == [0, 0]
    for name in ("Options", "Close the chat", "Send", "E-mail"):
        box = chat.button(name, exact=True).last.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    assert chat.scroller.evaluate("each => each.clientHeight") >= 96  # of three lines
    chat.choose_option("Forget this conversation")
    chat.button("Keep it").click()


def test_words_without_end_are_broken_wherever_they_stand(chat: Chat, api: FakeChatApi) -> None:
    api.widget = WIDGET_WITH_SMS
    chat.page.evaluate(f"document.querySelector('clinic-chat').setAttribute('name', '{LONG}')")
    choice = {"title": LONG, "value": LONG, "topic": None}
    api.script[LONG] = [
        {"text": LONG, "kind": "answer", "sources": [{"passage": "x", "quote": LONG}], "buttons": [choice]},
        {"text": f"{LONG}\nName: {LONG}", "kind": "booking", "asks": "confirm", "buttons": [choice]},
        {"text": LONG, "kind": "booking", "asks": "time", "buttons": [{**choice, "title": f"{LONG}, 9:00 AM"}]},
        {"text": f"• {LONG}", "kind": "booking", "booking": {"reference": LONG, "status": "confirmed"}},
        {"text": f"911 {LONG}", "kind": "emergency"},
    ]
    for width in (320, 1280):
        chat.page.set_viewport_size({"width": width, "height": 760})
        chat.ask(LONG)
        expect(chat.page.locator(".urgent").last).to_be_visible()
        api.say("staff", {"text": LONG, "staff": {"name": LONG, "role": LONG}})
        expect(chat.page.locator(".from-staff").last).to_be_visible()
        chat.page.get_by_text("From our page").last.click()
        assert chat.overflow() == [0, 0]
        assert chat.in_shadow("(root) => root.querySelector('header').scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1024])
def test_a_keyboard_on_the_screen_covers_neither_field_nor_header(
    new_context: Callable[..., BrowserContext], width: int
) -> None:
    context = new_context(viewport={"width": width, "height": 800})
    context.add_init_script(KEYBOARD)
    chat = Chat(context.new_page()).visit().open()
    usual = chat.panel.bounding_box()
    for hidden, above in ((350, 0), (350, 120)):  # the second as where the browser has moved the page up to the field
        chat.page.evaluate(f"moveKeyboard({hidden}, {above})")
        box = chat.panel.bounding_box()
        assert box
        assert box["y"] >= above
        assert box["y"] + box["height"] <= 800 - hidden + above
        if width == 390:
            assert (box["y"], box["height"]) == (above, 800 - hidden)
    chat.page.evaluate("moveKeyboard(0, 0)")
    assert chat.panel.bounding_box() == usual
    chat.page.evaluate("moveKeyboard(400, 200, 2)")  # zoomed in with two fingers
    assert chat.panel.bounding_box() == usual


def test_dots_move_only_where_motion_is_welcome(new_context: Callable[..., BrowserContext], api: FakeChatApi) -> None:
    api.withheld.clear()
    moving = {}
    for wish in ("reduce", "no-preference"):
        chat = Chat(new_context(reduced_motion=wish).new_page()).visit().open()
        chat.ask("How long does RFA last?")
        expect(chat.typing).to_be_visible()
        moving[wish] = chat.in_shadow("(root) => root.getAnimations().length")
    assert moving["reduce"] == 0
    assert moving["no-preference"] >= 3


def test_on_a_page_that_reads_from_right_to_left_the_chat_reads_as_ever(
    context: BrowserContext, api: FakeChatApi
) -> None:
    page = host_page(api.url).replace("<html ", "<html dir=rtl ")
    api.pages["/host/rtl"] = (page, {})
    boxes = []
    for path in ("/host", "/host/rtl"):
        chat = Chat(context.new_page()).visit(path)
        boxes.append([chat.launcher.bounding_box(), chat.open().panel.bounding_box()])
        assert chat.panel.evaluate("each => getComputedStyle(each).direction") == "ltr"
    assert boxes[0] == boxes[1]
    api.script["مرحبا"] = [{"text": "مرحبا 911", "kind": "smalltalk"}]
    chat.ask("مرحبا")
    words = chat.bubbles("مرحبا").last.locator("p").last
    expect(words).to_be_visible()
    assert words.evaluate("each => getComputedStyle(each).direction") == "rtl"
