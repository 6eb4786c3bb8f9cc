"""The simulated Twilio: a telephone in the terminal, scripts, and what Twilio does on a bad day."""

import http.server
import threading
from urllib.parse import parse_qsl

import httpx
import pytest
from click.testing import CliRunner

from bot.cli import commands
from bot.errors import ConfigurationError
from bot.settings import Settings, load_settings
from bot.sms.carrier import Carrier, NotSent
from bot.sms.outbox import TextOut
from bot.sms.signatures import Signatures, text_of
from bot.sms.simulated_phone import HELP, SimulatedPhone
from bot.sms.simulator import Account, Simulator

SID, TOKEN, NUMBER, PUBLIC = "AC" + "0" * 32, "token", "+15555550100", "https://chat.clinic.example"
PHONE = "+15555550142"


class Echo(http.server.BaseHTTPRequestHandler):
    """A gateway that answers with the words that it got, and "late" by no webhook at all."""

    asked: list

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        signed = Signatures(SID, TOKEN, PUBLIC).fields_of(
            self.path, self.headers["Content-Type"], raw, [self.headers["X-Twilio-Signature"]]
        )
        self.asked.append((self.path, dict(parse_qsl(raw.decode(), keep_blank_values=True)), signed is not None))
        text = text_of(signed) if signed else None
        message = f"<Message>{text.words}</Message>" if text and text.words != "late" else ""
        body = f"<Response>{message}</Response>".encode()
        self.send_response(200 if signed else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def gateway():
    Echo.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def twilio(gateway):
    with Simulator(Account(SID, TOKEN, NUMBER, PUBLIC, gateway)) as running:
        yield running


@pytest.fixture
def carrier(twilio):
    opened = Carrier(settings(twilio.url))
    yield opened
    opened.close()


def settings(api_url, **more):
    given = {"twilio_account_sid": SID, "twilio_auth_token": TOKEN, "sms_number": NUMBER, "public_url": PUBLIC}
    return Settings(_env_file=None, **{**given, "twilio_api_url": api_url, **more})


def out(text="hello"):
    return TextOut("01TEXT", PHONE, text, 1)


def test_what_it_sends_is_signed_as_twilio_signs(twilio):
    assert twilio.text(PHONE, "¿qué? 👍").texts == ("¿qué? 👍",)
    assert [signed for _, _, signed in Echo.asked] == [True]


def test_a_text_by_the_rest_api_arrives_and_its_progress_is_told(twilio, carrier):
    sid = carrier.send(out())
    (arrived,) = twilio.until_arrived(PHONE, 1)
    assert (arrived.text, arrived.sid, arrived.by_webhook, arrived.size.encoding) == ("hello", sid, False, "GSM-7")
    twilio._background.shutdown()
    told = [(path, fields["MessageStatus"]) for path, fields, signed in Echo.asked if signed]
    assert told == [("/webhooks/sms/status?text=01TEXT", each) for each in ("queued", "sending", "sent", "delivered")]


@pytest.mark.parametrize(
    ("code", "for_good"), [(20429, False), (20503, False), (21610, True), (21211, True), (21606, False), (20003, False)]
)
def test_errors_that_pass_are_told_from_those_that_stay(twilio, carrier, code, for_good):
    twilio.failures.append(code)
    with pytest.raises(NotSent) as caught:
        carrier.send(out())
    assert (caught.value.error, caught.value.for_good) == (code, for_good)
    assert PHONE not in str(caught.value)


def test_a_wrong_token_is_the_operators_to_mend(twilio):
    wrong = Carrier(settings(twilio.url, twilio_auth_token="another"))
    with pytest.raises(NotSent, match="TWILIO_AUTH_TOKEN") as caught:
        wrong.send(out())
    assert not caught.value.for_good
    wrong.close()


def test_twilio_that_cannot_be_reached_is_tried_again():
    away = Carrier(settings("http://127.0.0.1:9"))
    with pytest.raises(NotSent, match="TWILIO_API_URL") as caught:
        away.send(out())
    assert (caught.value.error, caught.value.for_good) == (None, False)
    away.close()


def test_an_answer_that_is_no_json_is_tried_again(gateway):
    odd = Carrier(settings(gateway))
    with pytest.raises(NotSent) as caught:
        odd.send(out())
    assert not caught.value.for_good
    odd.close()


def test_a_messaging_service_sends_in_the_numbers_place(twilio):
    service = Carrier(settings(twilio.url, sms_messaging_service="MG" + "0" * 32))
    service.send(out())
    assert len(twilio.arrived) == 1
    service.close()


def test_with_its_opt_out_it_blocks_texts_and_says_so(gateway):
    with Simulator(Account(SID, TOKEN, NUMBER, PUBLIC, gateway), opt_out_handled=True) as twilio:
        twilio.text(PHONE, "Stop")
        assert Echo.asked[-1][1]["OptOutType"] == "STOP"
        carrier = Carrier(settings(twilio.url))
        with pytest.raises(NotSent) as caught:
            carrier.send(out())
        assert (caught.value.error, caught.value.for_good) == (21610, True)
        twilio.text(PHONE, "Start")
        carrier.send(out())
        carrier.close()


def test_a_script_says_what_was_not_as_expected(twilio):
    shown = []
    phone = SimulatedPhone(twilio, PHONE, shown.append, wait=0.5)
    lines = [
        "# a comment",
        "Hello there",
        "< hello",
        "<",
        "How long?",
        "< something else",
        "late",
        "< a reply",
        "/again 3",
        "/from +15555550199",
        "from another phone",
        "< another",
    ]
    assert phone.run(lines, is_script=True) == 2
    assert [line for line in shown if line.startswith("line")] == [
        "line 6: 'something else' is not in 'How long?'",
        "line 8: no text came, but 'a reply' was expected",
    ]
    assert sum(fields["Body"] == "late" for _, fields, _ in Echo.asked) == 4


def test_the_terminal_shows_how_a_text_is_sent_and_what_it_costs(twilio):
    shown = []
    phone = SimulatedPhone(twilio, PHONE, shown.append)
    phone.run(
        ["x" * 200, "/delay 0", "/reorder on", "/fail 20429", "/picture", "/nonsense", "/delay x", "/quit", "no more"]
    )
    assert phone.shown(twilio.arrived[0]).endswith("[GSM-7, 200 units, 2 parts, in the webhook's answer]")
    assert shown.count(HELP) == 2
    assert twilio.reorder
    assert list(twilio.failures) == [20429]
    assert Echo.asked[-1][1]["NumMedia"] == "1"


def test_the_command_plays_a_script_against_a_running_gateway(gateway, tmp_path, monkeypatch):
    script = tmp_path / "script.txt"
    script.write_text("Hello\n< hello\n")
    given = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "SMS_NUMBER": NUMBER, "PUBLIC_URL": PUBLIC}
    for name, value in {**given, "TWILIO_API_URL": f"http://127.0.0.1:{free_port()}"}.items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    try:
        done = CliRunner().invoke(commands, ["sms-simulator", "--gateway", gateway, "--script", str(script)])
        assert (done.exit_code, "<- Hello" in done.output) == (0, True), done.output
        script.write_text("Hello\n< goodbye\n")
        done = CliRunner().invoke(commands, ["sms-simulator", "--gateway", gateway, "--script", str(script)])
        assert done.exit_code == 1
    finally:
        load_settings.cache_clear()


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_without_settings_the_command_says_which_lines_are_needed(monkeypatch):
    monkeypatch.setattr("bot.sms_cli._settings", lambda: Settings(_env_file=None))
    with pytest.raises(ConfigurationError, match="TWILIO_ACCOUNT_SID=") as caught:
        commands.main(["sms-simulator"], standalone_mode=False)
    assert "PUBLIC_URL=http" in str(caught.value)


def test_the_real_twilio_is_never_played(monkeypatch):
    monkeypatch.setattr("bot.sms_cli._settings", lambda: settings("https://api.twilio.com"))
    with pytest.raises(ConfigurationError, match="TWILIO_API_URL"):
        commands.main(["sms-simulator"], standalone_mode=False)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"twilio_account_sid": SID}, "TWILIO_AUTH_TOKEN"),
        ({"sms_number": NUMBER}, "TWILIO_ACCOUNT_SID"),
        ({"twilio_account_sid": SID, "twilio_auth_token": TOKEN, "sms_number": NUMBER}, "PUBLIC_URL"),
        ({"sms_number": "555-0100"}, "country"),
        ({"public_url": "chat.clinic.example"}, "web address"),
    ],
)
def test_half_of_the_settings_or_wrong_ones_are_refused(given, named):
    with pytest.raises(ValueError, match=named):
        Settings(_env_file=None, **given)


def test_the_rest_api_refuses_other_paths(twilio):
    answer = httpx.post(f"{twilio.url}/2010-04-01/Accounts/other/Messages.json", auth=(SID, TOKEN), trust_env=False)
    assert answer.status_code == 404
