"""Figures for Prometheus. No label holds a conversation, an address or a text."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

REQUESTS: Final = Counter("gateway_requests_total", "HTTP requests", ["method", "route", "status"])
REQUEST_SECONDS: Final = Histogram("gateway_request_seconds", "Time of HTTP requests", ["route"])
TURNS: Final = Counter("gateway_turns_total", "Visitors' messages answered, by kind of the first reply", ["kind"])
TURN_SECONDS: Final = Histogram("gateway_turn_seconds", "Time from asking the assistant to the stored reply")
PENDING: Final = Gauge("gateway_pending_conversations", "Conversations in which a message waits for its answer")
TRIAGE_SECONDS: Final = Histogram(
    "gateway_triage_seconds",
    "Time that triage takes for a message",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 1),
)
ALARMS: Final = Counter("gateway_alarms_total", "Messages in which triage found something", ["level", "family"])
SPOOLED: Final = Counter("gateway_spooled_messages_total", "Messages kept in the spool, for want of the database")
TEXTS_IN: Final = Counter("gateway_texts_in_total", "Text messages that came in", ["outcome"])
TEXTS_OUT: Final = Counter("gateway_texts_out_total", "Tries to hand a text message to Twilio", ["way", "outcome"])
NOTICES: Final = Counter("gateway_notices_total", "Tries to tell staff of something", ["way", "outcome"])
