"""The served description of the API, tried out by schemathesis: no input makes an error of ours."""

from __future__ import annotations

import pytest
import schemathesis
from gateway.visitor import client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture
def described(gateway):
    schema = schemathesis.openapi.from_url(f"{gateway.url}/openapi.json")
    return schema.exclude(path_regex="/events$")  # it goes on for ever, and has tests of its own


api = schemathesis.pytest.from_fixture("described")


@api.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_input_makes_an_error_of_ours(case, gateway, assistant):
    visitor = gateway.new_visitor()
    if "conversation_id" in (case.path_parameters or {}):
        case.path_parameters["conversation_id"] = visitor.id
    if "message_id" in (case.path_parameters or {}):
        case.path_parameters["message_id"] = visitor.started["messages"][0]["id"]
    case.call_and_validate(headers={"Authorization": f"Bearer {visitor.token}"}, checks=CHECKS)
