"""The commands about staff, the audit log, retention and keys, as an operator types them."""

import getpass
import os
import re

import pytest
from click.testing import CliRunner
from staff.conftest import PASSWORD

from bot.cli import commands
from bot.errors import AssistantError
from bot.settings import load_settings
from bot.storage.encryption import new_key


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command with settings of its own; return what it printed, after checking its exit code."""
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("ASSISTANT_URL", "http://127.0.0.1:9")
    load_settings.cache_clear()

    def invoke(*words, code=0, typed=None, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()
        done = CliRunner().invoke(commands, list(words), input=typed)
        if isinstance(done.exception, AssistantError):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    yield invoke
    load_settings.cache_clear()


def test_an_account_from_its_first_day_to_its_last(run):
    assert "no accounts" in run("staff", "list")
    added = run("staff", "add", "Kim", "--role", "reviewer", typed=f"{PASSWORD}\n")
    assert added == "kim can sign in at /staff/login as reviewer.\n"
    assert PASSWORD not in added
    run("staff", "role", "kim", "admin")
    run("staff", "password", "kim", typed="another few words\n")
    run("staff", "reset-second-factor", "kim")
    run("staff", "disable", "kim")
    assert re.match(r"kim +admin +DISABLED +password, no second factor\n$", run("staff", "list"))
    run("staff", "enable", "kim")
    shown = run("audit", "show", "--subject", "staff:kim")
    told = [line.split("  ")[3] for line in shown.splitlines()]
    assert told == [
        "staff.enabled",
        "staff.disabled",
        "staff.second-factor-reset",
        "staff.password",
        "staff.role",
        "staff.added",
    ]
    assert all(f"operator:{getpass.getuser()}" in line for line in shown.splitlines())


def test_what_cannot_be_done_is_said(run):
    with pytest.raises(AssistantError, match="password"):
        run("staff", "add", "kim", "--role", "viewer", typed="short\n")
    with pytest.raises(AssistantError, match="standard input"):
        run("staff", "add", "kim", "--role", "viewer", typed="")
    with pytest.raises(AssistantError, match="nobody"):
        run("staff", "disable", "nobody")
    assert "boss" in run("staff", "add", "kim", "--role", "boss", code=2, typed="x\n")


def test_the_audit_log_is_verified_and_a_kept_head_too(run, tmp_path):
    run("staff", "add", "kim", "--role", "viewer", typed=f"{PASSWORD}\n")
    said = run("audit", "verify")
    head = re.fullmatch(r"The audit log is whole: 1 lines\. Head: (1:[0-9a-f]{64})\n", said)[1]
    run("staff", "disable", "kim")
    assert "whole: 2 lines" in run("audit", "verify", "--head", head)
    assert "BROKEN at line 1" in run("audit", "verify", "--head", f"1:{'0' * 64}", code=1)
    assert "hexadecimal" in run("audit", "verify", "--head", "x", code=2)
    import sqlite3

    with sqlite3.connect(tmp_path / "data" / "assistant.sqlite3") as link:
        link.execute("DROP TRIGGER audit_log_no_update")
        link.execute("UPDATE audit_log SET actor = 'staff:nobody' WHERE seq = 1")
    link.close()
    assert "BROKEN at line 1: it was changed." in run("audit", "verify", code=1)


def test_looking_at_the_audit_log_is_written_down_too(run):
    assert "no such lines" in run("audit", "show")
    assert "audit.view" in run("audit", "show")


def test_retention_is_tried_dry_and_then_run(run):
    expected = "0 conversations, 0 appointments, 0 notices, 0 telephones, 0 audit lines.\n"
    assert run("retention", "run", "--dry-run", RETENTION_DAYS="30") == f"Would erase: {expected}"
    assert run("retention", "run") == f"Erased: {expected}"


def test_a_conversation_that_the_assistant_cannot_forget_is_told_by_the_exit_code(run):
    run("staff", "list")
    from datetime import UTC, datetime

    from bot.conversations.log import ConversationLog
    from bot.storage.engine import Database, make_engine

    database = Database(make_engine(load_settings().database))
    ConversationLog(database, lambda: datetime(2020, 1, 1, tzinfo=UTC)).start("web")
    database.close()
    assert "Would erase: 1 conversations" in run("retention", "run", "--dry-run", RETENTION_DAYS="30")
    assert "1 conversations are left for the next run" in run("retention", "run", code=1)


def test_keys_are_made_and_rotated(run):
    key = run("keys", "new").strip()
    assert len(key) == 44
    assert "CONTACT_KEYS" not in os.environ
    said = run("keys", "rotate", CONTACT_KEYS=f"{key},{new_key()}")
    assert re.search(r"^appointments\.contact +0$", said, re.MULTILINE)
    assert "keys.rotated" in run("audit", "show")


def test_whoever_looks_at_an_alarm_on_the_command_line_is_written_down(run):
    run("staff", "list")
    from bot.conversations.log import ConversationLog
    from bot.conversations.records import AtOnce, RaisedAlarm
    from bot.storage.engine import Database, make_engine

    database = Database(make_engine(load_settings().database))
    log = ConversationLog(database)
    conversation, _ = log.start("web")
    alarm = RaisedAlarm("crisis", "suicide", "en", ("a rule",))
    log.receive(conversation, "words", "1", decide=lambda _: AtOnce((), alarm))
    run("alarms", "show", log.alarms()[0].id)
    database.close()
    assert f"conversation.view  conversation:{conversation}" in run("audit", "show")
