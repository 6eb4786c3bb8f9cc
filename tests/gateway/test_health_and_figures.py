"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import pytest
from gateway.visitor import client
from prometheus_client.parser import text_string_to_metric_families


def get(gateway, path):
    with client(gateway.url) as http:
        return http.get(path)


def readiness(gateway):
    answer = get(gateway, "/readyz")
    return answer.status_code, answer.json()


ALL_WELL = {"database": "ok", "assistant": "ok", "actions": "ok"}


def test_the_process_is_alive(gateway):
    answer = get(gateway, "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_process_is_alive_though_nothing_else_is(absent_assistant, serve, tmp_path):
    with serve(absent_assistant, database_url=f"sqlite:///{tmp_path}/nowhere/log.sqlite3") as gateway:
        assert get(gateway, "/healthz").status_code == 200


def test_all_is_ready(gateway):
    assert readiness(gateway) == (200, {"ready": True, "checks": ALL_WELL})


def test_a_missing_assistant_is_named(gateway, assistant):
    assistant.well = False
    assert readiness(gateway) == (503, {"ready": False, "checks": {**ALL_WELL, "assistant": "not ready"}})


def test_a_missing_action_server_is_named(gateway, assistant):
    assistant.actions_well = False
    assert readiness(gateway) == (503, {"ready": False, "checks": {**ALL_WELL, "actions": "not ready"}})


@pytest.mark.parametrize("file", ["nowhere/log.sqlite3", "without-tables.sqlite3"])
def test_a_missing_database_is_named(assistant, serve, tmp_path, file):
    with serve(assistant, database_url=f"sqlite:///{tmp_path}/{file}") as gateway:
        assert readiness(gateway) == (503, {"ready": False, "checks": {**ALL_WELL, "database": "not ready"}})


def test_a_database_server_that_is_away_is_named(assistant, serve):
    with serve(assistant, database_url="postgresql://nobody@127.0.0.1:1/nothing") as gateway:
        assert readiness(gateway) == (503, {"ready": False, "checks": {**ALL_WELL, "database": "not ready"}})


def test_servers_that_are_not_there_are_named(absent_assistant, serve):
    with serve(absent_assistant) as gateway:
        checks = {"database": "ok", "assistant": "not ready", "actions": "not ready"}
        assert readiness(gateway) == (503, {"ready": False, "checks": checks})


def samples(gateway):
    """What Prometheus reads: each sample by its name and labels."""
    answer = get(gateway, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value for family in families for sample in family.samples
    }


def test_the_figures_count_requests_and_turns(gateway, visitor):
    turns = ("gateway_turns_total", ("kind", "answer"))
    route = "/api/conversations/{conversation_id}/messages"
    requests = ("gateway_requests_total", ("method", "POST"), ("route", route), ("status", "200"))
    before = samples(gateway)
    visitor.say("How long does RFA last?")
    after = samples(gateway)
    assert after[turns] - before.get(turns, 0) == 1
    assert after[requests] - before.get(requests, 0) == 1


def test_the_figures_name_no_conversation_no_message_and_no_token(gateway, visitor):
    (reply,) = visitor.say("How long does RFA last?")
    visitor.history()
    visitor.rate(reply["id"], helpful=True)
    visitor.http.get(f"/api/conversations/{visitor.id}/nowhere")
    visitor.http.get(f"/{visitor.id}")
    figures = get(gateway, "/metrics").text
    assert "/api/conversations/{conversation_id}/messages" in figures
    assert not any(secret in figures for secret in (visitor.id, visitor.token, reply["id"], "RFA last"))


def test_whoever_invents_methods_makes_no_new_figures(gateway, visitor):
    visitor.http.request(visitor.id.upper(), "/healthz")
    assert visitor.id.upper() not in get(gateway, "/metrics").text
