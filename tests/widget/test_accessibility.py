"""Everybody can use it: keyboard, screen reader, contrast, large text, small screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, WIDGET_WITH_SMS
from widget.samples import (
    ASK_CONFIRM,
    ASK_CONTACT,
    ASK_TIME,
    BOOKED,
    CLARIFY,
    CRISIS,
    EMERGENCY,
    LIST,
    OVERDOSE,
    REQUESTED,
    STAFF,
    Said,
)
from widget.visitor import Chat

if TYPE_CHECKING:
    from collections.abc import Callable

    from widget.fake_chat_api import FakeChatApi

LONG = {"text": "W" * 300, "kind": "smalltalk"}
EVERYTHING: list[Said] = [EMERGENCY, OVERDOSE, CRISIS, CLARIFY, LIST, ANSWER, ASK_TIME, ASK_CONFIRM, BOOKED, REQUESTED]
VIEWPORTS = {"wide": (1280, 860), "narrow": (390, 800)}


@pytest.fixture(params=[(scheme, size) for scheme in ("light", "dark") for size in VIEWPORTS], ids="-".join)
def dressed(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], api: FakeChatApi) -> Chat:
    """The chat, light and dark, wide and narrow."""
    api.widget = WIDGET_WITH_SMS
    scheme, size = request.param
    width, height = VIEWPORTS[size]
    context = new_context(color_scheme=scheme, viewport={"width": width, "height": height})
    return Chat(context.new_page()).visit()


def test_axe_finds_nothing_in_any_state(dressed: Chat, api: FakeChatApi) -> None:
    chat = dressed
    states: dict[str, list[str]] = {"closed": chat.violations()}
    chat.open()
    states["greeting"] = chat.violations()
    api.script["All"] = EVERYTHING
    api.withheld.clear()
    chat.ask("All")
    expect(chat.typing).to_be_visible()
    states["typing"] = chat.violations()
    api.withheld.set()
    expect(chat.bubbles(REQUESTED["text"])).to_have_count(1)
    for source in chat.page.get_by_text("From our page").all():
        source.click()
    chat.button("Helpful", exact=True).first.click()
    expect(chat.page.get_by_label("Would you like to say more?")).to_be_visible()
    api.say("staff", STAFF)
    expect(chat.bubbles(STAFF["text"])).to_have_count(1)
    states["every message"] = chat.violations()
    api.script["Contact"] = [ASK_CONTACT]
    chat.ask("Contact")
    expect(chat.button("E-mail")).to_be_visible()
    states["contact"] = chat.violations()
    chat.button("Options").click()
    states["options"] = chat.violations()
    api.phone_codes = ["K7MQ2X"]
    chat.button("Go on by text message").click()
    expect(chat.page.get_by_text("K7MQ2X")).to_be_visible()
    states["text code"] = chat.violations()
    chat.button("Done").click()
    chat.choose_option("Forget this conversation")
    states["question"] = chat.violations()
    chat.button("Keep it").click()
    api.trouble = [(422, {})]
    chat.ask("Refused")
    expect(chat.button("Change it")).to_be_visible()
    chat.page.context.set_offline(True)
    chat.ask("Kept")
    expect(chat.trouble).to_be_visible()
    states["no connection"] = chat.violations()
    assert {state: found for state, found in states.items() if found} == {}


@pytest.mark.parametrize("path", ["/", "/embed", "/privacy"])
def test_axe_finds_nothing_on_our_pages(dressed: Chat, path: str) -> None:
    dressed.visit(path)
    assert dressed.violations() == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_cut_off_and_every_control_fits_a_finger(chat: Chat, api: FakeChatApi, width: int) -> None:
    chat.page.set_viewport_size({"width": width, "height": 760})
    api.script["All"] = [LONG, *EVERYTHING]
    chat.ask("All")
    expect(chat.bubbles(REQUESTED["text"])).to_have_count(1)
    chat.button("Helpful", exact=True).first.click()
    expect(chat.page.get_by_label("Would you like to say more?")).to_be_visible()
    assert chat.overflow() == [0, 0]
    assert chat.too_small() == []


def test_the_keyboard_alone_is_enough(context: BrowserContext, api: FakeChatApi) -> None:
    chat = Chat(context.new_page()).visit()
    press = chat.page.keyboard.press
    press("Tab")
    press("Tab")
    expect(chat.launcher).to_be_focused()
    press("Enter")
    expect(chat.field).to_be_focused()
    chat.page.keyboard.type("First line")
    press("Shift+Enter")
    chat.page.keyboard.type("second line")
    press("Enter")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    press("Shift+Tab")  # a line up from the field: the answer's last control
    assert chat.focused() == "Not helpful"
    press("Shift+Tab")
    press("Shift+Tab")
    press("Enter")
    expect(chat.page.locator("blockquote")).to_be_visible()
    assert api.texts == ["First line\nsecond line"]
    press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


def test_escape_closes_one_thing_at_a_time(chat: Chat) -> None:
    chat.button("Options").click()
    chat.page.keyboard.press("Escape")
    expect(chat.button("Forget this conversation")).to_be_hidden()
    expect(chat.button("Options")).to_be_focused()
    chat.choose_option("Forget this conversation")
    expect(chat.button("Keep it")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.button("Keep it")).to_be_hidden()
    expect(chat.panel).to_be_visible()
    chat.field.focus()
    chat.page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()


def test_the_focus_returns_to_what_opened_the_chat(context: BrowserContext) -> None:
    chat = Chat(context.new_page()).visit("/")
    opener = chat.button("Ask a question").first
    opener.click()
    expect(chat.field).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_chosen_button_leaves_the_focus_in_the_field(chat: Chat, api: FakeChatApi) -> None:
    api.script["RFA"] = [CLARIFY]
    chat.ask("RFA")
    chat.button("What RFA is").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    expect(chat.field).to_be_focused()


def test_on_a_narrow_screen_the_page_behind_is_out_of_reach(new_context: Callable[..., BrowserContext]) -> None:
    chat = Chat(new_context(viewport={"width": 390, "height": 800}).new_page()).visit().open()
    box = chat.panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 800}
    seen = set()
    for _ in range(25):
        chat.page.keyboard.press("Tab")
        seen.add(chat.page.evaluate("document.activeElement.tagName"))
    assert "A" not in seen  # the page's own link
    assert "CLINIC-CHAT" in seen


def test_turning_the_screen_keeps_panel_text_and_focus(chat: Chat) -> None:
    chat.field.fill("Half a sentence")
    for width in (390, 1280):
        chat.page.set_viewport_size({"width": width, "height": 800})
        expect(chat.panel).to_be_visible()
        expect(chat.field).to_be_focused()
        expect(chat.field).to_have_value("Half a sentence")


def test_a_screen_reader_hears_what_is_new_and_not_the_history(chat: Chat, api: FakeChatApi) -> None:
    expect(chat.log).to_have_attribute("aria-live", "polite")
    chat.ask("How long does RFA last?")
    expect(chat.log.locator(".bubble", has_text=ANSWER["text"])).to_have_count(1)
    chat.page.reload()
    expect(chat.bubbles()).to_have_count(3)
    expect(chat.log.locator(".bubble")).to_have_count(0)
    added = (
        "(root) => { const log = root.querySelector('[role=log]'); window.heard = [];"
        " new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach((each) =>"
        " window.heard.push(each.textContent)))).observe(log, { childList: true, subtree: true }); }"
    )
    chat.in_shadow(added)
    api.say("assistant", {"text": "Something new.", "kind": "smalltalk"})
    expect(chat.log.locator(".bubble")).to_have_count(1)
    (heard,) = chat.page.evaluate("window.heard")
    assert heard.startswith("Assistant:Something new.")


def test_on_a_touch_screen_opening_does_not_bring_the_keyboard(new_context: Callable[..., BrowserContext]) -> None:
    touch = new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    chat = Chat(touch.new_page()).visit()
    chat.launcher.tap()
    expect(chat.bubbles("Hello!")).to_have_count(1)
    assert chat.in_shadow("(root) => root.activeElement.localName") == "h2"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_text_of_twice_the_size_is_not_cut_off(chat: Chat, api: FakeChatApi, width: int) -> None:
    """As for a reader who has set the browser's text to twice its size; the page's own size does not matter."""
    chat.page.set_viewport_size({"width": width, "height": 860})
    chat.page.context.new_cdp_session(chat.page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert chat.in_shadow("(root) => getComputedStyle(root.querySelector('.bubble')).fontSize") == "32px"
    api.script["All"] = [LONG, *EVERYTHING]
    chat.ask("All")
    expect(chat.bubbles(REQUESTED["text"])).to_have_count(1)
    assert chat.overflow() == [0, 0]
    inside = chat.in_shadow(
        "(root) => [...root.querySelectorAll('header > button, .send, textarea, .scroller')].every((each) => {"
        " const { top, bottom, left, right } = each.getBoundingClientRect();"
        " return top >= 0 && left >= 0 && right <= innerWidth && bottom <= innerHeight && bottom - top >= 44; })"
    )
    assert inside


def test_reduced_motion_moves_nothing(chat: Chat) -> None:
    moving = chat.in_shadow("(root) => root.getAnimations().length")
    assert moving == 0


def test_forced_colours_keep_the_edges_that_colour_alone_had_shown(
    new_context: Callable[..., BrowserContext], api: FakeChatApi
) -> None:
    chat = Chat(new_context(forced_colors="active").new_page()).visit().open()
    api.script["All"] = EVERYTHING
    chat.ask("All")
    expect(chat.bubbles(REQUESTED["text"])).to_have_count(1)
    without = chat.in_shadow(
        "(root) => [...root.querySelectorAll('.bubble, .call, .send, .choice')].filter((each) =>"
        " each.checkVisibility() && getComputedStyle(each).borderTopStyle === 'none').length"
    )
    assert without == 0
    assert chat.violations() == []
