"""What a visitor does in the chat: ask, choose, read on, rate, keep, forget."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from widget.fake_chat_api import ANSWER, CLINIC
from widget.samples import ASK_EMERGENCY, CLARIFY, CRISIS, EMERGENCY, OVERDOSE, STAFF, Said

from bot.widget.clinic import STARTER_QUESTIONS

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi
    from widget.visitor import Chat


def test_the_first_line_says_what_the_chat_is_with_the_approved_text_and_the_privacy_notice(chat: Chat) -> None:
    notice = chat.page.locator(".notice")
    expect(notice).to_have_text("Automated assistant, not for emergencies. In an emergency, call 911 now. Privacy")
    expect(notice.get_by_role("link", name="911")).to_have_attribute("href", "tel:911")
    expect(notice.get_by_role("link", name="Privacy")).to_have_attribute("href", re.compile("/privacy$"))


def test_no_conversation_is_started_before_the_chat_is_opened(context, api: FakeChatApi) -> None:
    page = context.new_page()
    page.goto("/host")
    expect(page.locator("clinic-chat .launcher")).to_be_visible()
    assert not [path for path in api.asked if path.startswith("/api/")]


def test_a_starter_question_is_asked_and_answered_with_its_source(chat: Chat, api: FakeChatApi) -> None:
    starters = chat.page.locator(".starters")
    assert starters.locator("button").all_inner_texts() == list(STARTER_QUESTIONS)
    chat.button(STARTER_QUESTIONS[0]).click()
    answer = chat.bubbles(ANSWER["text"])
    expect(answer).to_have_count(1)
    expect(starters).to_be_hidden()
    expect(chat.typing).to_be_hidden()
    expect(answer.locator("blockquote")).to_be_hidden()
    answer.get_by_text("From our page").click()
    assert answer.locator("blockquote").all_inner_texts() == [each["quote"] for each in ANSWER["sources"]]
    assert api.texts == [STARTER_QUESTIONS[0]]


def test_a_button_is_sent_as_its_value_and_stays_used_after_a_reload(chat: Chat, api: FakeChatApi) -> None:
    api.script["RFA"] = [CLARIFY]
    chat.ask("RFA")
    chat.button("How long RFA lasts").click()
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    assert api.texts == ["RFA", "How long does RFA last?"]
    for _ in range(2):
        expect(chat.page.locator(".choices:not(.starters) button:disabled")).to_have_count(2)
        expect(chat.page.locator(".choices .chosen")).to_have_text("How long RFA lasts")
        chat.page.reload()


def test_dots_show_while_the_answer_is_awaited(chat: Chat, api: FakeChatApi) -> None:
    api.withheld.clear()
    chat.ask("How long does RFA last?")
    expect(chat.typing).to_be_visible()
    expect(chat.page.get_by_role("status").get_by_text("The assistant is writing")).to_have_count(1)
    api.withheld.set()
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    expect(chat.typing).to_be_hidden()


def test_thumbs_reach_the_server_and_a_word_if_the_visitor_likes(chat: Chat, api: FakeChatApi) -> None:
    chat.ask("How long does RFA last?")
    chat.button("Not helpful").click()
    expect(chat.page.get_by_text("Thank you.")).to_be_visible()
    expect(chat.button("Not helpful")).to_have_attribute("aria-pressed", "true")
    chat.page.get_by_label("Would you like to say more?").fill("I meant another one.")
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator(".comment form")).to_have_count(0)
    message = api.conversation.messages[-1]["id"]
    assert api.feedback == [
        {"message": message, "helpful": False},
        {"message": message, "helpful": False, "comment": "I meant another one."},
    ]


def test_each_message_has_its_time_and_each_day_its_name(chat: Chat, api: FakeChatApi) -> None:
    api.script["Hi"] = [{"text": "An old message.", "kind": "smalltalk", "created_at": "2024-03-05T15:04:00Z"}]
    chat.ask("Hi")
    expect(chat.bubbles("An old message.")).to_have_count(1)
    assert chat.page.locator(".day-change").all_inner_texts()[0] == "Today"
    assert "2024" in chat.page.locator(".day-change").all_inner_texts()[-1]
    expect(chat.page.locator("time")).to_have_count(3)
    expect(chat.page.locator("time").last).to_have_attribute("datetime", "2024-03-05T15:04:00.000Z")


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        (EMERGENCY, ["Call 911"]),
        (OVERDOSE, ["Call 911", "Call 1-800-222-1222", "Call 988", "Text 988"]),
        (CRISIS, ["Call 988", "Text 988", "Call 911"]),
    ],
)
def test_an_urgent_message_is_a_card_to_call_from(chat: Chat, api: FakeChatApi, said: Said, numbers: list[str]) -> None:
    api.script["Help"] = [said]
    chat.ask("Help")
    urgent = chat.page.locator(f".urgent.{said['kind']}")
    expect(urgent).to_contain_text(said["text"])
    expect(chat.page.get_by_role("alert")).to_have_count(1)
    calls = urgent.locator(".calls a")
    assert calls.all_inner_texts() == numbers
    links = {"Call 911": "tel:911", "Call 988": "tel:988", "Text 988": "sms:988"}
    for link in calls.all():
        assert link.get_attribute("href") == links.get(link.inner_text(), "tel:+18002221222")
    background = "each => getComputedStyle(each).backgroundColor"
    usual = chat.page.locator(".message:not(.urgent) .bubble").first
    assert urgent.locator(".bubble").evaluate(background) != usual.evaluate(background)


def test_the_clinics_telephone_in_an_urgent_message_can_be_called_too(chat: Chat, api: FakeChatApi) -> None:
    text = f"{EMERGENCY['text']} Once you are being looked after, you can also tell us at {CLINIC.phone}."
    api.script["Help"] = [{"text": text, "kind": "emergency"}]
    chat.ask("Help")
    link = chat.page.locator(".urgent .calls").get_by_role("link", name=f"Call {CLINIC.phone}")
    expect(link).to_have_attribute("href", CLINIC.phone_link)


def test_the_question_after_an_alarm_is_a_plain_message(chat: Chat, api: FakeChatApi) -> None:
    api.script["Help"] = [EMERGENCY, ASK_EMERGENCY]
    chat.ask("Help")
    expect(chat.bubbles(ASK_EMERGENCY["text"])).to_have_count(1)
    expect(chat.page.locator(".urgent")).to_have_count(1)


def test_an_urgent_message_opens_a_closed_chat_and_leaves_the_focus(chat: Chat, api: FakeChatApi) -> None:
    chat.button("Close the chat").click()
    chat.page.get_by_role("link", name="Another page").focus()
    api.say("assistant", EMERGENCY)
    expect(chat.page.locator(".urgent")).to_be_visible()
    assert chat.page.evaluate("document.activeElement.textContent") == "Another page"


def test_a_person_who_takes_over_is_announced_by_name_and_role(chat: Chat, api: FakeChatApi) -> None:
    api.say("staff", STAFF)
    api.say("staff", {**STAFF, "text": "Are you there?"})
    api.say("staff", {"text": "A colleague without a name."})
    api.say("assistant", {"text": "It is me again.", "kind": "smalltalk"})
    expect(chat.bubbles("It is me again.")).to_have_count(1)
    assert chat.page.locator(".note:not(.day-change)").all_inner_texts() == [
        "Ana Ruiz (Nurse) from the clinic now writes here",
        "Someone from the clinic now writes here",
        "The automated assistant answers again",
    ]
    assert chat.bubbles().nth(1).inner_text().split("\n")[:2] == ["Ana Ruiz", "Nurse"]


def test_what_comes_while_the_chat_is_closed_is_counted_until_it_is_opened(chat: Chat, api: FakeChatApi) -> None:
    chat.button("Close the chat").click()
    api.say("staff", STAFF)
    expect(chat.launcher).to_have_accessible_name("Ask a question (1 new message)")
    expect(chat.page.locator(".badge")).to_have_text("1")
    chat.launcher.click()
    chat.button("Close the chat").click()
    expect(chat.launcher).to_have_accessible_name("Ask a question")
    expect(chat.page.locator(".badge")).to_be_hidden()


def test_the_conversation_can_be_kept_as_a_file(chat: Chat) -> None:
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)
    with chat.page.expect_download() as download:
        chat.choose_option("Download the conversation")
    assert download.value.suggested_filename == "conversation.txt"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith(f"Conversation with {CLINIC.name}\n")
    parts = ["Assistant:\nHello!", "You:\nHow long does RFA last?", f"Assistant:\n{ANSWER['text']}", "From our page: "]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)


def test_forgetting_asks_first_and_erases_everything(chat: Chat, api: FakeChatApi) -> None:
    chat.ask("How long does RFA last?")
    expect(chat.bubbles()).to_have_count(3)
    chat.choose_option("Forget this conversation")
    chat.button("Keep it").click()
    assert len(api.conversations) == 1
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation was erased.")).to_be_visible()
    expect(chat.bubbles()).to_have_count(0)
    assert api.conversations == {}
    assert "token" not in chat.page.evaluate("JSON.stringify(localStorage)")
    assert "RFA" not in chat.page.evaluate("JSON.stringify(localStorage)")
    chat.ask("Something new")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)


def test_what_cannot_be_erased_is_said(chat: Chat, api: FakeChatApi) -> None:
    chat.page.route("**/api/conversations/*", lambda route: route.fulfill(status=503))
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation could not be erased.")).to_be_visible()
    assert len(api.conversations) == 1


def test_a_conversation_of_an_earlier_page_can_be_forgotten_before_it_is_there(chat: Chat, api: FakeChatApi) -> None:
    api.go_down()
    chat.page.reload()
    expect(chat.trouble).to_be_visible()
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation could not be erased.")).to_be_visible()
    api.is_down = False
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation was erased.")).to_be_visible()
    assert api.conversations == {}
