"""The browser of a dialog: from a pay link to the gateway's page, as a payer goes. No chat."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from conversations.words import words
from tests.support.bots import paying
from tests.support.dialogs.chats import in_any_language, readable

_CODE = tuple(f"{label}: " for label in in_any_language(words.CODE))


@dataclass(slots=True)
class Browser:
    """One window. `link` is the pay link opened last, `page` what the last page says."""

    http: httpx.AsyncClient
    link: str = ""
    page: str = ""
    _gateway: str = ""

    @property
    def at_gateway(self) -> bool:
        """Whether the gateway's page is open."""
        return bool(self._gateway)

    async def open(self, link: str, lines: Sequence[str]) -> None:
        """Open a pay link and continue, where the page offers it; `lines` are the chat's.

        The code on the page must be the one that the chat shows.
        """
        assert link, "no pay link is shown"
        page = await self.http.get(link)
        self.link, self.page, self._gateway = link, _text(page), ""
        if page.status_code != httpx.codes.OK or not paying.forms(page):
            return
        codes = [line.partition(": ")[2] for line in lines if line.startswith(_CODE)]
        assert codes, "the chat shows no code"
        assert codes[-1] in self.page, f"the page does not show the code {codes[-1]}"
        [form] = paying.forms(page)
        answer = await self.http.post(urljoin(link, form.action))
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        self._gateway = answer.headers["location"]
        self.page = _text(await self.http.get(self._gateway))

    async def pay(self, number: str, answer_3d_secure: str | None) -> None:
        """Pay by card; `approve` or `fail` answers the check that some cards ask for."""
        assert self._gateway, f"the pay page leads nowhere: {self.page}"
        page = await paying.pay_by_card(self.http, self._gateway, number)
        if answer_3d_secure:
            page = await paying.answer_3d_secure(
                self.http, self._gateway, approve=answer_3d_secure == "approve"
            )
        self.page = _text(page)

    async def transfer(self, *, bounces: bool) -> None:
        """Say that the bank transfer was sent."""
        assert self._gateway, f"the pay page leads nowhere: {self.page}"
        page = await paying.send_transfer(self.http, self._gateway, bounces=bounces)
        self.page = _text(page)


def _text(page: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(readable(html.unescape(re.sub(r"<[^>]+>", " ", page.text))))
