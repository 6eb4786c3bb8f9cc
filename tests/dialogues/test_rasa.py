"""Rasa's own checks: the training data is valid, and conversations go as they should."""

import os
import subprocess
import sys

from bot.serving.training import ensure_model
from bot.settings import ROOT, load_settings

ENVIRONMENT = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}


def rasa(*arguments):
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "rasa", *arguments],
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_training_data_is_valid():
    done = rasa("data", "validate", "--max-history", "6")
    assert done.returncode == 0, done.stderr
    assert "No story structure conflicts found" in done.stdout + done.stderr


def test_the_stories_go_as_told(tmp_path):
    model = str(ensure_model(load_settings()))
    done = rasa(
        "test",
        "core",
        "--stories",
        "tests/dialogues",
        "--model",
        model,
        "--out",
        str(tmp_path),
        "--fail-on-prediction-errors",
        "--no-plot",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    failed = (tmp_path / "failed_test_stories.yml").read_text()
    assert "None of the test stories failed" in failed
