"""The pages that show the widget: the source document and nothing else medical, and nothing invented of the clinic."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.widget.clinic import Clinic, telephone_link
from bot.widget.document import SOURCE, Block, load_document, parse_document
from bot.widget.pages import render_embed, render_home, render_privacy

WITHOUT_CONTENT = {"meta", "link", "path", "rect", "use", "input"}
OF_THE_DOCUMENT = {"div#page-heading", "article#article"}
ADDRESS = "https://assistant.clinic.example"


class Outline(HTMLParser):
    """The texts of a page in order, each with the elements that it stands in, and the attributes of all elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self.texts: list[tuple[str, frozenset[str]]] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes += named.items()
        if tag not in WITHOUT_CONTENT:
            self._open.append(f"{tag}#{named.get('id', '')}")

    def handle_endtag(self, tag: str) -> None:
        while tag not in WITHOUT_CONTENT and self._open and self._open.pop().split("#")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((" ".join(data.split()), frozenset(self._open)))

    @property
    def of_the_document(self) -> list[str]:
        return [text for text, places in self.texts if places & OF_THE_DOCUMENT]

    @property
    def around_the_document(self) -> list[str]:
        return [text for text, places in self.texts if not places & OF_THE_DOCUMENT]


def clinic(**changes: str) -> Clinic:
    defaults = {"clinic_name": "Parkview Spine & Pain", "clinic_phone": "", "clinic_address": ""}
    return Clinic.of(Settings.parse_obj({**defaults, **changes}))


def all_pages(of: Clinic) -> list[str]:
    return [render_home(of), render_embed(of, ADDRESS), render_privacy(of)]


def source_lines() -> list[str]:
    lines = (line.strip() for line in SOURCE.read_text(encoding="utf-8").splitlines())
    shown = [line for line in lines if line and line not in ("top of page", "bottom of page")]
    return [" ".join(line.removeprefix("•").split()) for line in shown]


def test_heading_and_article_are_the_source_document_line_by_line_and_nothing_else() -> None:
    assert Outline(render_home(clinic())).of_the_document == source_lines()


def test_whoever_adds_a_sentence_around_the_document_adds_it_here() -> None:
    """So that nothing medical slips in beside the source document unseen."""
    assert Outline(render_home(clinic())).around_the_document == [
        "Post Laminectomy Pain Syndrome | Parkview Spine & Pain",
        "Skip to the page's text",
        "Parkview Spine & Pain",
        "Ask a question",
        "On this page",
        *[section.heading for section in load_document().sections if section.heading],
        "Parkview Spine & Pain",
        "The page",
        "Put the chat on your site",
        "What the chat keeps",
        "The chat needs JavaScript, which is switched off in this browser.",
    ]


def test_phone_and_address_are_shown_where_they_are_set() -> None:
    outline = Outline(render_home(clinic(clinic_phone="(503) 555-0129", clinic_address="12 Park Road, Salem")))
    texts = [text for text, _ in outline.texts]
    assert "Call (503) 555-0129" in texts
    assert "12 Park Road, Salem" in texts
    assert ("href", "tel:5035550129") in outline.attributes


def test_phone_and_address_that_are_not_set_leave_no_trace() -> None:
    for html in all_pages(clinic()):
        assert "<address" not in html
        assert "tel:" not in html


@pytest.mark.parametrize("is_set_up", [True, False])
def test_what_is_kept_of_text_messages_is_said_where_there_are_any(is_set_up: bool) -> None:
    page = render_privacy(replace(clinic(), sms=is_set_up))
    assert ("keeps your telephone number, encrypted" in page) is is_set_up


def test_a_hostile_clinic_name_is_text() -> None:
    hostile = """</title><script>alert(1)</script><img src=x onerror="alert(2)">'"""
    plain = all_pages(clinic())
    for html, of_plain in zip(
        all_pages(clinic(clinic_name=hostile, clinic_phone=hostile, clinic_address=hostile)), plain, strict=True
    ):
        outline = Outline(html)
        assert "img" not in outline.tags
        assert "alert(1)" in " ".join(outline.around_the_document)
        assert html.count("<script") == of_plain.count("<script")
        assert not [name for name, _ in outline.attributes if name.startswith("on")]


def test_a_hostile_address_is_text() -> None:
    assert "<script>alert(1)" not in render_embed(clinic(), "https://x/<script>alert(1)</script>")


def test_nothing_is_inline_and_nothing_comes_from_another_origin() -> None:
    for html in all_pages(clinic()):
        outline = Outline(html)
        assert "style" not in outline.tags
        assert "style" not in {name for name, _ in outline.attributes}
        loaded = [value for name, value in outline.attributes if name in {"src", "href"}]
        assert not [value for value in loaded if value.startswith(("http:", "https:", "//", "data:"))]


def test_the_page_on_embedding_shows_the_line_with_the_gateways_address() -> None:
    texts = [text for text, _ in Outline(render_embed(clinic(), ADDRESS)).texts]
    assert f'<script src="{ADDRESS}/widget.js" defer></script>' in texts
    assert f"script-src {ADDRESS}; connect-src {ADDRESS}" in texts


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("(503) 555-0129", "tel:5035550129"),
        ("+1 503.555.0129", "tel:+15035550129"),
        ("503-555-0129 ext. 4", ""),
        ("1-800-PARKVIEW", ""),
        ("", ""),
    ],
)
def test_a_number_is_a_link_only_where_the_link_would_dial_all_of_it(phone: str, link: str) -> None:
    assert telephone_link(phone) == link


def test_the_document_is_parsed_into_headings_paragraphs_and_bullets() -> None:
    blocks = "A sentence.\n\n\nPart\n\n\nPiece\n\n  • one\n\n  • two\n\n  • The end."
    document = parse_document(f"top of page\n\nT\n\nS\n\n{blocks}\nbottom of page")
    assert (document.title, document.subtitle, document.summary) == ("T", "S", "A sentence.")
    assert document.blocks == (
        Block("paragraph", ("A sentence.",)),
        Block("section", ("Part",)),
        Block("subsection", ("Piece",)),
        Block("bullets", ("one", "two")),
        Block("paragraph", ("The end.",)),
    )
    first, second = document.sections
    assert (first.heading, first.blocks, first.parts) == ("", document.blocks[:1], ())
    assert (second.heading, second.anchor, second.blocks) == ("Part", "part", ())
    assert second.parts == (("Piece", document.blocks[3:]),)


def test_a_document_without_a_title_is_told_to_the_operator() -> None:
    with pytest.raises(ConfigurationError, match=r"source\.txt has no title"):
        parse_document("top of page\n\nbottom of page\n")
