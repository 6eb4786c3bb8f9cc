"""When a model is trained, and what becomes of the older ones; Rasa itself is replaced."""

from __future__ import annotations

import fcntl
import os
import shutil
from threading import Thread

import pytest
import serving_fakes as fakes

from bot.errors import ConfigurationError
from bot.serving.training import ensure_model
from bot.settings import Settings

FILES = ["config.yml", "domain.yml", "data/nlu.yml", "bot/nlu/part.py", "requirements.lock"]


class Trainer:
    """Writes a file instead of training, and notes how it was called."""

    def __init__(self):
        self.forced = []

    def __call__(self, _root, output, *, force):
        self.forced.append(force)
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir()
        model = output / f"{len(self.forced)}.tar.gz"
        model.write_text("model")
        os.utime(model, (len(self.forced), len(self.forced)))
        return model


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("a")
    return root


@pytest.fixture
def settings(tmp_path):
    return Settings(model_folder=tmp_path / "models")


@pytest.fixture
def trainer():
    return Trainer()


@pytest.fixture
def ensure(project, settings, trainer):
    return lambda **options: ensure_model(settings, root=project, trainer=trainer, **options)


def test_a_first_start_trains_and_a_second_one_serves_the_same_file(ensure, trainer, settings):
    first = ensure()
    assert first.is_file()
    assert first.parent == settings.model_folder
    assert ensure() == first
    assert len(trainer.forced) == 1


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu.yml"])
def test_changed_content_makes_a_new_model_with_the_help_of_the_cache(ensure, trainer, project, name):
    first = ensure()
    (project / name).write_text("b")
    assert ensure() != first
    assert trainer.forced[1:] == [False]


@pytest.mark.parametrize("name", ["bot/nlu/part.py", "requirements.lock"])
def test_changed_code_trains_past_the_cache(ensure, trainer, project, name):
    ensure()
    (project / name).write_text("b")
    ensure()
    assert trainer.forced[1:] == [True]


def test_a_new_file_makes_a_new_model_and_a_compiled_one_does_not(ensure, trainer, project):
    ensure()
    (project / "bot/nlu/__pycache__").mkdir()
    (project / "bot/nlu/__pycache__/part.pyc").write_text("")
    ensure()
    assert len(trainer.forced) == 1
    (project / "data/stories.yml").write_text("a")
    ensure()
    assert len(trainer.forced) == 2


def test_force_trains_though_nothing_has_changed(ensure, trainer):
    ensure()
    ensure(force=True)
    assert trainer.forced[1:] == [True]


def test_a_model_that_was_removed_is_trained_again(ensure, trainer):
    ensure().unlink()
    ensure()
    assert len(trainer.forced) == 2


def test_a_broken_mark_counts_as_none(ensure, trainer, settings):
    ensure()
    (settings.model_folder / "trained.json").write_text("{")
    ensure()
    assert len(trainer.forced) == 2


def test_two_models_are_kept(ensure, settings, project):
    for content in "bcde":
        (project / "domain.yml").write_text(content)
        ensure()
    assert sorted(path.name for path in settings.model_folder.glob("*.tar.gz")) == ["3.tar.gz", "4.tar.gz"]


def test_a_failed_training_leaves_the_older_model_and_is_tried_again(ensure, project, settings):
    first = ensure()
    (project / "domain.yml").write_text("b")

    def fail(_root, _output, *, force):  # noqa: ARG001
        raise ConfigurationError("The training failed.")

    for _ in range(2):
        with pytest.raises(ConfigurationError, match="The training failed"):
            ensure_model(settings, root=project, trainer=fail)
    assert first.is_file()


def test_a_model_folder_that_cannot_be_written_is_named_with_its_setting(project, trainer, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"file/models cannot be written .* set MODEL_FOLDER"):
        ensure_model(Settings(model_folder=tmp_path / "file/models"), root=project, trainer=trainer)


def test_a_second_process_waits_for_the_training_of_the_first(ensure, trainer, settings, capsys):
    ensure()
    mark = settings.model_folder / "trained.json"
    content = mark.read_text()
    mark.unlink()
    with (settings.model_folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = Thread(target=ensure)
        waiting.start()
        said = []
        assert fakes.wait_for(lambda: bool(said.append(capsys.readouterr().out) or "waiting for it" in "".join(said)))
        mark.write_text(content)
    waiting.join(5)
    assert len(trainer.forced) == 1
