from __future__ import annotations

from html.parser import HTMLParser

import pytest

from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.widget.page import SOURCE, STARTER_QUESTIONS, Block, parse_document, render_page, telephone_link

WITHOUT_CONTENT = {"meta", "link", "path"}
OF_THE_DOCUMENT = {"header#page-heading", "article#article"}


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
        while self._open and self._open.pop().split("#")[0] != tag:
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


def settings(**changes: str) -> Settings:
    defaults = {"clinic_name": "Parkview Spine & Pain", "clinic_phone": "", "clinic_address": ""}
    return Settings.parse_obj({**defaults, **changes})


def source_lines() -> list[str]:
    lines = (line.strip() for line in SOURCE.read_text(encoding="utf-8").splitlines())
    shown = [line for line in lines if line and line not in ("top of page", "bottom of page")]
    return [" ".join(line.removeprefix("•").split()) for line in shown]


def test_heading_and_article_are_the_source_document_line_by_line_and_nothing_else() -> None:
    assert Outline(render_page(settings())).of_the_document == source_lines()


def test_whoever_adds_a_sentence_around_the_document_adds_it_here() -> None:
    """So that nothing medical slips in beside the source document unseen."""
    assert Outline(render_page(settings())).around_the_document == [
        "Post Laminectomy Pain Syndrome | Parkview Spine & Pain",
        "Skip to the page's text",
        "Parkview Spine & Pain",
        "Ask a question",
        "Ask our assistant",
        "Automated assistant, not for emergencies:",
        "call 911",
        ". Answers come from this page only.",
        "The chat needs JavaScript, which is switched off in this browser.",
        *STARTER_QUESTIONS,
        "Your question",
        "Send",
        "Forget this conversation",
        "Forget this conversation?",
        "All its messages are erased, here and on our server. This cannot be undone.",
        "Keep it",
        "Forget it",
        "Parkview Spine & Pain",
    ]


def test_phone_and_address_are_shown_where_they_are_set() -> None:
    outline = Outline(render_page(settings(clinic_phone="(503) 555-0129", clinic_address="12 Park Road, Salem")))
    texts = [text for text, _ in outline.texts]
    assert "Call (503) 555-0129" in texts
    assert "12 Park Road, Salem" in texts
    assert ("href", "tel:5035550129") in outline.attributes


def test_phone_and_address_that_are_not_set_leave_no_trace() -> None:
    html = render_page(settings())
    assert "<address" not in html
    assert [value for name, value in Outline(html).attributes if name == "href" and "tel:" in value] == ["tel:911"]


def test_a_hostile_clinic_name_is_text() -> None:
    hostile = """</title><script>alert(1)</script><img src=x onerror="alert(2)">'"""
    html = render_page(settings(clinic_name=hostile, clinic_phone=hostile, clinic_address=hostile))
    outline = Outline(html)
    assert "img" not in outline.tags
    assert "alert(1)" in " ".join(outline.around_the_document)
    assert html.count("<script") == 1  # the page's own
    assert not [name for name, _ in outline.attributes if name.startswith("on")]


def test_nothing_is_inline_and_nothing_comes_from_another_origin() -> None:
    outline = Outline(render_page(settings()))
    assert "style" not in outline.tags
    assert "style" not in {name for name, _ in outline.attributes}
    assert not [value for _, value in outline.attributes if value.startswith(("http:", "https:", "//", "data:"))]


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


def test_a_document_without_a_title_is_told_to_the_operator() -> None:
    with pytest.raises(ConfigurationError, match=r"source\.txt has no title"):
        parse_document("top of page\n\nbottom of page\n")
