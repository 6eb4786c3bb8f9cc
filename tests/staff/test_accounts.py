"""Accounts as an administrator sees them; each change is audited and ends sessions where it should."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from staff.conftest import HERE, PASSWORD

from bot.staff import passwords
from bot.staff.errors import NoSuchAccount, Refused, StaffError
from bot.staff.models import StaffRow
from bot.staff.records import ROLES, is_at_least

BY = "operator:test"


def stored_hash(database, name):
    with database.read() as session:
        return session.execute(select(StaffRow.password_hash).where(StaffRow.name == name)).scalar_one()


def test_an_account_is_added_listed_and_audited(accounts, audit):
    made = accounts.add(" Kim ", "reviewer", PASSWORD, BY)
    assert (made.name, made.role, made.is_enabled, made.has_second_factor) == ("kim", "reviewer", True, False)
    assert accounts.list() == [made]
    (line,) = audit.entries()
    assert (line.actor, line.action, line.subject, line.details) == (
        BY,
        "staff.added",
        "staff:kim",
        {"role": "reviewer"},
    )


def test_a_name_is_given_once_whatever_its_case(accounts):
    accounts.add("kim", "viewer", PASSWORD, BY)
    with pytest.raises(StaffError, match="already"):
        accounts.add("KIM", "admin", PASSWORD, BY)


@pytest.mark.parametrize("name", ["", " ", "-kim", "kim lee", "kim\nlee", "k" * 65, "käthe", "kim;drop", "\x00"])
def test_what_cannot_be_a_name_is_refused(accounts, name):
    with pytest.raises(StaffError, match="name"):
        accounts.add(name, "viewer", PASSWORD, BY)
    assert accounts.list() == []


@pytest.mark.parametrize("password", ["", "short", "a" * 40, "my name is kim!", "ab" * 10, "x" * 257])
def test_a_poor_password_is_refused(accounts, password):
    with pytest.raises(StaffError, match="password"):
        accounts.add("kim", "viewer", password, BY)
    assert accounts.list() == []


def test_passwords_are_stored_as_argon2id_with_the_parameters_of_the_library(accounts, database, monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    accounts.add("kim", "viewer", PASSWORD, BY)
    stored = stored_hash(database, "kim")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in stored
    assert passwords.is_right(stored, PASSWORD)
    assert not passwords.is_right(stored, PASSWORD + " ")
    assert not passwords.is_right(None, PASSWORD)
    assert not passwords.is_right("no hash at all", PASSWORD)


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_sign_in(person, database, monkeypatch):
    kim = person("kim")
    weak = stored_hash(database, "kim")
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    kim.password()
    strong = stored_hash(database, "kim")
    assert "m=128,t=2" in strong
    assert strong != weak
    kim.password()
    assert stored_hash(database, "kim") == strong


@pytest.mark.parametrize(
    ("change", "action"),
    [
        (lambda accounts: accounts.set_role("kim", "admin", BY), "staff.role"),
        (lambda accounts: accounts.set_role("kim", "viewer", BY), "staff.role"),
        (lambda accounts: accounts.disable("kim", BY), "staff.disabled"),
        (lambda accounts: accounts.set_password("kim", "another few words", BY), "staff.password"),
        (lambda accounts: accounts.reset_second_factor("kim", BY), "staff.second-factor-reset"),
    ],
)
def test_what_changes_rights_or_a_way_in_ends_all_sessions_and_is_audited(person, accounts, actions, change, action):
    kim, elsewhere = person("kim"), person("lee")
    kim.password()
    elsewhere.password()
    assert kim.session
    change(accounts)
    assert kim.session is None
    assert elsewhere.session
    assert actions()[-1] == action


def test_a_disabled_account_does_not_sign_in_until_it_is_enabled(person, accounts):
    kim = person("kim")
    accounts.disable("kim", BY)
    with pytest.raises(Refused):
        kim.password()
    assert not accounts.list()[0].is_enabled
    accounts.enable("kim", BY)
    assert kim.password() == "complete"


def test_a_new_password_counts_at_once(person, accounts):
    kim = person("kim")
    accounts.set_password("kim", "another few words", BY)
    with pytest.raises(Refused):
        kim.password()
    assert kim.password("another few words") == "complete"


def test_an_unknown_name_is_named_and_nothing_is_written(accounts, actions):
    for change in (
        lambda: accounts.set_role("nobody", "admin", BY),
        lambda: accounts.disable("nobody", BY),
        lambda: accounts.enable("nobody", BY),
        lambda: accounts.set_password("nobody", "another few words", BY),
        lambda: accounts.reset_second_factor("nobody", BY),
    ):
        with pytest.raises(NoSuchAccount, match="nobody"):
            change()
    assert actions() == []


def test_each_role_may_what_those_before_it_may():
    assert [[is_at_least(role, least) for least in ROLES] for role in ROLES] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_changing_ones_own_password_ends_the_other_sessions_and_gives_a_new_one(person, signing_in, sessions):
    kim = person("kim")
    kim.password()
    here = kim.id
    kim.id = None
    kim.password()
    there = kim.id
    opened = signing_in.change_password(sessions.open(here), PASSWORD, "another few words", HERE)
    assert opened.session_id not in {here, there}
    assert sessions.open(here) is sessions.open(there) is None
    assert sessions.open(opened.session_id).stage == "complete"


def test_changing_ones_password_wants_the_old_one_and_a_good_new_one(person, signing_in):
    kim = person("kim")
    kim.password()
    with pytest.raises(Refused, match="old"):
        signing_in.change_password(kim.session, "wrong", "another few words", HERE)
    with pytest.raises(StaffError, match="12"):
        signing_in.change_password(kim.session, PASSWORD, "short", HERE)
    assert kim.session
