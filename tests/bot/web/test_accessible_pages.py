"""Web pages that everybody can use: language, title, headings, labels, and contrast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.web.app import page_html
from conversations.messages.pages import (
    UnpayableReason,
    WebPage,
    message_page,
    pay_page,
    returned_page,
    unpayable_page,
)
from tests.support.bots.paying import ASKS_3D_SECURE, answer_3d_secure, pay_by_card, send_transfer
from tests.support.bots.sandbox_place import PUBLIC_URL, SandboxPlace
from tests.support.dialogs.terms import facts
from tests.support.dialogs.walks import every_known
from tests.support.house.languages import EVERY, PSEUDO, localizer
from tests.support.house.source import ROOT

CONTRAST_MIN = 4.5
STYLES = ("bot/web/pages/pages.css", "adapters/gateways/sandbox/server/pages/sandbox.css")
VOID = frozenset({"br", "input", "link", "meta"})
HEADING = re.compile(r"h[1-6]")
# What a machine without fonts for emoji shows as a box.
SIGN = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u21a9\u2139\U0001f000-\U0001faff]")
PLAYED = ROOT / "playground" / "static"


@dataclass
class Outline(HTMLParser):
    """What somebody who listens to a page gets of it."""

    language: str = ""
    direction: str = ""
    title: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    inputs: list[dict[str, str]] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    open: list[tuple[str, dict[str, str], list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language, self.direction = given.get("lang", ""), given.get("dir", "ltr")
        if tag == "input" and given.get("type") != "hidden":
            self.inputs.append(given)
        assert tag != "img" or given.get("alt")
        if tag not in VOID:
            self.open.append((tag, given, []))

    def handle_data(self, data: str) -> None:
        for _, _, said in self.open:
            said.append(data)

    def handle_endtag(self, tag: str) -> None:
        name, given, said = self.open.pop()
        assert name == tag, f"<{name}> ended by </{tag}>"
        text = " ".join("".join(said).split())
        if tag == "title":
            self.title = text
        elif HEADING.fullmatch(tag):
            self.headings.append((tag, text))
        elif tag == "label":
            self.labels[given["for"]] = text
        elif tag in ("button", "a"):
            self.pressed.append(given.get("aria-label") or text)


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    assert not found.open
    return found


def check_page(html: str, language: str, direction: str) -> None:
    """Language and direction, one first heading, a name for whatever can be used."""
    page = outline(html)
    assert (page.language, page.direction) == (language, direction)
    assert re.search(r"[^\W\d_]{2}", page.title)
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert all(text for _, text in page.headings)
    for each in page.inputs:
        assert page.labels.get(each.get("id", "")) or each.get("aria-label"), each
    assert all(re.search(r"\w{2}", text) for text in page.pressed)
    assert len(page.pressed) == len(set(page.pressed))


def pages_in(language: str) -> Iterator[WebPage]:
    somebody = localizer(language)
    yield pay_page(facts(), somebody, "pay.example.com")
    yield message_page("Thank you", "Your chat shows how the payment stands.", somebody)
    for each in every_known():
        yield returned_page(replace(facts(), known=each), somebody, "https://t.me/topup_bot")
    for known in (None, *every_known()):
        yield from (unpayable_page(why, known, somebody) for why in UnpayableReason)


@pytest.mark.parametrize("language", EVERY)
def test_our_pages_can_be_read_and_heard(language: str) -> None:
    """Each of the bot's own pages names its language, what it is, and what can be pressed."""
    made_up = language == PSEUDO
    for page in pages_in(language):
        for sandbox in (True, False):
            check_page(
                page_html(page, sandbox=sandbox),
                "he" if made_up else language,
                "rtl" if made_up else "ltr",
            )


async def test_the_sandbox_s_pages_can_be_read_and_heard() -> None:
    """The pages of the shipped gateway too: each field of its card form has a label."""
    place = SandboxPlace()
    card, transfer = await place.open(), await place.open("bank_transfer", attempt="attempt-2")
    shown = [
        await place.client.get(card.url),
        await pay_by_card(place.client, card.url, "4111 1111 1111 1111"),
        await pay_by_card(place.client, card.url, ASKS_3D_SECURE),
        await answer_3d_secure(place.client, card.url, approve=True),
        await place.client.get(transfer.url),
        await send_transfer(place.client, transfer.url),
        await place.client.get(f"{PUBLIC_URL}/checkout/cs_unknown0000"),
    ]

    assert outline(shown[0].text).inputs
    for page in shown:
        check_page(page.text, "en", "ltr")


# --- contrast ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", STYLES)
def test_text_stands_out_from_its_ground(path: str, dark: bool) -> None:
    """4.5 to 1 (WCAG AA) for each colour of text on whatever it may stand on, light and dark."""
    css = re.sub(r"/\*.*?\*/", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL)
    light_part, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    dark_part, _, rules = rest.partition("}\n}")
    colours = variables(light_part) | (variables(dark_part) if dark else {})
    pairs = list(text_and_ground(light_part + rules))

    assert len(pairs) >= 5
    for rule, text, ground in pairs:
        found = contrast(resolved(text, colours), resolved(ground, colours))
        assert found >= CONTRAST_MIN, f"{rule}: {text} on {ground} is {found:.2f} to 1"


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", css))


def text_and_ground(css: str) -> Iterator[tuple[str, str, str]]:
    """Each rule's colour with its own ground, or else with the page's and the card's."""
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        given = dict(re.findall(r"(?<![\w-])(color|background|opacity):\s*([^;]+);", body))
        if given.get("color", "inherit") == "inherit":
            continue
        assert given.get("opacity", "1") == "1", f"{selector.strip()}: opacity takes contrast"
        own = given.get("background")
        for ground in (own,) if own else ("var(--paper)", "var(--ground)"):
            yield selector.strip(), given["color"], ground


def resolved(value: str, colours: dict[str, str]) -> str:
    name = re.fullmatch(r"var\((--[\w-]+)\)", value.strip())
    return colours[name[1]] if name else value.strip()


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    whole = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = (int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_156_every_sign_of_the_words_is_drawn() -> None:
    """The playground draws each sign of the bot's words, in every language, and of its own."""
    drawn = set(re.findall(r'(?:^  |, )"(.)": \[', text_of(PLAYED / "emoji.js"), re.M))
    sources = [
        *(ROOT / "conversations" / "words").glob("*words*.py"),
        *(ROOT / "conversations").glob("**/*.po"),
        *(path for path in PLAYED.rglob("*.js") if path.name != "emoji.js"),
    ]
    wanted = {sign for path in sources for sign in SIGN.findall(text_of(path))}
    assert len(wanted) > 20
    assert wanted <= drawn


def test_156_pages_that_draw_nothing_use_no_sign() -> None:
    """What comes as text alone says it in words."""
    pages = [
        *(ROOT / "bot" / "web" / "pages").iterdir(),
        *(ROOT / "adapters" / "gateways" / "sandbox" / "server" / "pages").iterdir(),
        *(path for path in PLAYED.rglob("*.*") if path.suffix != ".js"),
        ROOT / "playground" / "stripe" / "page.py",
    ]
    assert {path.name: found for path in pages if (found := SIGN.findall(text_of(path)))} == {}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
