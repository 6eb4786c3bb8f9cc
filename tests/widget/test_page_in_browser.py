from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from fake_chat_api import ANSWER, FakeChatApi
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bot.widget.page import STARTER_QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
HOSTILE = "<img src=x onerror=\"alert(1)\"><script>alert(2)</script><a href='javascript:alert(3)'>&lt;b&gt;</a>"

# Links within a sentence may be smaller than a finger (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll("button, summary, textarea, a:not(p > a)")]
  .map((each) => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([, { width, height, bottom }]) => width && bottom > 0 && (height < 44 || width < 44))
  .map(([text, { width, height }]) => `${text}: ${width} x ${height}`)"""
LOW_CONTRAST = """() => {
  const channels = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const linear = (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const ground = (element) => {
    const colour = channels(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 ? ground(element.parentElement) : colour;
  };
  const ratio = (element) => {
    const pair = [channels(getComputedStyle(element).color), ground(element)].map(luminance);
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const low = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const seen = texts.currentNode.data.trim() && element.checkVisibility({ visibilityProperty: true });
    if (seen && ratio(element) < 4.5) low.push(`${element.textContent}: ${ratio(element)}`);
  }
  return low;
}"""

CLARIFY: dict[str, Any] = {
    "text": "Which of these do you mean?",
    "kind": "clarify",
    "buttons": [
        {"title": "How long RFA lasts", "value": "How long does RFA last?", "topic": "rfa_duration"},
        {"title": "What RFA is", "value": "What is RFA?", "topic": "rfa"},
    ],
}
EMERGENCY: dict[str, Any] = {
    "text": "This could be a medical emergency. Call 911 or go to the nearest emergency department now. For too much "
    "of a medicine, call Poison Control at 1-800-222-1222. You can also call or text 988.",
    "kind": "emergency",
}
CRISIS: dict[str, Any] = {
    "text": "You do not have to face it alone. Call or text 988. In immediate danger, call 911.",
    "kind": "crisis",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing; install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_OPTIONS)


@pytest.fixture
def api() -> Iterator[FakeChatApi]:
    fake = FakeChatApi()
    yield fake
    fake.close()
    assert fake.complaints == []


@pytest.fixture
def page(browser: Browser, api: FakeChatApi) -> Iterator[Page]:
    """The page, opened; at the end it must have made no error, broken no policy and asked no other origin."""
    context = browser.new_context(base_url=api.url, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    refused = re.compile(r"Failed to load resource: the server responded with a status of (404|422|429|503)")
    page.on("console", lambda said: None if refused.match(said.text) else faults.append(f"{said.type}: {said.text}"))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith(api.url) else faults.append(asked.url))
    page.goto("/")
    expect(bubbles(page)).to_have_count(1)
    yield page
    context.close()
    assert faults == []


def bubbles(page: Page, text: str = "") -> Locator:
    return page.locator("#chat-log .bubble", has_text=text)


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_role("button", name="Send").click()


def test_the_first_line_says_what_the_chat_is_and_the_greeting_and_three_questions_are_there(page: Page) -> None:
    notice = page.locator(".chat-notice")
    expect(notice).to_have_text(re.compile("^Automated assistant, not for emergencies: call 911."))
    expect(bubbles(page)).to_contain_text("Hello! I am the automated assistant.")
    assert page.locator("#chat-starters button").all_inner_texts() == list(STARTER_QUESTIONS)


def test_a_starter_question_is_asked_and_answered_with_its_sources(page: Page, api: FakeChatApi) -> None:
    page.get_by_role("button", name=STARTER_QUESTIONS[0]).click()
    answer = bubbles(page, ANSWER["text"])
    expect(answer).to_have_count(1)
    expect(page.locator("#chat-starters")).to_be_hidden()
    expect(page.locator("#chat-typing")).to_be_hidden()
    expect(answer.locator("blockquote")).to_be_hidden()
    answer.get_by_text("From our page").click()
    assert answer.locator("blockquote").all_inner_texts() == [each["quote"] for each in ANSWER["sources"]]
    assert [each["text"] for each in api.sent] == [STARTER_QUESTIONS[0]]


def test_the_keyboard_alone_is_enough(page: Page, api: FakeChatApi) -> None:
    page.get_by_label("Your question").focus()
    page.keyboard.type("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(bubbles(page, ANSWER["text"])).to_have_count(1)
    page.keyboard.press("Shift+Tab")  # a line up from the text: the answer's last control
    expect(page.get_by_role("button", name="Not helpful")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    assert [each["text"] for each in api.sent] == ["First line\nsecond line"]


def test_feedback_reaches_the_server(page: Page, api: FakeChatApi) -> None:
    ask(page, "How long does RFA last?")
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert api.feedback == [{"message": api.conversation.messages[-1]["id"], "helpful": True}]


def test_a_button_is_sent_as_its_value_and_stays_used_after_a_reload(page: Page, api: FakeChatApi) -> None:
    api.script["RFA"] = [CLARIFY]
    ask(page, "RFA")
    page.get_by_role("button", name="How long RFA lasts").click()
    expect(bubbles(page, ANSWER["text"])).to_have_count(1)
    assert [each["text"] for each in api.sent] == ["RFA", "How long does RFA last?"]
    for _ in range(2):
        expect(page.locator(".choices button:disabled")).to_have_count(2)
        expect(page.locator(".choices .chosen")).to_have_text("How long RFA lasts")
        page.reload()


def test_a_message_that_failed_is_sent_again_under_the_same_id(page: Page, api: FakeChatApi) -> None:
    api.trouble = [(503, {})]
    ask(page, "How long does RFA last?")
    expect(page.get_by_text("Something went wrong on our side. Please try again.")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    expect(bubbles(page, ANSWER["text"])).to_have_count(1)
    expect(page.locator(".failure")).to_have_count(0)
    expect(bubbles(page)).to_have_count(3)
    first, second = api.sent
    assert first == second


def test_an_answer_whose_request_failed_comes_by_the_stream(page: Page, api: FakeChatApi) -> None:
    api.loses_answers = True
    ask(page, "How long does RFA last?")
    expect(bubbles(page, ANSWER["text"])).to_have_count(1)
    expect(page.locator("#chat-typing")).to_be_hidden()
    expect(page.locator(".failure")).to_have_count(0)
    expect(bubbles(page)).to_have_count(3)


def test_too_many_messages_wait_as_long_as_the_server_says(page: Page, api: FakeChatApi) -> None:
    api.trouble = [(429, {"Retry-After": "1"})]
    ask(page, "How long does RFA last?")
    expect(page.get_by_text("Please wait 1 second.")).to_be_visible()
    expect(bubbles(page, ANSWER["text"])).to_have_count(1)
    assert api.sent[0] == api.sent[1]
    assert api.sent_at[1] - api.sent_at[0] >= 1


def test_what_the_server_will_not_take_goes_back_to_be_changed(page: Page, api: FakeChatApi) -> None:
    api.trouble = [(422, {})]
    ask(page, "Too long")
    expect(page.get_by_text("Told by the server.")).to_be_visible()
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_label("Your question")).to_have_value("Too long")
    expect(bubbles(page)).to_have_count(1)


def test_late_replies_come_by_the_stream_once_and_in_order_though_the_stream_breaks(
    page: Page, api: FakeChatApi
) -> None:
    api.script["Are you there?"] = [{"text": "One moment, please.", "kind": "fallback"}]
    ask(page, "Are you there?")
    expect(bubbles(page, "One moment, please.")).to_have_count(1)
    api.say("assistant", {"text": "The late reply.", "kind": "smalltalk"})
    expect(bubbles(page, "The late reply.")).to_have_count(1)
    api.drop_streams()
    api.say("staff", {"text": "Ana from the clinic here."})
    expect(bubbles(page, "Ana from the clinic here.")).to_contain_text("Clinic staff")
    assert bubbles(page).all_text_contents() == [
        "Assistant:Hello! I am the automated assistant.",
        "You:Are you there?",
        "Assistant:One moment, please.",
        "Assistant:The late reply.",
        "Clinic staffAna from the clinic here.",
    ]
    assert api.streams == [1, 4]


def test_a_reload_keeps_the_conversation(page: Page, api: FakeChatApi) -> None:
    ask(page, "How long does RFA last?")
    expect(bubbles(page)).to_have_count(3)
    before = bubbles(page).all_inner_texts()
    page.reload()
    expect(bubbles(page)).to_have_count(3)
    assert bubbles(page).all_inner_texts() == before
    assert len(api.conversations) == 1


@pytest.mark.parametrize("how", ["reload", "ask", "wait"])
def test_a_conversation_that_is_gone_is_followed_by_a_new_one(page: Page, api: FakeChatApi, how: str) -> None:
    ask(page, "An earlier question")
    expect(bubbles(page)).to_have_count(3)
    api.lose_conversations()
    if how == "reload":
        page.reload()
    if how == "ask":
        ask(page, "A later question")
    expect(page.get_by_text("Your earlier conversation is no longer available, so this is a new one.")).to_be_visible()
    expect(bubbles(page, "An earlier question")).to_have_count(0)
    expect(bubbles(page)).to_have_count(3 if how == "ask" else 1)
    assert len(api.conversations) == 1


def test_markup_from_either_side_stays_text(page: Page, api: FakeChatApi) -> None:
    hostile_choice = {"title": HOSTILE, "value": HOSTILE}
    sources = [{"passage": "rfa.2", "quote": HOSTILE}]
    api.script[HOSTILE] = [{"text": HOSTILE, "kind": "answer", "sources": sources, "buttons": [hostile_choice]}]
    ask(page, HOSTILE)
    expect(bubbles(page)).to_have_count(3)
    page.get_by_text("From our page").click()
    page.get_by_role("button", name=HOSTILE).click()
    expect(bubbles(page)).to_have_count(5)
    for loaded in ("live", "after a reload"):
        assert page.get_by_text(HOSTILE, exact=True).count() == 8, loaded
        assert page.locator("#chat-log :is(img, script, b, a)").count() == 0, loaded
        page.reload()
        expect(bubbles(page)).to_have_count(5)


@pytest.mark.parametrize(
    ("message", "numbers"), [(EMERGENCY, ["911", "1-800-222-1222", "988"]), (CRISIS, ["988", "911"])]
)
def test_an_urgent_message_looks_different_and_can_be_called_from(
    page: Page, api: FakeChatApi, message: dict[str, Any], numbers: list[str]
) -> None:
    api.script["Help"] = [message]
    ask(page, "Help")
    urgent = page.locator(f".urgent.{message['kind']}")
    expect(urgent).to_have_attribute("role", "alert")
    expect(urgent.locator("p", has_text=message["text"])).to_have_count(1)
    assert urgent.locator(".calls a").all_inner_texts() == [f"Call {number}" for number in numbers]
    links = {"911": "tel:911", "988": "tel:988", "1-800-222-1222": "tel:+18002221222"}
    for number in numbers:
        expect(urgent.get_by_role("link", name=number, exact=True)).to_have_attribute("href", links[number])
    usual = page.locator(".message:not(.urgent) .bubble").first
    background = "each => getComputedStyle(each).backgroundColor"
    assert urgent.locator(".bubble").evaluate(background) != usual.evaluate(background)


def test_numbers_that_only_contain_an_emergency_number_are_no_links(page: Page, api: FakeChatApi) -> None:
    api.script["Hi"] = [{"text": "Ask for 555-0911, 911-555-0100 or 19880.", "kind": "fallback"}]
    ask(page, "Hi")
    expect(bubbles(page)).to_have_count(3)
    assert page.locator("#chat-log a").count() == 0


def test_forgetting_asks_first_and_erases_everything(page: Page, api: FakeChatApi) -> None:
    ask(page, "How long does RFA last?")
    expect(bubbles(page)).to_have_count(3)
    page.get_by_role("button", name="Forget this conversation").click()
    page.get_by_role("button", name="Keep it").click()
    assert len(api.conversations) == 1
    page.get_by_role("button", name="Forget this conversation").click()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("The conversation was erased.")).to_be_visible()
    expect(bubbles(page)).to_have_count(0)
    assert api.conversations == {}
    assert page.evaluate("sessionStorage.length") == 0
    ask(page, "Something new")
    expect(bubbles(page)).to_have_count(3)


def test_a_chat_that_cannot_be_opened_can_be_tried_again(page: Page) -> None:
    page.route("**/api/conversations/*/messages?after=0", lambda route: route.fulfill(status=503), times=1)
    page.reload()
    page.get_by_role("button", name="Retry").click()
    expect(bubbles(page)).to_have_count(1)
    expect(page.locator(".note")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 390, 1280])
def test_nothing_is_cut_off_and_every_control_fits_a_finger(page: Page, api: FakeChatApi, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 760})
    api.script["Help"] = [{"text": "W" * 300, "kind": "smalltalk"}, EMERGENCY, CLARIFY, ANSWER]
    ask(page, "Help")
    expect(bubbles(page)).to_have_count(6)
    for scroller in ("document.documentElement", "document.getElementById('chat-scroll')"):
        assert page.evaluate(f"{scroller}.scrollWidth <= {scroller}.clientWidth"), scroller
    assert page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_of_aa(page: Page, api: FakeChatApi, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    api.script["Help"] = [EMERGENCY, CRISIS, CLARIFY, ANSWER]
    ask(page, "Help")
    expect(bubbles(page)).to_have_count(6)
    api.trouble = [(503, {})]
    ask(page, "Again")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    api.say("staff", {"text": "Ana from the clinic here."})
    expect(bubbles(page)).to_have_count(8)
    page.get_by_text("From our page").click()
    assert page.evaluate(LOW_CONTRAST) == []
