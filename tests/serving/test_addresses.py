from __future__ import annotations

import pytest

from bot.serving.addresses import Address, bind


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - what is tried
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_the_address_to_open_is_one_that_a_browser_can_reach(host, url):
    assert Address("PORT", host, 80).url == url


def test_a_socket_is_bound_to_one_interface_alone():
    with bind(Address("PORT", "127.0.0.1", 0)) as bound:
        assert bound.getsockname()[0] == "127.0.0.1"
