"""The house: arrows between rooms point inwards, and the copies of the contract are true."""

import filecmp
import subprocess
import sys

import pytest

from bot.settings import ROOT

CONTRACT = ROOT.parent / "shared"
COPIES = {
    "source/post-laminectomy-pain-syndrome.txt": "bot/knowledge/source.txt",
    "contract/topics.yml": "bot/knowledge/topics.yml",
    "contract/chat-api.md": "docs/chat-api.md",
    "contract/evaluate.py": "evaluation/evaluate.py",
    "contract/dev-questions.jsonl": "evaluation/dev-questions.jsonl",
    "contract/dev-dialogues.jsonl": "evaluation/dev-dialogues.jsonl",
}


def test_imports_point_inwards():
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("original", sorted(COPIES))
def test_copies_are_equal_to_their_originals(original):
    if not CONTRACT.is_dir():
        return  # a user has the copies alone: there is nothing to compare
    assert filecmp.cmp(CONTRACT / original, ROOT / COPIES[original], shallow=False)
