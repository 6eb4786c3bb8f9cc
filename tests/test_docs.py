"""What the documentation names exists, and what exists is documented where it should be."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from bot.cli import commands
from bot.settings import ROOT, Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SETTINGS = {name.upper(): field for name, field in Settings.__fields__.items()}


def name_of(page):
    return str(page.relative_to(ROOT))


def meant_by(name, written):
    """The value that a default means as it is written in the documentation: nothing where the setting has none."""
    field = SETTINGS[name]
    if field.default is None and not written:
        return None
    value, error = field.validate(written, {}, loc=name)
    assert error is None, f"{name}: {error}"
    return ROOT / value if isinstance(value, Path) else value


def code(text):
    """The pieces of a page that are set as code."""
    fenced = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def assert_all_with_defaults(documented):
    names = [name for name, _ in documented]
    assert sorted(names) == sorted(SETTINGS)
    assert {name: meant_by(name, written) for name, written in documented} == {
        name: field.default for name, field in SETTINGS.items()
    }


def test_the_table_in_readme_has_every_setting_with_its_default_and_no_other():
    table = README.split("\n## Settings\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]+)`|empty) \| \S.* \|$", table, re.MULTILINE)
    assert len(rows) == sum(line.startswith("|") for line in table.splitlines()) - 2
    assert_all_with_defaults(rows)


def test_the_example_file_has_every_setting_commented_out_under_a_line_that_explains_it():
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("# ") for line in lines if line)
    setting = re.compile(r"# ([A-Z_]+)=(.*)")
    found = [(number, match) for number, line in enumerate(lines) if (match := setting.fullmatch(line))]
    assert_all_with_defaults([match.groups() for _, match in found])
    for number, match in found:
        assert re.match(r"# \S", lines[number - 1]), f"{match[1]} is not explained"
        assert not setting.fullmatch(lines[number - 1]), f"{match[1]} is not explained"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target for piece in code(page.read_text(encoding="utf-8")) for target in re.findall(r"\bmake ([a-z-]+)", piece)
    }
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_named_exists(page):
    for piece in code(page.read_text(encoding="utf-8")):
        for said in re.findall(r"python -m bot((?: [a-z][a-z-]*)*)", piece):
            command = commands
            for word in said.split():
                assert isinstance(command, click.Group), f"python -m bot{said}"
                assert word in command.commands, f"python -m bot{said}"
                command = command.commands[word]


def test_readme_names_the_commands_that_start_test_and_check():
    said = " ".join(code(README))
    for needed in ("make run", "make test", "make train", "make evaluate", "python -m bot check"):
        assert needed in said


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not heading or heading in headings(target), link


def headings(page):
    """The addresses that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_picture_is_shown_or_linked_and_light():
    for picture in (ROOT / "docs/pictures").iterdir():
        assert f"(docs/pictures/{picture.name})" in README
        assert picture.stat().st_size < 300_000


def test_the_list_of_decisions_has_every_record_in_order():
    records = sorted(path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    listed = re.findall(
        r"^\| \[(\d{4})\]\(([^)]+)\)", (ROOT / "docs/adr/README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == [(name[:4], name) for name in records]


@pytest.mark.parametrize("record", sorted((ROOT / "docs/adr").glob("[0-9]*.md")), ids=name_of)
def test_a_record_has_its_number_and_the_four_parts(record):
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {int(record.name[:4])}. ")
    titles = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [title for title in titles if title != "Figures"] == ["Context", "Decision", "Alternatives", "Consequences"]


def test_nothing_refers_to_a_folder_outside_of_the_project():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of tracked files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S607
    tracked = [ROOT / name for name in listed.decode().split("\0") if name]
    needle = b"../" + b"shared"
    assert [name_of(path) for path in tracked if path.is_file() and needle in path.read_bytes()] == []


def test_the_hazard_log_names_tests_that_are_there():
    log = (ROOT / "docs" / "hazard-log.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", log)
    assert len(named) > 20
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8") or not test, f"{file}::{test}"
