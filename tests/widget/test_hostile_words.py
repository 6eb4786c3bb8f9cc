"""What either side writes stays words: no markup, no script, no link that is not safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi
    from widget.visitor import Chat

CORPUS = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "<svg onload='window.ran = 1'><animate onbegin='window.ran = 1'>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<a href='javascript:window.ran=1'>a</a>",
    "javascript:window.ran=1",
    "</div></template><style>*{display:none}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.ran=1&gt;'>",
    "{{constructor.constructor('window.ran = 1')()}} ${window.ran = 1} #{window.ran = 1}",
    "\"'><details open ontoggle=window.ran=1>",
    "<form action=javascript:window.ran=1><button autofocus onfocus=window.ran=1>",
    "data:text/html,<script>window.ran=1</script>",
    "http://x'onmouseover='window.ran=1",
    'https://x.example/"onclick="window.ran=1',
    "\u202eelpmaxe.live\u202c \u0000 \ud7ff \ufffe",
    "&lt;script&gt;window.ran = 1&lt;/script&gt;",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E",
    "[a](javascript:window.ran=1) ![a](x' onerror='window.ran=1)",
    "/restart /book_consultation{}",
]
ELEMENTS = (
    "(root) => [...root.querySelectorAll("
    "'.entries :is(script, img, iframe, style, form, object, embed, math, template),"
    " .entries [onerror], .entries [onclick], .entries [srcdoc]')].map((each) => each.outerHTML)"
)
LINKS = (
    "(root) => [...root.querySelectorAll('a')].map((each) => each.href)"
    ".filter((href) => !/^(https?|tel|sms):/.test(href))"
)


def test_markup_from_either_side_stays_text(chat: Chat, api: FakeChatApi) -> None:
    for count, words in enumerate(CORPUS, 1):
        api.script[words.replace("\u0000", "").strip()] = api.script[words.strip()] = replies_of(words)
        chat.ask(words)
        expect(chat.page.locator(".urgent")).to_have_count(count)
        api.say("staff", {"text": words, "staff": {"name": words, "role": words}})
        expect(chat.page.locator(".from-staff")).to_have_count(count)
        assert chat.in_shadow(ELEMENTS) == [], words
        assert chat.in_shadow(LINKS) == [], words
        assert words.strip() in api.texts or words in api.texts
    chat.page.reload()
    expect(chat.page.locator(".from-staff").last).to_be_visible()
    for source in chat.page.get_by_text("From our page").all():
        source.click()
    assert chat.in_shadow(ELEMENTS) == []
    assert chat.in_shadow(LINKS) == []
    assert chat.page.evaluate("window.ran") is None


def replies_of(words: str) -> list[dict[str, Any]]:
    """Messages of every kind, with the words wherever words can stand."""
    choice = [{"title": words, "value": words, "topic": words}]
    sources = [{"passage": words, "quote": words}]
    return [
        {"text": words, "kind": "answer", "sources": sources, "buttons": choice},
        {"text": words, "kind": "booking", "asks": "confirm", "buttons": choice},
        {"text": words, "kind": "booking", "asks": "time", "buttons": choice},
        {"text": words, "kind": "booking", "booking": {"reference": words, "status": words}},
        {"text": f"911 {words}", "kind": "emergency"},
    ]


def test_the_pages_own_texts_are_text_too(chat: Chat) -> None:
    for words in CORPUS[:4]:
        set_attribute = "([name, words]) => document.querySelector('clinic-chat').setAttribute(name, words)"
        chat.page.evaluate(set_attribute, ["name", words])
        expect(chat.page.locator("h2")).to_have_text(" ".join(words.split()))
        chat.page.evaluate(set_attribute, ["starters", words])
        assert chat.in_shadow(ELEMENTS) == []
    assert chat.page.evaluate("window.ran") is None


LINKS_IN: dict[str, dict[str, str]] = {
    "See https://example.org/a?b=1#c.": {"https://example.org/a?b=1#c": "https://example.org/a?b=1#c"},
    "(http://example.org/a_(b)), or": {"http://example.org/a_(b)": "http://example.org/a_(b)"},
    "https://clinic.example@evil.example/ https://user:x@evil.example": {},
    "ftp://example.org //example.org example.org": {},
    "https:// https://[ http://": {},
    "Ask for 555-0911, 911-555-0100 or 19880.": {},
    "Call 911 or 988.": {"911": "tel:911", "988": "tel:988"},
    "Call (503) 555-0129 or (503) 555-0120.": {"(503) 555-0129": "tel:5035550129"},
}


def test_only_web_addresses_and_known_numbers_become_links(chat: Chat, api: FakeChatApi) -> None:
    api.script["Links"] = [{"text": text, "kind": "fallback"} for text in LINKS_IN]
    chat.ask("Links")
    for text, links in LINKS_IN.items():
        bubble = chat.bubbles(f"Assistant:{text}")
        expect(bubble).to_have_text(f"Assistant:{text}")
        found = bubble.locator("a").all()
        assert {link.inner_text(): link.get_attribute("href") for link in found} == links
        for link in found:
            outside = (link.get_attribute("href") or "").startswith("http")
            assert link.get_attribute("rel") == ("noopener noreferrer nofollow" if outside else None)


def test_what_a_visitor_writes_is_never_a_link(chat: Chat) -> None:
    chat.ask("https://example.org 911")
    expect(chat.bubbles("https://example.org")).to_have_count(1)
    assert chat.page.locator(".from-visitor a").count() == 0
