"""The commands. What a command needs is imported inside it, so that ``--help`` answers at once."""
# ruff: noqa: PLC0415

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bot.errors import AssistantError, ConfigurationError
from bot.sms_cli import sms_simulator, texts
from bot.staff_cli import audit, keys, note_view, retention, staff

if TYPE_CHECKING:
    from bot.conversations.log import ConversationLog
    from bot.settings import Settings

EX_CONFIG: Final = 78


def main() -> None:
    """Run the command of the command line.

    An error of ours becomes one sentence on standard error, and exit code 78 if the operator must mend the
    configuration, else 1.
    """
    try:
        commands(prog_name="python -m bot")
    except AssistantError as error:
        click.echo(str(error), err=True)
        sys.exit(EX_CONFIG if isinstance(error, ConfigurationError) else 1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def commands() -> None:
    """Run a spine clinic's patient assistant. Settings: environment or .env, all named in .env.example."""


commands.add_command(sms_simulator)
commands.add_command(texts)


for _group in (staff, audit, retention, keys):
    commands.add_command(_group)


def _begin() -> Settings:
    """Tie the process to its parent, load the settings, and set the logs up before libraries give their warnings."""
    from bot.serving import lifeline
    from bot.serving.logs import configure_logs
    from bot.settings import load_settings

    lifeline.watch()
    settings = load_settings()
    configure_logs(settings.log_level)
    return settings


@commands.command()
def serve() -> None:
    """Start all three processes; Ctrl-C stops them."""
    settings = _begin()
    from bot.serving.serve import serve as run

    sys.exit(run(settings))


@commands.command()
def gateway() -> None:
    """Start the gateway alone."""
    settings = _begin()
    from bot.serving.gateway import run

    run(settings)


@commands.command()
def assistant() -> None:
    """Start the assistant (Rasa) alone."""
    settings = _begin()
    from bot.serving.assistant import run

    run(settings)


@commands.command()
def actions() -> None:
    """Start the action server alone."""
    settings = _begin()
    from bot.serving.actions import run

    run(settings)


@commands.command()
@click.option("--force", is_flag=True, help="Train everything, though nothing has changed.")
def train(force: bool) -> None:
    """Train the model if it is not up to date."""
    settings = _begin()
    from bot.serving.training import ensure_model
    from bot.serving.triage_training import ensure_triage

    ensure_triage(settings)
    click.echo(f"The model to serve: {ensure_model(settings, force=force)}")


@commands.command()
def check() -> None:
    """Check that all that the assistant says is grounded in the document or approved."""
    _begin()
    from bot.knowledge.check import check_project
    from bot.safety.replies import safety_texts

    found = check_project(safety_texts())
    for problem in found:
        click.echo(problem, err=True)
    if found:
        sys.exit(1)
    click.echo("Every sentence is grounded in the document or approved.")


@commands.group()
def alarms() -> None:
    """See the alarms that visitors' messages have raised, those that nobody has seen first."""


def _open_log() -> ConversationLog:
    settings = _begin()
    from bot.conversations.log import ConversationLog
    from bot.storage.engine import Database, make_engine

    return ConversationLog(Database(make_engine(settings.database)))


@alarms.command("list")
@click.option("--unseen", is_flag=True, help="Only those that nobody has seen.")
def alarms_list(unseen: bool) -> None:
    """List the alarms, the newest first."""
    found = _open_log().alarms(unseen=unseen)
    for alarm in found:
        state = f"ended: {alarm.settled_how}" if alarm.settled_how else "OPEN"
        seen = "seen" if alarm.seen_at else "NOT SEEN"
        moment = f"{alarm.raised_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{alarm.id}  {moment}  {alarm.level:9s} {alarm.family:16s} {state}, {seen}")
    click.echo("'python -m bot alarms show ID' shows the conversation." if found else "There are no such alarms.")


@alarms.command("show")
@click.argument("alarm_id", metavar="ID")
def alarms_show(alarm_id: str) -> None:
    """Show the conversation of an alarm and what raised it, and keep that the alarm was seen."""
    log = _open_log()
    alarm = log.alarm(alarm_id)
    note_view(alarm.conversation_id)
    click.echo(f"{alarm.level} ({alarm.family}), raised by {', '.join(alarm.names)}\n")
    for message in log.history(alarm.conversation_id):
        mark = "  <<< the alarm" if message.id == alarm.message_id else ""
        click.echo(f"{message.created_at:%H:%M:%S} {message.author}: {message.text}{mark}")
    log.see_alarm(alarm_id)


@commands.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema."""
    settings = _begin()
    from bot.storage.migrate import upgrade

    settings.prepare_data_folder()
    upgrade(settings)
    click.echo("The database has the newest schema.")


@commands.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="Score this server instead of one that is started for the evaluation.")
@click.option("--misses", is_flag=True, help="Print every line that was not right.")
@click.option("--json", "figures", type=click.Path(path_type=Path), help="Write the figures to this file.")
@click.option("--workers", type=click.IntRange(min=1), default=4, show_default=True, help="Conversations at a time.")
def evaluate(files: tuple[Path, ...], url: str | None, misses: bool, figures: Path | None, workers: int) -> None:
    """Score the assistant on labelled messages.

    FILES are, by default, those in evaluation/; the format is told in evaluation/evaluate.py.
    """
    from bot.serving.running import running_server
    from bot.settings import ROOT

    folder = ROOT / "evaluation"
    files = files or (folder / "dev-questions.jsonl", folder / "dev-dialogues.jsonl")
    program = [sys.executable, str(folder / "evaluate.py"), *map(str, files), "--workers", str(workers)]
    program += ["--misses"] * misses + (["--json", str(figures)] if figures else [])

    def score(address: str) -> int:
        return subprocess.run([*program, "--url", address], check=False).returncode  # noqa: S603 - our own command

    if url:
        sys.exit(score(url))
    click.echo("Starting a server for the evaluation; it takes half a minute to load, longer if it must train ...")
    with running_server({"RATE_LIMIT": "off"}) as address:
        click.echo("Asking ...")
        code = score(address)
    sys.exit(code)


@commands.command("evaluate-safety")
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Parts to look at in turn.")
@click.option("--quick", is_flag=True, help="Leave out the cross-validation, which takes some minutes.")
def evaluate_safety(folds: int, quick: bool) -> None:
    """Measure triage: recall by family with exact 95 % bounds, false alarms, and the time of a message."""
    settings = _begin()
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # as in the gateway
    from bot.safety.triage import shared_triage
    from bot.safety_evaluation import cross_validation, evaluation
    from bot.serving.triage_training import ensure_triage
    from bot.settings import ROOT

    ensure_triage(settings)
    triage = shared_triage(settings.triage_folder, settings.encoder_path)
    after = ROOT / "tests" / "safety" / "after_alarm.yml"
    for lines in (evaluation.held_out(triage), evaluation.questions(triage), evaluation.after_alarms(triage, after)):
        click.echo("\n".join(lines) + "\n")
    if not quick:
        click.echo("\n".join(cross_validation.cross_validated(triage, folds, click.echo)))


@commands.command("evaluate-nlu")
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Parts to predict in turn.")
@click.option("--epochs", type=click.IntRange(min=0), help="Passes of tuning the encoder; 0: none. [default: as train]")
@click.option("--results", type=click.Path(file_okay=False, path_type=Path), help="Where to write. [default: results]")
@click.option("--examples", type=click.IntRange(min=2), help="At most so many a label, for a quick try. [default: all]")
def evaluate_nlu(folds: int, epochs: int | None, results: Path | None, examples: int | None) -> None:
    """Cross-validate the understanding on data/nlu.yml; writes figures and two pictures."""
    settings = _begin()
    import logging

    from bot.serving.logs import quiet_rasa
    from bot.settings import ROOT

    quiet_rasa()
    # A level of our own: skops, as it loads all of scikit-learn, lets numpy.distutils raise the common one to WARNING.
    logging.getLogger("bot").setLevel(settings.log_level.upper())
    from bot.nlu_evaluation.evaluation import evaluate as cross_validated

    click.echo("Cross-validating ...")
    click.echo(cross_validated(results or ROOT / "results", folds, epochs, examples))
