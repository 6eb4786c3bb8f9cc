"""The commands about staff, the audit log, retention and keys. What a command needs is imported inside it."""
# ruff: noqa: PLC0415

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

import click

from bot.errors import AssistantError

if TYPE_CHECKING:
    from bot.gateway.assistant_client import AssistantClient
    from bot.privacy.retention import Outcome, Retention
    from bot.settings import Settings
    from bot.staff.accounts import Accounts
    from bot.staff.audit import Audit
    from bot.staff.records import Role
    from bot.storage.engine import Database

_ROLE = click.Choice(["viewer", "reviewer", "admin"])
_name = click.argument("name")


@click.group()
def staff() -> None:
    """Look after the accounts of those who work at the console."""


@staff.command("add")
@_name
@click.option("--role", type=_ROLE, required=True, help="What the account may do.")
def staff_add(name: str, role: Role) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    account = _accounts().add(name, role, _password(), _operator())
    click.echo(f"{account.name} can sign in at /staff/login as {account.role}.")


@staff.command("list")
def staff_list() -> None:
    """List the accounts."""
    found = _accounts().list()
    for each in found:
        state = "enabled " if each.is_enabled else "DISABLED"
        factor = "second factor" if each.has_second_factor else "no second factor"
        way = "single sign-on" if each.single_sign_on else "password"
        click.echo(f"{each.name:32s} {each.role:9s} {state}  {way}, {factor}")
    if not found:
        click.echo("There are no accounts; 'python -m bot staff add NAME --role admin' makes the first.")


@staff.command("role")
@_name
@click.argument("role", type=_ROLE)
def staff_role(name: str, role: Role) -> None:
    """Give an account another role; its sessions end."""
    account = _accounts().set_role(name, role, _operator())
    click.echo(f"{account.name} is {account.role} from the next sign-in on.")


@staff.command("disable")
@_name
def staff_disable(name: str) -> None:
    """Let nobody sign in with an account any more; its sessions end."""
    click.echo(f"{_accounts().disable(name, _operator()).name} is disabled.")


@staff.command("enable")
@_name
def staff_enable(name: str) -> None:
    """Take back that an account is disabled."""
    click.echo(f"{_accounts().enable(name, _operator()).name} is enabled.")


@staff.command("password")
@_name
def staff_password(name: str) -> None:
    """Give an account another password; its sessions end. It is asked for, or read from standard input."""
    click.echo(f"{_accounts().set_password(name, _password(), _operator()).name} has the new password.")


@staff.command("reset-second-factor")
@_name
def staff_reset_second_factor(name: str) -> None:
    """Remove the second factor of an account with its recovery codes; its sessions end."""
    account = _accounts().reset_second_factor(name, _operator())
    click.echo(f"{account.name} sets up a second factor at the next sign-in, if the role or the settings ask for one.")


@click.group()
def audit() -> None:
    """Look at the audit log: who viewed, exported, changed and entered what."""


@audit.command("verify")
@click.option("--head", help="A head that an earlier verification printed; its line must still be there as it was.")
def audit_verify(head: str | None) -> None:
    """Check every line of the log and the chain through them. Exit code 1 if one is broken."""
    from bot.staff.audit_lines import Head

    try:
        kept = Head.parse(head) if head else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--head") from error
    found = _audit(_begin()).verify(kept)
    if found.broken:
        click.echo(f"The audit log is BROKEN at line {found.broken.seq}: {found.broken.why}.", err=True)
        click.echo(f"The {found.entries} lines before it are as they were written.", err=True)
        sys.exit(1)
    click.echo(f"The audit log is whole: {found.entries} lines." + (f" Head: {found.head}" if found.head else ""))


@audit.command("show")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Lines at most.")
@click.option("--actor", help="Only by this one, as staff:NAME.")
@click.option("--action", help="Only this, as conversation.view; with a dot at the end all that begin so.")
@click.option("--subject", help="Only to this, as conversation:ID.")
def audit_show(limit: int, actor: str | None, action: str | None, subject: str | None) -> None:
    """Show lines, the newest first."""
    import json

    from bot.staff.audit_lines import Entry

    log = _audit(_begin())
    found = log.entries(limit=limit, actor=actor, action=action, subject=subject)
    for line in found:
        details = json.dumps(line.details, sort_keys=True, ensure_ascii=False) if line.details else ""
        moment = f"{line.at:%Y-%m-%d %H:%M:%S} UTC"
        told = (str(line.seq), moment, line.actor, line.action, line.subject, line.address, details)
        click.echo("  ".join(part for part in told if part))
    log.record(Entry(_operator(), "audit.view", details={"lines": len(found)}))
    if not found:
        click.echo("There are no such lines.")


@click.group()
def retention() -> None:
    """Erase what is older than the settings allow."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only tell what would be erased.")
def retention_run(dry_run: bool) -> None:
    """Erase now what the gateway erases daily. Exit code 1 if the assistant could not forget a conversation."""
    settings = _begin()
    outcome = asyncio.run(_retain(settings, dry_run=dry_run))
    click.echo(
        f"{'Would erase' if dry_run else 'Erased'}: {outcome.conversations} conversations, "
        f"{outcome.appointments} appointments, {outcome.notices} notices, {outcome.telephones} telephones, "
        f"{outcome.audit_lines} audit lines."
    )
    if outcome.left:
        click.echo(
            f"{outcome.left} conversations are left for the next run, since the assistant must be running to forget "
            f"them: {outcome.why_left}.",
            err=True,
        )
        sys.exit(1)


@click.group()
def keys() -> None:
    """Look after the keys that encrypt what patients say of themselves (CONTACT_KEYS)."""


@keys.command("new")
def keys_new() -> None:
    """Print a new key. It is kept nowhere."""
    from bot.storage.encryption import new_key

    click.echo(new_key())


@keys.command("rotate")
def keys_rotate() -> None:
    """Encrypt anew, with the first of the keys, what the others have encrypted."""
    settings = _begin()
    import bot.booking.models
    import bot.notices.models
    import bot.sms.models
    import bot.staff.models  # noqa: F401 - a room's tables are known once it is imported
    from bot.staff.audit_lines import Entry
    from bot.storage.encryption import cipher_of
    from bot.storage.rotation import rotate

    database = _database(settings)
    counts = rotate(database, cipher_of(settings))
    _audit_of(database).record(Entry(_operator(), "keys.rotated", details=counts))
    for column, count in counts.items():
        click.echo(f"{column:36s} {count}")
    click.echo("All is encrypted with the first key. The others can be removed, once every process knows the first.")


def note_view(conversation_id: str) -> None:
    """Write down that whoever uses the command line looks at a conversation."""
    from bot.staff.audit_lines import Entry

    _audit(_begin()).record(Entry(_operator(), "conversation.view", f"conversation:{conversation_id}"))


def _begin() -> Settings:
    from bot.serving.logs import configure_logs
    from bot.settings import load_settings

    settings = load_settings()
    configure_logs(settings.log_level)
    return settings


def _database(settings: Settings) -> Database:
    """Return the database with all its tables, so that a command may be the first thing that is run."""
    from bot.storage.engine import Database, make_engine
    from bot.storage.migrate import upgrade

    settings.prepare_data_folder()
    upgrade(settings)
    return Database(make_engine(settings.database))


def _accounts() -> Accounts:
    from bot.staff.accounts import Accounts

    return Accounts(_database(_begin()))


def _audit(settings: Settings) -> Audit:
    return _audit_of(_database(settings))


def _audit_of(database: Database) -> Audit:
    from bot.staff.audit import Audit

    return Audit(database)


async def _retain(settings: Settings, *, dry_run: bool) -> Outcome:
    from bot.gateway.assistant_client import AssistantClient

    database = _database(settings)
    assistant = AssistantClient(settings)
    try:
        work = _retention(settings, database, assistant)
        return await (work.look() if dry_run else work.run(_operator()))
    finally:
        await assistant.close()


def _retention(settings: Settings, database: Database, assistant: AssistantClient) -> Retention:
    from bot.privacy.erasure import Erasure
    from bot.privacy.retention import Periods, Retention

    return Retention(database, Erasure(database, assistant.forget), _audit_of(database), Periods.of(settings))


def _operator() -> str:
    """Return who uses the command line, as the audit log names actors."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return "operator:unknown"


def _password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
        return password
    read = sys.stdin.readline().rstrip("\r\n")
    if not read:
        raise AssistantError("No password came from standard input; pipe one in, or run the command in a terminal.")
    return read
