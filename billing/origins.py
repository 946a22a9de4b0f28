"""Where an address leads, so that a page off the allow list is refused."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Browsers drop tabs and newlines and read a backslash as a slash; we would read another host.
_NEVER_IN_AN_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")


def origin_of(address: str) -> str:
    """Scheme, host and port as browsers compare them: `https://pay.example`, `http://[::1]:8080`.

    Raises ValueError for anything but a plain http or https address: no user, no odd characters.
    """
    if not address.isascii() or _NEVER_IN_AN_ADDRESS.search(address):
        raise ValueError("the address holds characters that no address has")
    parts = urlsplit(address)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address is not a plain http or https one")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if parts.port in (None, _DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def leads_to(address: str, hosts: frozenset[str]) -> bool:
    """Whether a browser that opens the address ends up at one of these origins."""
    try:
        return origin_of(address) in hosts
    except ValueError:
        return False
