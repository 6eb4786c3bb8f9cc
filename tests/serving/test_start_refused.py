"""What keeps the server from starting is told in one sentence, with exit code 78."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from bot.cli import main
from bot.serving.running import isolated
from bot.settings import ROOT, load_settings


@pytest.fixture
def start(tmp_path, monkeypatch, capsys):
    """Run a command in this process; return its exit code and what it wrote to standard error."""

    def start(command="serve", **environment):
        for name, value in {**isolated(str(tmp_path)), **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["bot", command])
        with pytest.raises(SystemExit) as ended:
            main()
        out, said = capsys.readouterr()
        assert out == ""
        return ended.value.code, said

    load_settings.cache_clear()
    yield start
    load_settings.cache_clear()


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("setting", ["PORT", "ASSISTANT_URL", "ACTIONS_URL"])
def test_a_taken_port(start, taken, setting):
    value = str(taken) if setting == "PORT" else f"http://127.0.0.1:{taken}"
    assert start(**{setting: value}) == (
        78,
        f"Port {taken} on 127.0.0.1 is taken by another program; stop that program or set {setting} to another port.\n",
    )


def test_one_port_for_two(start):
    assert start(PORT="7001", ACTIONS_URL="http://127.0.0.1:7001") == (
        78,
        "PORT and ACTIONS_URL both name port 7001; set ACTIONS_URL to another port.\n",
    )


@pytest.mark.parametrize("url", ["127.0.0.1:5005", "https://127.0.0.1:5005", "http://127.0.0.1:70000", "http://a/b"])
def test_an_address_that_is_none(start, url):
    assert start(ASSISTANT_URL=url) == (
        78,
        f"ASSISTANT_URL is {url!r}; write it as http://HOST:PORT, say http://127.0.0.1:5005.\n",
    )


def test_an_address_of_another_machine(start):
    code, said = start(HOST="192.0.2.1")
    assert code == 78
    assert said.startswith("This machine cannot listen on 192.0.2.1, port ")
    assert said.endswith("; set HOST to an address that it has and this user may use.\n")


def test_a_data_folder_that_cannot_be_written(start, tmp_path):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "data"
    code, said = start(DATA_FOLDER=str(folder))
    assert code == 78
    assert said.startswith(f"The data folder {folder} cannot be written (Not a directory); ")
    assert said.endswith(" or set DATA_FOLDER to another folder.\n")


def test_the_whole_process_ends_with_the_sentence_and_the_code(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "bot", "serve"],
        cwd=ROOT,
        env={**os.environ, **isolated(str(tmp_path)), "LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert process.returncode == 78
    assert process.stdout == ""
    assert process.stderr.startswith("Wrong setting (environment or .env): LOG_LEVEL: ")
    assert process.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "gateway"])
def test_a_wrong_setting(start, command):
    code, said = start(command, PORT="http")
    assert code == 78
    assert said == "Wrong setting (environment or .env): PORT: value is not a valid integer.\n"


@pytest.mark.parametrize("command", ["gateway", "assistant", "actions"])
def test_a_process_by_itself_without_the_shared_secret(start, command):
    code, said = start(command)
    assert code == 78
    assert said.startswith("No shared secret: set ASSISTANT_SECRET, or start with 'python -m bot serve'")
    assert said.count("\n") == 1


def test_a_taken_port_of_a_process_by_itself_may_pass_and_so_ends_with_1(start, taken):
    code, said = start("assistant", ASSISTANT_URL=f"http://127.0.0.1:{taken}", ASSISTANT_SECRET="s")
    assert code == 1
    assert said.startswith(f"Port {taken} on 127.0.0.1 is taken by another program")
