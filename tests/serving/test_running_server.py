from __future__ import annotations

import sys

import pytest
import serving_fakes as fakes

from bot.serving.running import ServerNotReadyError, running_server

SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(os.environ["RATE_LIMIT"].encode())
print("pid", os.getpid(), flush=True)
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def program(code):
    return [sys.executable, "-S", "-c", code]


def test_the_block_gets_the_address_of_a_server_that_ends_with_it(tmp_path):
    import httpx

    code = f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n{SERVER}"
    with running_server({"RATE_LIMIT": "off"}, program=program(code)) as url:
        assert httpx.get(url, trust_env=False).text == "off"
        pid = int((tmp_path / "pid").read_text())
        assert fakes.is_alive(pid)
    assert not fakes.is_alive(pid)


def test_a_server_that_ends_early_is_reported_with_its_last_lines():
    with (
        pytest.raises(ServerNotReadyError, match=r"exit code 78 before it was ready:\nPORT is wrong\."),
        running_server(program=program("print('PORT is wrong.'); raise SystemExit(78)")),
    ):
        pass


def test_a_server_that_is_never_ready_is_reported_and_ended():
    with (
        pytest.raises(ServerNotReadyError, match=r"not ready within 0 s"),
        running_server(program=program("import time; time.sleep(60)"), ready_within=0.3),
    ):
        pass
