"""The command from end to end, on few examples and without tuning."""

import json

import pytest
from click.testing import CliRunner

from bot import cli
from bot.errors import ConfigurationError
from bot.settings import load_settings

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def evaluate_nlu(monkeypatch):
    """A function from arguments to the result of the command, run in this process: loading the libraries takes long."""
    monkeypatch.setattr(cli, "_begin", load_settings)
    monkeypatch.setattr("bot.serving.logs.quiet_rasa", lambda: None)
    return lambda *arguments: CliRunner().invoke(cli.commands, ["evaluate-nlu", *map(str, arguments)])


def test_the_command_writes_both_pictures_and_all_figures(evaluate_nlu, tmp_path):
    folder = tmp_path / "new" / "results"
    done = evaluate_nlu("--folds", 2, "--epochs", 0, "--examples", 6, "--results", folder)
    assert done.exit_code == 0, done.exception
    for name in ("confusion-matrix.png", "reliability.png"):
        assert (folder / name).read_bytes().startswith(PNG)
    figures = json.loads((folder / "evaluate-nlu.json").read_text(encoding="utf-8"))
    examples = figures["setup"]["examples"]
    assert examples == 6 * figures["setup"]["labels"]
    assert sum(entry["count"] for entry in figures["reliability"]) == examples
    assert sum(sum(counts.values()) for counts in figures["decisions"].values()) == examples
    assert sum(sum(row.values()) for row in figures["matrix"].values()) == examples
    assert len(figures["confusions"]) == 25
    for share in (figures["topics"]["accuracy"], figures["labels"]["macro_f1"], figures["auroc_refusals"]):
        assert 0.3 < share < 1
    assert f"Expected calibration error: {figures['calibration_error']:.4f}" in done.output


def test_too_many_folds_are_refused(evaluate_nlu, tmp_path):
    done = evaluate_nlu("--folds", 9, "--examples", 4, "--results", tmp_path)
    assert isinstance(done.exception, ConfigurationError)
    assert "too few for 9 folds" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
