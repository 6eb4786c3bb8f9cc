"""Where the processes listen, and whether that is possible."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import AssistantError, ConfigurationError

if TYPE_CHECKING:
    from bot.settings import Settings


class PortTakenError(AssistantError):
    """Another program listens where this one should. The message names the port and the setting."""


@dataclass(frozen=True)
class Address:
    """A host and port to listen on, and the setting that says so."""

    setting: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """Where a program on this machine finds what listens here; an address for all interfaces becomes loopback."""
        host = self.host
        with contextlib.suppress(ValueError):
            ip = ipaddress.ip_address(host)
            if ip.is_unspecified:
                host = "127.0.0.1" if ip.version == 4 else "::1"  # noqa: PLR2004 - the version of the protocol
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def gateway_address(settings: Settings) -> Address:
    """Return where the gateway listens."""
    return Address("PORT", settings.host, settings.port)


def assistant_address(settings: Settings) -> Address:
    """Return where the assistant listens. Raises ConfigurationError if ASSISTANT_URL says no such thing."""
    return _of_url("ASSISTANT_URL", settings.assistant_url)


def actions_address(settings: Settings) -> Address:
    """Return where the action server listens. Raises ConfigurationError if ACTIONS_URL says no such thing."""
    return _of_url("ACTIONS_URL", settings.actions_url)


def bind(address: Address) -> socket.socket:
    """Return a socket bound to that one address, not listening yet.

    Raises PortTakenError if another program has it, ConfigurationError if this machine cannot have it.
    """
    family, place = _resolve(address)
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # As servers do: without it, a port is refused for a minute after its last connection was closed.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(place)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"Port {address.port} on {address.host} is taken by another program; stop that program or set "
                f"{address.setting} to another port."
            ) from error
        raise ConfigurationError(_impossible(address, error)) from error
    return bound


def check_free(addresses: list[Address]) -> None:
    """Raise ConfigurationError with one sentence if one of the addresses is taken, twice used or not to be had."""
    with contextlib.ExitStack() as held:
        seen: dict[int, Address] = {}
        for address in addresses:
            other = seen.setdefault(address.port, address)
            if other is not address:
                raise ConfigurationError(
                    f"{other.setting} and {address.setting} both name port {address.port}; "
                    f"set {address.setting} to another port."
                )
            try:
                held.enter_context(bind(address))
            except PortTakenError as error:
                raise ConfigurationError(str(error)) from error


def _of_url(setting: str, url: str) -> Address:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "http" or not parts.hostname or not port or parts.path.strip("/"):
        raise ConfigurationError(f"{setting} is {url!r}; write it as http://HOST:PORT, say http://127.0.0.1:5005.")
    return Address(setting, parts.hostname, port)


def _resolve(address: Address) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigurationError(_impossible(address, error)) from error
    family, _, _, _, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, (str(place[0]), int(place[1]))


def _impossible(address: Address, error: OSError) -> str:
    setting = "HOST" if address.setting == "PORT" and error.errno != errno.EACCES else address.setting
    return (
        f"This machine cannot listen on {address.host}, port {address.port} ({error.strerror}); "
        f"set {setting} to an address that it has and this user may use."
    )
