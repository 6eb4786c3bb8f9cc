"""The served description of the API, tried out by schemathesis: it is right, and no input makes an error of ours."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
TRIED = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture
def described(gateway):
    return schemathesis.openapi.from_url(f"{gateway.url}/openapi.json")


api = schemathesis.pytest.from_fixture("described")


@api.exclude(path_regex="/events$").parametrize()  # a stream goes on for ever; it has tests of its own
@TRIED
def test_no_input_of_a_visitor_makes_an_error_of_ours(case, gateway):
    visitor = gateway.new_visitor()
    reached = {"conversation_id": visitor.id, "message_id": visitor.started["messages"][0]["id"]}
    reached["reference"] = "ABCD-2345"  # of no appointment
    case.path_parameters = {name: reached[name] for name in case.path_parameters or {}}
    case.call_and_validate(headers={"Authorization": f"Bearer {visitor.token}"}, checks=CHECKS)


@api.include(path_regex="conversation_id").parametrize()
@TRIED
def test_no_input_of_a_stranger_makes_an_error_of_ours(case):
    case.call_and_validate(checks=CHECKS)
