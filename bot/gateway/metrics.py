"""Figures for Prometheus. No label holds a conversation, an address or a text."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

REQUESTS: Final = Counter("gateway_requests_total", "HTTP requests", ["method", "route", "status"])
REQUEST_SECONDS: Final = Histogram("gateway_request_seconds", "Time of HTTP requests", ["route"])
TURNS: Final = Counter("gateway_turns_total", "Visitors' messages answered, by kind of the first reply", ["kind"])
TURN_SECONDS: Final = Histogram("gateway_turn_seconds", "Time from asking the assistant to the stored reply")
PENDING: Final = Gauge("gateway_pending_conversations", "Conversations in which a message waits for its answer")
