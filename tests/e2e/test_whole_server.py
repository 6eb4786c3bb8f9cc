"""All three processes, started as a user starts them, asked over the chat API."""

import signal
import time
import uuid

import httpx
import psutil
import pytest
import yaml

from bot.knowledge.catalogue import load_catalogue, same_words
from bot.safety.replies import safety_texts
from bot.serving.running import running_server
from bot.settings import ROOT

pytestmark = pytest.mark.alone

RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]
PHONE = "312-555-0100"


@pytest.fixture(scope="module")
def server():
    with running_server({"RATE_LIMIT": "off", "CLINIC_PHONE": PHONE}) as url:
        yield url


@pytest.fixture
def say(server):
    with httpx.Client(base_url=server, timeout=60, trust_env=False) as client:
        opened = client.post("/api/conversations").json()
        path = f"/api/conversations/{opened['conversation_id']}"
        client.headers["Authorization"] = f"Bearer {opened['token']}"

        def send(text):
            body = {"text": text, "client_message_id": str(uuid.uuid4())}
            response = client.post(f"{path}/messages", json=body)
            assert response.status_code == 200, response.text
            return response.json()["messages"]

        send.client, send.path = client, path
        yield send


def test_an_answer_comes_with_its_topic_and_the_passages_behind_it(say):
    (reply,) = say("How long does the relief from radiofrequency ablation last?")
    assert (reply["kind"], reply["topic"]) == ("answer", "rfa_duration")
    assert reply["text"].startswith(RESPONSES["utter_faq/rfa_duration"][1]["text"])
    assert [source["passage"] for source in reply["sources"]] == ["rfa.2"]
    assert same_words(reply["sources"][0]["quote"]) in same_words(load_catalogue().source)


@pytest.mark.parametrize(
    ("text", "kind", "topic"),
    [
        ("What are the side effects of gabapentin?", "refusal", "not_in_source"),
        ("How many gabapentin should I take a day?", "refusal", "personal_advice"),
        ("Who won the football game last night?", "refusal", "out_of_scope"),
        ("Hello there", "smalltalk", "smalltalk"),
        ("I want to schedule a consultation", "booking", "book_consultation"),
        ("I need to cancel my appointment on Tuesday", "booking", "manage_booking"),
        ("Let me talk to a real person", "handoff", "talk_to_human"),
    ],
)
def test_each_kind_of_message_gets_its_kind_of_reply(say, text, kind, topic):
    (reply,) = say(text)
    assert (reply["kind"], reply["topic"], reply["sources"]) == (kind, topic, [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I can't feel when I wipe and since this morning I have lost control of my bladder", "emergency"),
        ("I want to end my life", "crisis"),
    ],
)
def test_a_red_flag_gets_the_approved_texts_and_stays_until_the_visitor_ends_it(say, text, kind):
    alarm, question = say(text)
    assert alarm["text"].startswith(safety_texts()[kind].text)
    assert question["text"] == safety_texts()[f"ask_{kind}"].text
    (still,) = say("How long does the relief from radiofrequency ablation last?")
    assert (still["kind"], still["topic"]) == (kind, kind)
    (ended,) = say(question["buttons"][-1]["value"])
    assert ended["kind"] == "smalltalk"
    (answer,) = say("How long does the relief from radiofrequency ablation last?")
    assert answer["topic"] == "rfa_duration"


def test_a_refusal_says_what_is_covered_and_offers_more(say):
    (reply,) = say("What are the side effects of gabapentin?")
    assert "I can tell you what our page says about gabapentin." in reply["text"]
    assert [button["topic"] for button in reply["buttons"]] == ["med_neuropathic", "book_consultation", "talk_to_human"]
    (answer,) = say(reply["buttons"][0]["value"])
    assert (answer["kind"], answer["topic"]) == ("answer", "med_neuropathic")


def test_yes_takes_up_the_consultation_that_was_offered(say):
    say("What are the side effects of gabapentin?")
    (reply,) = say("yes please")
    assert (reply["kind"], reply["topic"], reply["asks"]) == ("booking", "book_consultation", "name")


@pytest.mark.parametrize("typed", ["/faq{}", "/restart", "/session_start", "  /book_consultation", "//greet"])
def test_typed_text_never_acts_as_a_command(say, typed):
    say("What are the side effects of gabapentin?")
    (reply,) = say(typed)
    history = say.client.get(f"{say.path}/messages").json()["messages"]
    assert history[-2]["text"] == typed
    assert reply["kind"] != "booking" or "book" in typed
    (reply,) = say("yes please")  # the conversation was not reset by the command, nor taken over
    assert reply["kind"] in {"booking", "clarify"}


def test_two_conversations_know_nothing_of_each_other(server, say):
    say("What are the side effects of gabapentin?")
    with httpx.Client(base_url=server, timeout=60, trust_env=False) as other:
        opened = other.post("/api/conversations").json()
        other.headers["Authorization"] = f"Bearer {opened['token']}"
        assert other.get(f"{say.path}/messages").status_code == 404
        body = {"text": "yes please", "client_message_id": "1"}
        replies = other.post(f"/api/conversations/{opened['conversation_id']}/messages", json=body).json()["messages"]
        assert replies[0]["kind"] == "clarify"  # nothing was offered in this conversation


def rasa_processes(server):
    port = int(server.rsplit(":", 1)[1])
    gateways = [p.pid for p in psutil.net_connections() if p.laddr and p.laddr.port == port and p.status == "LISTEN"]
    supervisor = psutil.Process(gateways[0]).parent()
    return [child for child in supervisor.children() if "assistant" in child.cmdline()]


def test_the_assistant_answers_nobody_without_the_secret(server):
    (assistant,) = rasa_processes(server)
    (address,) = {c.laddr for c in assistant.connections() if c.status == "LISTEN"}
    assert address.ip == "127.0.0.1"
    base = f"http://{address.ip}:{address.port}"
    body = {"conversation_id": "x", "message_id": "1", "text": "hi", "channel": "web"}
    for path in ("/", "/webhooks/gateway/health", "/webhooks/rest/webhook", "/model", "/status"):
        assert httpx.get(base + path, trust_env=False).status_code == 404
    assert httpx.post(f"{base}/webhooks/gateway/messages", json=body, trust_env=False).status_code == 404


def test_an_assistant_that_dies_comes_back_and_answers_what_waited(server, say):
    say("hello")
    (assistant,) = rasa_processes(server)
    assistant.send_signal(signal.SIGKILL)
    assistant.wait(10)
    (reply,) = say("How long does the relief from radiofrequency ablation last?")
    assert reply["kind"] == "fallback"
    assert "I have your message" in reply["text"]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        history = say.client.get(f"{say.path}/messages", params={"after": reply["seq"]}).json()["messages"]
        if history:
            assert history[0]["topic"] == "rfa_duration"
            return
        time.sleep(0.5)
    pytest.fail("the message was never answered")
