"""What is served of the widget: the loader with what it carries, the joined module, the style."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.gateway.pages import emergency_texts
from bot.safety.replies import safety_texts
from bot.settings import Settings
from bot.widget.clinic import STARTER_QUESTIONS, Clinic
from bot.widget.files import CLIENT, widget_files
from bot.widget.joining import joined_modules, without_comments

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "</script><script>alert(1)</script>\u2028'\"`${1}"


def clinic(**given_settings: str) -> Clinic:
    return Clinic.of(Settings.parse_obj(given_settings))


def carried_by(of: Clinic) -> dict:
    loader = widget_files(of, emergency_texts()).loader.content.decode()
    (written,) = re.findall(r"^const served = (\{.*\});$", loader, re.MULTILINE)
    return json.loads(written)


def test_the_loader_carries_the_clinic_and_the_approved_texts() -> None:
    carried = carried_by(clinic(clinic_name="A & B", clinic_phone="(503) 555-0129"))
    assert carried["clinic"] == {
        "name": "A & B",
        "phone": "(503) 555-0129",
        "phoneLink": "tel:5035550129",
        "sms": False,
    }
    assert carried["starters"] == list(STARTER_QUESTIONS)
    approved = {text for each in safety_texts().values() for text in (each.text, each.es)}
    for language in ("en", "es"):
        texts = carried["emergency"][language]
        assert {each["text"] for each in texts} <= approved
        assert texts[0]["lang"] == language


def test_a_hostile_name_is_only_a_text_of_the_loader() -> None:
    of = clinic(clinic_name=HOSTILE, clinic_phone=HOSTILE)
    loader = widget_files(of, emergency_texts()).loader.content.decode()
    assert "<script" not in loader
    assert "\u2028" not in loader
    assert carried_by(of)["clinic"]["name"] == HOSTILE


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_name_is_carried_as_it_is(name: str) -> None:
    assert carried_by(clinic(clinic_name=name))["clinic"]["name"] == name


def test_the_version_changes_with_what_is_brought_and_not_with_the_clinic() -> None:
    one, other = (widget_files(clinic(clinic_name=name), emergency_texts()) for name in ("One", "Other"))
    assert one.version == other.version
    assert one.loader.etag != other.loader.etag
    assert one.version in one.loader.content.decode()


def test_what_is_compressed_is_the_same() -> None:
    files = widget_files(clinic(), emergency_texts())
    for file in (files.loader, *files.brought.values()):
        assert gzip.decompress(file.compressed) == file.content


def test_every_module_of_the_folder_is_joined() -> None:
    joined = joined_modules(CLIENT, "main.js", exported="start")
    for path in CLIENT.glob("*.js"):
        exported = re.findall(r"^export (?:async )?(?:function\*?|class|const) (\w+)", path.read_text(), re.MULTILINE)
        assert all(
            re.search(rf"^(async )?(function\*?|class|const) {name}\b", joined, re.MULTILINE) for name in exported
        )
        assert exported or path.name == "loader.js"


def test_every_word_of_the_chat_is_in_both_languages() -> None:
    names = [
        re.findall(r"^  (\w+):", (CLIENT / name).read_text(encoding="utf-8").split("= {")[1], re.MULTILINE)
        for name in ("words.js", "words-es.js")
    ]
    assert names[0] == names[1]
    assert len(set(names[0])) == len(names[0])


@pytest.mark.parametrize(
    "evaluated", [r"\beval\(", r"new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"]
)
def test_no_module_makes_code_or_markup_of_text(evaluated: str) -> None:
    for path in CLIENT.glob("*.js"):
        assert not re.search(evaluated, path.read_text(encoding="utf-8")), path.name


def test_no_regular_expression_holds_a_quote_that_the_joining_would_take_for_a_string() -> None:
    joined = joined_modules(CLIENT, "main.js", exported="start")
    strings = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"""
    assert not re.findall(r"""^.*["'`].*$""", re.sub(strings, "", joined), re.MULTILINE)


def folder_of(tmp_path: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (tmp_path / f"{name}.js").write_text(source, encoding="utf-8")
    return tmp_path


def test_modules_are_joined_after_those_that_they_import_and_each_once(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        main='// @ts-check\n/** Doc. */\nimport { a } from "./a.js";\nimport {\n  b,\n} from "./b.js";\n\n'
        "export const all = a + b;\n",
        a='import { c } from "./c.js";\nexport const a = c;\n',
        b='import { c } from "./c.js";\nexport function b() {\n  // why\n  return c;\n}\n',
        c="export const c = 1; // why\n",
    )
    assert joined_modules(folder, "main.js", exported="all") == (
        "const c = 1;\nconst a = c;\nfunction b() {\nreturn c;\n}\nconst all = a + b;\nexport { all };\n"
    )


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"main": 'import * as a from "./a.js";\n'}, "has 'import"),
        ({"main": "export default 1;\n"}, "has 'export default 1;'"),
        ({"main": 'import { a } from "./a.js";\n'}, "a.js cannot be read"),
        (
            {"main": 'import { a } from "./a.js";\nconst b = 1;\n', "a": "const b = 1;\nexport const a = 2;\n"},
            "declares b",
        ),
    ],
)
def test_what_cannot_be_joined_is_told_to_the_operator(tmp_path: Path, modules: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        joined_modules(folder_of(tmp_path, **modules), "main.js", exported="all")


def test_comments_go_and_what_looks_like_one_stays() -> None:
    source = (
        'a = "https://x"; // why\n/* one\n  two */\n  b = `/*`; c = "*/";\n\n\nd = /\\/\\//;\n'
        "e = /** @type {F} */ (f); // the page's\n  // it's\n"
        'g = \'x; // y\'; h = "\\"; // y"; i = `; // y`; // why\n'
    )
    assert without_comments(source) == (
        'a = "https://x";\nb = `/*`; c = "*/";\nd = /\\/\\//;\ne = (f);\n'
        'g = \'x; // y\'; h = "\\"; // y"; i = `; // y`;\n'
    )
