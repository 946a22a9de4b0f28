"""Pays on a hosted page as a browser without JavaScript would: by the forms it finds there."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import cast
from urllib.parse import urljoin

import httpx

from adapters.gateways.sandbox.server.app import SandboxApp
from bot.wiring.app import App

PAID = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 0002"
INSUFFICIENT_FUNDS = "4000 0000 0000 9995"
ASKS_3D_SECURE = "4000 0025 0000 3155"
ALWAYS_ASKS_3D_SECURE = "4000 0027 6000 3184"
CALLBACK_LOST = "4000 0000 0400 0404"


@dataclass
class Form:
    """A form: where it leads, the names of its fields, and its buttons' (name, value)."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", "")))
        elif tag == "input":
            self.found[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "button" and self.found:
            self.found[-1].buttons.append((given.get("name", ""), given.get("value", "")))


def forms(page: httpx.Response) -> list[Form]:
    """The forms on a page, top to bottom."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


def sandbox_of(app: App) -> SandboxApp | None:
    """The sandbox's own server, where the bot has that gateway."""
    opened = app.open_gateways.get("sandbox")
    return cast(SandboxApp, opened.server) if opened else None


async def pay_by_card(client: httpx.AsyncClient, url: str, number: str) -> httpx.Response:
    """Type a card number into the checkout at `url`; the page that comes of it."""
    page = await client.get(url)
    form = next(each for each in forms(page) if "number" in each.fields)
    return await _send(client, page, form, {"number": number, "expiry": "12/49", "cvc": "123"})


async def pick_card(client: httpx.AsyncClient, url: str, number: str) -> httpx.Response:
    """Click the test card's button on the checkout at `url`."""
    return await _press(client, url, ("number", number.replace(" ", "")))


async def answer_3d_secure(
    client: httpx.AsyncClient, url: str, *, approve: bool
) -> httpx.Response:
    """Approve or fail the check that a 3-D Secure card asks for."""
    return await _press(client, url, ("answer", "approve" if approve else "fail"))


async def send_transfer(
    client: httpx.AsyncClient, url: str, *, bounces: bool = False
) -> httpx.Response:
    """Click “I have sent the transfer”, or the button beside it."""
    return await _press(client, url, ("transfer", "bounces" if bounces else "arrives"))


async def _press(client: httpx.AsyncClient, url: str, button: tuple[str, str]) -> httpx.Response:
    page = await client.get(url)
    form = next(each for each in forms(page) if button in each.buttons)
    return await _send(client, page, form, dict([button]))


async def _send(
    client: httpx.AsyncClient, page: httpx.Response, form: Form, given: dict[str, str]
) -> httpx.Response:
    address = urljoin(str(page.url), form.action)
    return await client.post(address, data=form.fields | given, follow_redirects=True)
