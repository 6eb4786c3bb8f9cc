"""Signing in: passwords, second factors, recovery codes; each good for what it is for, and once."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select, text
from staff.conftest import HERE, PASSWORD

from bot.staff.errors import LockedOut, Refused, StaffError
from bot.staff.models import RecoveryCodeRow, StaffRow
from bot.staff.second_factor import address_for_authenticator, step_of
from bot.staff.signing_in import SigningIn


@pytest.fixture
def admin(person):
    kim = person("kim", "admin")
    kim.password()
    kim.enrol()
    return kim


def test_a_viewer_or_reviewer_is_in_with_the_password(person, actions):
    kim = person("kim", "viewer")
    assert kim.password() == "complete"
    assert kim.session.may("viewer")
    assert not kim.session.may("reviewer")
    assert actions() == ["staff.added", "login.ok"]


@pytest.mark.parametrize("policy", ["admin", "all"])
def test_who_must_have_a_second_factor_is_not_in_before_it_is_set_up(  # noqa: PLR0917 - fixtures
    person, database, cipher, lockout, clock, policy
):
    kim = person("kim", "admin" if policy == "admin" else "viewer")
    kim._in = SigningIn(database, cipher, lockout, policy, clock)
    assert kim.password() == "enrol"
    assert not kim.session.may("viewer")
    kim.enrol()
    assert kim.session.stage == "complete"
    clock.advance(minutes=1)
    assert kim.password() == "code"
    assert not kim.session.may("viewer")
    kim.second()
    assert kim.session.may("viewer")


@pytest.mark.parametrize(
    ("name", "password"), [("kim", "wrong"), ("nobody", PASSWORD), ("", ""), ("kim", ""), ("\x00", "\ud800")]
)
def test_a_wrong_name_or_password_is_refused_with_one_sentence(person, signing_in, audit, name, password):
    person("kim")
    with pytest.raises(Refused, match=r"^Name or password is wrong\.$"):
        signing_in.with_password(name, password, HERE)
    (line,) = audit.entries(action="login.refused")
    assert line.actor == ("staff:kim" if name == "kim" else "unknown")
    assert line.address == HERE
    assert password not in str(line.details) or not password


def test_a_name_that_nobody_has_is_not_written_down(signing_in, audit, database):
    with pytest.raises(Refused):
        signing_in.with_password("my secret password", "x", HERE)
    with database.read() as session:
        counted = session.execute(text("SELECT * FROM staff_failures")).all()
    assert len(counted) == 2
    assert "secret" not in f"{audit.entries()} {counted}"


def test_the_first_code_confirms_the_second_factor_and_gives_recovery_codes_once(admin, signing_in, database):
    assert len(admin.recovery) == len(set(admin.recovery)) == 10
    assert all(len(code) == 19 for code in admin.recovery)
    with pytest.raises(StaffError, match="already"):
        signing_in.secret_to_enrol(admin.session)
    with pytest.raises(StaffError, match="already"):
        signing_in.enrol(admin.session, admin.id, admin.code(), HERE)
    with database.read() as session:
        stored = session.execute(select(RecoveryCodeRow.code_hash)).scalars().all()
    assert not {code.replace("-", "") for code in admin.recovery} & set(stored)


def test_the_secret_is_the_same_until_it_is_confirmed_and_stored_encrypted(person, signing_in, database):
    kim = person("kim", "admin")
    kim.password()
    secret = signing_in.secret_to_enrol(kim.session)
    assert signing_in.secret_to_enrol(kim.session) == secret
    with database.read() as session:
        stored = session.execute(select(StaffRow.totp_secret)).scalar_one()
    assert secret not in stored
    with pytest.raises(Refused):
        signing_in.enrol(kim.session, kim.id, "000000", HERE)
    assert kim.session.stage == "enrol"


def test_a_code_is_good_once(admin, clock):
    clock.advance(seconds=60)
    admin.password()
    code = admin.code()
    admin.second(code)
    admin.password()
    with pytest.raises(Refused):
        admin.second(code)
    assert admin.session.stage == "code"
    clock.advance(seconds=30)
    admin.second()
    assert admin.session.stage == "complete"


def test_after_a_code_an_earlier_one_is_not_good_any_more(admin, clock):
    clock.advance(seconds=60)
    earlier = admin.code()
    clock.advance(seconds=30)
    admin.password()
    admin.second()
    admin.password()
    with pytest.raises(Refused):
        admin.second(earlier)


def test_the_code_that_set_the_second_factor_up_does_not_sign_in_too(admin):
    code = admin.code()
    admin.password()
    with pytest.raises(Refused):
        admin.second(code)


def test_of_two_who_use_one_code_at_once_one_is_in(admin, signing_in, sessions, clock):
    clock.advance(seconds=60)
    held = []
    for _ in range(4):
        opened = signing_in.with_password("kim", PASSWORD, HERE)
        held.append((sessions.open(opened.session_id), opened.session_id))
    code = admin.code()

    def use(each):
        try:
            return signing_in.with_code(*each, code, HERE).stage
        except Refused:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, held)) == ["complete", "refused", "refused", "refused"]


@pytest.mark.parametrize(("off", "is_in"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_that_is_half_a_minute_off_does_not_matter(clock, off, is_in):
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).at(int(clock().timestamp()) + off)
    assert (step_of(secret, code, clock()) is not None) == is_in


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34 5", "0" * 1000])
def test_what_is_no_code_is_wrong(clock, code):
    assert step_of(pyotp.random_base32(), code, clock()) is None


def test_a_recovery_code_is_good_once_as_people_type_it(admin, audit):
    admin.password()
    typed = admin.recovery[3].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    admin.second(typed)
    assert admin.session.stage == "complete"
    assert audit.entries(action="login.ok")[0].details == {"by": "recovery code"}
    admin.password()
    with pytest.raises(Refused):
        admin.second(admin.recovery[3])
    admin.second(admin.recovery[4])


def test_a_reset_removes_the_recovery_codes_too(admin, accounts):
    old = admin.recovery[0]
    accounts.reset_second_factor("kim", "operator:test")
    assert admin.password() == "enrol"
    with pytest.raises(Refused):
        admin.second(old)
    admin.enrol()
    assert admin.session.stage == "complete"


def test_each_step_gives_another_session_and_ends_the_one_before(person, sessions, clock):
    kim = person("kim", "admin")
    kim.id = planted = "an id that somebody planted in the browser"
    kim.password()
    first = kim.id
    assert first != planted
    assert sessions.open(planted) is None
    kim.enrol()
    second = kim.id
    assert second != first
    assert sessions.open(first) is None
    clock.advance(minutes=1)
    kim.password()
    assert sessions.open(second) is None
    third = kim.id
    kim.second()
    assert sessions.open(third) is None
    assert len({first, second, third, kim.id}) == 4


def test_a_session_of_another_stage_takes_no_code(person, signing_in):
    kim = person("kim")
    kim.password()
    with pytest.raises(Refused, match="Begin again"):
        signing_in.with_code(kim.session, kim.id, "123456", HERE)


def test_who_was_signed_out_everywhere_half_way_is_not_let_in(admin, signing_in, clock):
    clock.advance(minutes=1)
    admin.password()
    held = admin.session
    signing_in.log_out_everywhere(held, HERE)
    with pytest.raises(Refused, match="Begin again"):
        signing_in.with_code(held, admin.id, admin.code(), HERE)


def test_wrong_passwords_lock_the_account_for_longer_and_longer(person, signing_in, clock, audit):
    person("kim")
    waited = []
    for _ in range(10):
        for _ in range(20):
            try:
                signing_in.with_password("kim", "wrong", f"192.0.2.{len(waited)}")
            except LockedOut as locked:
                waited.append(locked.seconds)
                clock.advance(seconds=locked.seconds)
                break
            except Refused:
                pass
    assert waited == [30, 60, 120, 240, 480, 900, 900, 900, 900, 900]
    refused = audit.entries(action="login.refused", limit=100)
    assert len(refused) == 4 + 10
    assert refused[0].details == {"step": "password", "locked": True}
    assert refused[-1].details == {"step": "password", "locked": False}


def test_while_it_is_locked_the_right_password_is_not_looked_at(person, signing_in, clock):
    kim = person("kim")
    for _ in range(5):
        with pytest.raises(Refused):
            signing_in.with_password("kim", "wrong", HERE)
    with pytest.raises(LockedOut):
        kim.password()
    clock.advance(seconds=30)
    assert kim.password() == "complete"
    for _ in range(4):
        with pytest.raises(Refused):
            signing_in.with_password("kim", "wrong", HERE)
    assert kim.password() == "complete"


def test_tries_sent_at_once_are_counted_one_by_one(person, signing_in):
    person("kim")

    def attempt(number):
        try:
            signing_in.with_password("kim", f"wrong {number}", f"192.0.2.{number}")
        except LockedOut:
            return "locked"
        except Refused:
            return "refused"
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(40)))
    assert (outcomes.count("refused"), outcomes.count("locked")) == (5, 35)


def test_one_address_cannot_try_many_accounts_even_with_an_account_of_its_own(person, signing_in, clock):
    kim = person("kim")
    outcomes = []
    for number in range(40):
        if number % 5 == 4:
            try:
                kim.password()
            except LockedOut:
                break
        try:
            signing_in.with_password(f"other-{number}", "wrong", HERE)
        except LockedOut:
            break
        except Refused:
            outcomes.append("refused")
    assert len(outcomes) == 20
    clock.advance(days=1, seconds=1)
    assert kim.password() == "complete"


def test_codes_cannot_be_tried_for_ever_by_someone_who_has_the_password(admin, signing_in, sessions, clock):
    assert admin.session
    clock.advance(minutes=1)
    looked_at = 0
    for number in range(30):
        opened = signing_in.with_password("kim", PASSWORD, f"192.0.2.{number}")
        try:
            signing_in.with_code(sessions.open(opened.session_id), opened.session_id, "000000", f"192.0.2.{number}")
        except LockedOut:
            continue
        except Refused:
            looked_at += 1
    assert looked_at == 5


def test_signing_out_ends_this_session_and_everywhere_all(person, signing_in, sessions, actions):
    kim = person("kim")
    ids = []
    for _ in range(3):
        kim.id = None
        kim.password()
        ids.append(kim.id)
    signing_in.log_out(sessions.open(ids[0]), ids[0], HERE)
    assert [sessions.open(each) is not None for each in ids] == [False, True, True]
    assert signing_in.log_out_everywhere(sessions.open(ids[1]), HERE) == 2
    assert [sessions.open(each) is not None for each in ids] == [False, False, False]
    assert actions()[-2:] == ["logout", "logout.everywhere"]


def test_a_password_that_is_changed_while_it_is_looked_at_does_not_let_in(person, accounts, signing_in, monkeypatch):
    kim = person("kim")
    real = signing_in._begin

    def late(*given):
        accounts.set_password("kim", "another few words", "operator:test")
        return real(*given)

    monkeypatch.setattr(signing_in, "_begin", late)
    with pytest.raises(Refused):
        kim.password()


def test_no_secret_stands_in_the_tables(admin, database):
    secrets = {PASSWORD, admin.id, admin.secret, *admin.recovery, *(each.replace("-", "") for each in admin.recovery)}
    with database.read() as session:
        kept = "".join(
            str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - the names are below
            for table in ("staff", "staff_sessions", "staff_recovery_codes", "staff_failures", "audit_log")
        )
    assert not [secret for secret in secrets if secret in kept]


def test_the_address_for_an_authenticator_names_clinic_and_account():
    address = address_for_authenticator("JBSWY3DPEHPK3PXP" * 2, "kim", "Clinic & Pain")
    given = f"secret={'JBSWY3DPEHPK3PXP' * 2}&issuer=Clinic%20%26%20Pain"
    assert address == f"otpauth://totp/Clinic%20%26%20Pain:kim?{given}"
