"""The widget is small, and long conversations stay smooth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, WIDGET
from widget.samples import CLARIFY
from widget.visitor import Chat

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi

MOST_COMPRESSED = 30_000  # bytes of all files of the widget together, with gzip
LONGEST_TASK_MS = 400  # on two cores that others use too; without them it is a fifth of that
WATCH = """window.longest = 0; new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => {
  window.longest = Math.max(window.longest, duration); })).observe({ type: "longtask", buffered: true });"""


def test_the_widget_is_at_most_30_kb_compressed_in_all() -> None:
    assert WIDGET.compressed_bytes <= MOST_COMPRESSED


def fill(api: FakeChatApi, count: int) -> None:
    for number in range(count // 2):
        api.conversation.add("visitor", {"text": f"Question {number}"})
        api.conversation.add("assistant", {**(CLARIFY if number % 5 == 0 else ANSWER), "text": f"Answer {number}"})


def test_a_thousand_messages_open_at_once_and_can_all_be_read(context: BrowserContext, api: FakeChatApi) -> None:
    context.add_init_script(WATCH)
    chat = Chat(context.new_page()).visit().open()
    fill(api, 1_000)
    chat.page.reload()
    expect(chat.bubbles("Answer 499")).to_be_visible()
    assert chat.page.evaluate("window.longest") < LONGEST_TASK_MS
    expect(chat.bubbles()).to_have_count(50)
    chat.ask("And now?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    while (shown := chat.bubbles().count()) < 1_003:
        chat.scroller.evaluate("each => { each.scrollTop = 0; }")
        expect(chat.bubbles().nth(min(shown + 49, 1_002))).to_be_attached()
    expect(chat.bubbles()).to_have_count(1_003)
    said = [text.split(":")[1].split("From our page")[0] for text in chat.said()[1:-2]]
    assert said == [f"{who} {number}" for number in range(500) for who in ("Question", "Answer")]
    chat.ask("And now?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(2)
    assert chat.page.evaluate("window.longest") < LONGEST_TASK_MS


def test_earlier_messages_come_by_the_keyboard_too(chat: Chat, api: FakeChatApi) -> None:
    fill(api, 200)
    chat.page.reload()
    expect(chat.bubbles("Answer 99")).to_be_visible()
    chat.in_shadow("(root) => root.querySelector('.more').focus({ preventScroll: true })")
    chat.page.keyboard.press("Enter")
    expect(chat.bubbles()).to_have_count(100)
    assert "Answer 74" in chat.focused()


def test_what_is_read_stays_in_its_place_when_earlier_messages_come(chat: Chat, api: FakeChatApi) -> None:
    fill(api, 200)
    chat.page.reload()
    expect(chat.bubbles("Answer 99")).to_be_visible()
    first = chat.bubbles().first.inner_text()
    chat.scroller.evaluate("each => { each.scrollTop = 40; }")
    expect(chat.bubbles()).to_have_count(100)
    shown = chat.in_shadow(
        "(root) => { const top = root.querySelector('.scroller').getBoundingClientRect().top;"
        " const shown = (each) => each.getBoundingClientRect().bottom > top;"
        " return [...root.querySelectorAll('.bubble')].find(shown).innerText; }"
    )
    assert shown == first


def test_a_visitor_who_reads_further_up_is_not_pulled_down(chat: Chat, api: FakeChatApi) -> None:
    fill(api, 60)
    chat.page.reload()
    expect(chat.bubbles("Answer 29")).to_be_visible()
    chat.scroller.evaluate("each => { each.scrollTop = 300; }")
    api.say("assistant", {"text": "A late reply.", "kind": "smalltalk"})
    expect(chat.button("New messages")).to_be_visible()
    assert chat.scroller.evaluate("each => Math.round(each.scrollTop)") == 300
    chat.button("New messages").click()
    expect(chat.button("New messages")).to_be_hidden()
    assert chat.scroller.evaluate("each => each.scrollHeight - each.scrollTop - each.clientHeight") < 2
