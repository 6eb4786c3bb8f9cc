"""On somebody's page: one line, any origin, a strict policy, hostile styles; what the page sets, its JavaScript."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, CLINIC, host_page
from widget.samples import BOOKED, EMERGENCY
from widget.visitor import Chat

from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi

HOSTILE = """
* { all: unset !important; }
* { color: red !important; font: 40px/3 fantasy !important; letter-spacing: 1em !important;
    text-transform: uppercase !important; animation: none !important; position: static !important;
    display: block !important; margin: 30px !important; float: left !important; }
body, clinic-chat { transform: rotate(3deg) !important; opacity: 0.3 !important; filter: blur(3px) !important; }
html { font-size: 5px !important; direction: rtl !important; }
button, input, textarea, p, div, dialog { display: none !important; }
clinic-chat, clinic-chat * { visibility: hidden !important; pointer-events: none !important; }
.bubble, .launcher, .panel { background: lime !important; }
"""
LOOK = """(root) => ['.launcher', '.panel', '.bubble', '#text', '.send', 'header', 'h2'].map((name) => {
  const found = root.querySelector(name), style = getComputedStyle(found);
  const { x, y, width, height } = found.getBoundingClientRect();
  const names = ['color', 'backgroundColor', 'fontSize', 'fontFamily', 'lineHeight', 'letterSpacing', 'textTransform',
    'opacity', 'filter', 'visibility', 'pointerEvents', 'direction', 'padding', 'margin', 'display'];
  return [name, ...[x, y, width, height].map(Math.round), ...names.map((each) => style[each])];
})"""


def style_sheet(api: FakeChatApi, css: str) -> str:
    api.pages["/host/style.css"] = (css, {"Content-Type": "text/css"})
    return "<link rel=stylesheet href=/host/style.css>"


def test_hostile_styles_of_the_page_change_nothing_in_the_chat(context: BrowserContext, api: FakeChatApi) -> None:
    plain = Chat(context.new_page()).visit().open()
    expected = plain.in_shadow(LOOK)
    api.pages["/host/hostile"] = (host_page(api.url, head=style_sheet(api, HOSTILE)), {})
    hostile = Chat(context.new_page()).visit("/host/hostile").open()
    assert hostile.page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") != "normal"
    assert hostile.in_shadow(LOOK) == expected
    hostile.ask("How long does RFA last?")
    expect(hostile.bubbles(ANSWER["text"])).to_be_visible()


def test_the_chat_changes_nothing_on_the_page(context: BrowserContext, api: FakeChatApi) -> None:
    page = context.new_page()
    look = """() => ({
      styles: [...document.querySelectorAll('html, head, body, main, h1, a')].map((each) => [
        each.tagName, each.getAttribute('style'), each.className, JSON.stringify(each.getBoundingClientRect()),
        [...getComputedStyle(each)].map((name) => getComputedStyle(each).getPropertyValue(name)).join()]),
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      title: document.title, cookie: document.cookie,
    })"""
    without = host_page(api.url).replace("<script", "<script type=text/plain")
    api.pages["/host/without"] = (without, {})
    page.goto("/host/without")
    before, names = page.evaluate(look), set(page.evaluate("Object.getOwnPropertyNames(window)"))
    chat = Chat(page).visit().open()
    chat.button("Close the chat").click()
    chat.page.evaluate("document.activeElement.blur()")
    assert page.evaluate(look) == before
    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - names == {"ClinicChat"}


@pytest.mark.parametrize(
    "policy", ["", "; require-trusted-types-for 'script'; trusted-types 'none'; form-action 'none'"]
)
def test_from_another_origin_under_a_strict_policy(
    context: BrowserContext, api: FakeChatApi, other_site: FakeChatApi, policy: str
) -> None:
    api.origins.add(other_site.url)
    strict = f"default-src 'self'; script-src {api.url}; connect-src {api.url}{policy}"
    other_site.pages["/page"] = (host_page(api.url), {"Content-Security-Policy": strict})
    chat = Chat(context.new_page()).visit(f"{other_site.url}/page").open()
    chat.ask("How long does RFA last?")
    chat.button("Helpful", exact=True).click()
    expect(chat.page.get_by_text("Thank you.")).to_be_visible()
    api.say("staff", {"text": "By the stream."})
    expect(chat.bubbles("By the stream.")).to_be_visible()
    with chat.page.expect_download():
        chat.choose_option("Download the conversation")
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    expect(chat.page.get_by_text("The conversation was erased.")).to_be_visible()
    assert api.conversations == {}


def test_on_its_own_origin_the_policy_default_src_self_is_enough(context: BrowserContext, api: FakeChatApi) -> None:
    api.pages["/host/strict"] = (host_page(api.url), {"Content-Security-Policy": "default-src 'self'"})
    chat = Chat(context.new_page()).visit("/host/strict").open()
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_be_visible()


def test_no_request_goes_elsewhere_and_few_are_made(context: BrowserContext, api: FakeChatApi) -> None:
    page = context.new_page()
    Chat(page).visit()
    page.wait_for_load_state("networkidle")
    asked = [path for path in api.asked if path.startswith("/widget")]
    assert len(asked) == 3
    assert asked[0] == "/widget.js"


def test_the_line_twice_is_one_chat(context: BrowserContext, api: FakeChatApi) -> None:
    page = host_page(api.url)
    api.pages["/host/twice"] = (
        page.replace("</head>", f"<script src='{api.url}/widget.js' defer></script></head>"),
        {},
    )
    chat = Chat(context.new_page()).visit("/host/twice").open()
    expect(chat.page.locator("clinic-chat")).to_have_count(1)


def test_an_element_of_the_page_is_used(context: BrowserContext, api: FakeChatApi) -> None:
    body = "<clinic-chat position=left name='Our clinic' launcher=off></clinic-chat>"
    api.pages["/host/own"] = (host_page(api.url, body=body), {})
    page = context.new_page()
    page.goto("/host/own")
    page.evaluate("ClinicChat.open()")
    chat = Chat(page)
    expect(chat.panel).to_have_accessible_name("Chat with Our clinic")
    expect(page.locator("clinic-chat")).to_have_count(1)
    expect(chat.launcher).to_be_hidden()
    box = chat.panel.bounding_box()
    assert box
    assert box["x"] < 100


def test_what_the_line_sets(context: BrowserContext, api: FakeChatApi) -> None:
    attributes = (
        "data-name='Our clinic' data-position=left data-theme=dark data-privacy-url=/ours data-starters='One?\nTwo?' "
        """data-texts='{"launcher": "Talk to us", "notice": "No automated assistant", "nothing": "x", "send": 3}'"""
    )
    css = style_sheet(
        api, "clinic-chat { --clinic-chat-accent-dark: rgb(1, 2, 3); --clinic-chat-font: 'Liberation Mono'; }"
    )
    api.pages["/host/set"] = (host_page(api.url, attributes=attributes, head=css), {})
    chat = Chat(context.new_page()).visit("/host/set")
    expect(chat.launcher).to_have_text("Talk to us")
    assert chat.launcher.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(1, 2, 3)"
    assert chat.launcher.evaluate("each => getComputedStyle(each).fontFamily") == '"Liberation Mono"'
    chat.open()
    expect(chat.panel).to_have_accessible_name("Chat with Our clinic")
    assert chat.page.locator(".starters button").all_inner_texts() == ["One?", "Two?"]
    expect(chat.page.locator(".notice")).to_have_text(re.compile("^Automated assistant, not for emergencies."))
    expect(chat.page.get_by_role("link", name="Privacy")).to_have_attribute("href", f"{api.url}/ours")
    assert chat.panel.evaluate("each => getComputedStyle(each).colorScheme") == "dark"
    expect(chat.button("Send", exact=True)).to_be_visible()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x"])
def test_a_privacy_notice_must_be_a_web_address(context: BrowserContext, api: FakeChatApi, url: str) -> None:
    api.pages["/host/url"] = (host_page(api.url, attributes=f"data-privacy-url='{url}'"), {})
    chat = Chat(context.new_page()).visit("/host/url").open()
    assert chat.page.get_by_role("link", name="Privacy").count() == 0


@pytest.mark.parametrize(("lang", "attribute"), [("es-MX", ""), ("en", "data-language=es")])
def test_the_interface_speaks_spanish(context: BrowserContext, api: FakeChatApi, lang: str, attribute: str) -> None:
    api.pages["/host/es"] = (host_page(api.url, attributes=attribute, lang=lang), {})
    page = context.new_page()
    page.goto("/host/es")
    page.get_by_role("button", name="Haga una pregunta").click()
    expect(page.locator(".notice")).to_have_text(
        "Asistente automático, no es para emergencias. "
        f"{safety_texts()['while_waiting_in_spanish'].text} Privacidad"
        "Por ahora el asistente responde en inglés."
    )
    expect(page.get_by_placeholder("Escriba un mensaje")).to_be_visible()
    assert page.locator("clinic-chat .root").get_attribute("lang") == "es"
    assert page.locator(".starters button").first.get_attribute("lang") == "en"
    api.go_down()
    page.get_by_placeholder("Escriba un mensaje").fill("¿Hola?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=f"Llamar a la clínica: {CLINIC.phone}")).to_be_visible()


def test_the_language_may_change_while_the_page_is_there(chat: Chat) -> None:
    chat.ask("How long does RFA last?")
    expect(chat.bubbles()).to_have_count(3)
    chat.page.evaluate("document.querySelector('clinic-chat').setAttribute('language', 'es')")
    expect(chat.page.get_by_role("dialog", name=f"Chat con {CLINIC.name}")).to_be_visible()
    expect(chat.bubbles()).to_have_count(3)
    expect(chat.page.get_by_text("De nuestra página")).to_be_visible()


def test_the_page_opens_closes_asks_and_listens(context: BrowserContext, api: FakeChatApi) -> None:
    api.script["Book"] = [BOOKED]
    page = context.new_page()
    page.goto("/host")
    page.evaluate(
        "window.heard = []; for (const type of ['open', 'close', 'message', 'booking', 'connection'])"
        " ClinicChat.on(type, (detail) => window.heard.push([type, detail]))"
    )
    page.evaluate("ClinicChat.toggle()")
    chat = Chat(page)
    expect(chat.panel).to_be_visible()
    assert page.evaluate("ClinicChat.isOpen") is True
    page.evaluate("ClinicChat.send('Book')")
    expect(chat.bubbles("K7QX-4MPD")).to_have_count(1)
    page.evaluate("ClinicChat.close()")
    expect(chat.panel).to_be_hidden()
    heard = page.evaluate("window.heard")
    assert [type_ for type_, _ in heard] == ["open", "message", "booking", "close"]
    assert heard[1][1] == {
        "id": api.conversation.messages[-1]["id"],
        "author": "assistant",
        "kind": "booking",
        "topic": None,
    }
    assert heard[2][1] == BOOKED["booking"]
    assert "Thank you" not in json.dumps(heard)


def test_calls_before_the_chat_is_there_are_done_when_it_is(context: BrowserContext, api: FakeChatApi) -> None:
    api.pages["/host/early.js"] = ("ClinicChat.send('Early');", {"Content-Type": "text/javascript"})
    page = host_page(api.url).replace("</head>", "<script src=/host/early.js defer></script></head>")
    api.pages["/host/early"] = (page, {})
    chat = Chat(context.new_page())
    chat.page.goto("/host/early")
    expect(chat.bubbles(ANSWER["text"])).to_be_visible()
    assert api.texts == ["Early"]


def test_a_listener_that_ends_hears_no_more(chat: Chat) -> None:
    chat.page.evaluate("window.heard = 0; window.end = ClinicChat.on('close', () => { window.heard += 1; }); null")
    chat.page.evaluate("ClinicChat.close()")
    chat.page.evaluate("window.end(); ClinicChat.open(); ClinicChat.close()")
    assert chat.page.evaluate("window.heard") == 1


def test_an_element_that_is_taken_out_follows_nothing_and_comes_back(chat: Chat, api: FakeChatApi) -> None:
    chat.page.evaluate("window.chat = document.querySelector('clinic-chat'); window.chat.remove()")
    api.say("assistant", EMERGENCY)
    chat.page.wait_for_timeout(300)
    chat.page.evaluate("document.body.append(window.chat)")
    expect(chat.page.locator(".urgent")).to_have_count(1)


def test_what_the_server_says_wrong_stays_inside(chat: Chat, api: FakeChatApi) -> None:
    """Messages that no contract knows must not end the chat, nor trouble the page."""
    api.script["Odd"] = [
        {"text": "", "kind": "unheard of", "author": "assistant"},
        {"text": "Odd.", "kind": None, "sources": None, "buttons": None, "created_at": "yesterday", "asks": "colour"},
        {"text": "Booked.", "kind": "booking", "booking": {"reference": None, "status": "exploded"}},
    ]
    chat.ask("Odd")
    expect(chat.bubbles("Booked.")).to_have_count(1)
    chat.ask("How long does RFA last?")
    expect(chat.bubbles(ANSWER["text"])).to_have_count(1)


def test_the_page_that_explains_it_tries_it_out(context: BrowserContext, api: FakeChatApi) -> None:
    page = context.new_page()
    page.goto("/embed")
    expect(page.locator("#snippet")).to_have_text(f'<script src="{api.url}/widget.js" defer></script>')
    page.get_by_label("Language").select_option("Spanish")
    page.get_by_label("Name").fill('A "clinic" & more')
    page.get_by_label("Position").select_option("left")
    expect(page.locator("#snippet")).to_have_text(
        f'<script src="{api.url}/widget.js" defer data-position="left" data-language="es" '
        'data-name="A &quot;clinic&quot; &amp; more"></script>'
    )
    page.get_by_role("button", name="Open the chat").click()
    expect(page.get_by_role("dialog", name='Chat con A "clinic" & more')).to_be_visible()
