"""Views as Telegram's HTML and keyboards: escaped, well-formed, and within Telegram's limits."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import CopyTextButton, InlineKeyboardButton

from adapters.chat.telegram.render import Rendered, render
from conversations.protocol.ports import Button, Message
from conversations.protocol.views import ButtonStyle, Row, View

MAX_UNITS = 4096
PAY = Button("Pay $50.00", ButtonStyle.PRIMARY, url="http://localhost:8000/pay/t?a=1&b=2")
CANCEL = Button("Cancel", ButtonStyle.DANGER, token="k3.c", confirm="Sure?")

TEXT = st.text(max_size=30) | st.sampled_from(
    ["", " ", "<b>", "&amp;", "\ud800", "\x00\x1b", "😀" * 3000, "&<>\"'" * 900, "a\n\nb " * 700]
)
ROWS = st.builds(Row, TEXT, TEXT, st.booleans())
VIEWS = st.builds(
    View,
    TEXT,
    TEXT,
    st.lists(TEXT, max_size=4).map(tuple),
    st.lists(ROWS, max_size=9).map(tuple),
    st.just(()),
    TEXT,
)
BUTTONS = st.builds(Button, TEXT, st.sampled_from(ButtonStyle), st.text("aZ9-_.", min_size=1)) | (
    st.builds(
        Button, TEXT, st.sampled_from(ButtonStyle), st.none(), st.just("https://pay.example/x")
    )
)
LINES = st.lists(st.lists(BUTTONS, max_size=11).map(tuple), max_size=12).map(tuple)


class Reader(HTMLParser):
    """Reads Telegram's HTML strictly: known tags, not nested, each closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.open: str | None = None
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open is None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "i", "code"}
        assert not attrs
        assert self.open is None
        self.open = tag

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open
        self.open = None

    def handle_entityref(self, name: str) -> None:
        assert name in {"amp", "lt", "gt", "quot"}
        self.words += {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[name]

    def handle_charref(self, name: str) -> None:
        assert name == "x27"
        self.words += "'"

    def handle_data(self, data: str) -> None:
        assert "<" not in data
        assert "&" not in data
        self.words += data


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def keys(rendered: Rendered) -> list[tuple[InlineKeyboardButton, ...]]:
    return list(rendered.keyboard.inline_keyboard) if rendered.keyboard else []


def test_a_card() -> None:
    """Title, sentences, rows, buttons and hint stand where a person expects them."""
    view = View(
        title="⏳ Waiting for <Team A>",
        fallback="Waiting.",
        body=("Nothing is charged yet.", "Pay soon."),
        rows=(Row("Amount", "$50.00"), Row("Top-up", "TU-7K3M", code=True)),
        hint="Ends at 14:05 UTC.",
    )
    rendered = render(Message(view, ((PAY,), (CANCEL,))))
    assert rendered.text == (
        "<b>⏳ Waiting for &lt;Team A&gt;</b>\n\n"
        "Nothing is charged yet.\nPay soon.\n\n"
        "Amount: $50.00\nTop-up: <code>TU-7K3M</code>\n\n"
        "<i>Ends at 14:05 UTC.</i>"
    )
    assert keys(rendered) == [
        (InlineKeyboardButton("Pay $50.00", url=PAY.url),),
        (InlineKeyboardButton("Cancel", callback_data="k3.c"),),
    ]


def test_links_as_text() -> None:
    """Where Telegram refuses link buttons, the link is a line of text and the rest stays."""
    rendered = render(
        Message(View("Pay", "", hint="Soon."), ((PAY,), (CANCEL,))), link_buttons=False
    )
    assert rendered.text == (
        "<b>Pay</b>\n\nPay $50.00: http://localhost:8000/pay/t?a=1&amp;b=2\n\n<i>Soon.</i>"
    )
    assert [[button.text for button in line] for line in keys(rendered)] == [["Cancel"]]


def test_a_link_survives_a_long_card() -> None:
    """However much stands above it, the link is whole."""
    view = View("T" * 9000, "", ("&" * 9000,), (Row("R" * 9000, "V" * 9000),) * 9, hint="H" * 9000)
    text = render(Message(view, ((PAY,),)), link_buttons=False).text
    assert "Pay $50.00: http://localhost:8000/pay/t?a=1&amp;b=2\n" in text
    assert units(text) <= MAX_UNITS
    assert "…" in Reader(text).words


def test_no_buttons_no_keyboard() -> None:
    """An edit to a view without buttons takes the old ones away."""
    assert render(Message(View("Done", "Done."))).keyboard is None
    assert render(Message(View("Done", "Done."), ((PAY,),)), link_buttons=False).keyboard is None


def test_in_a_group_tokens_become_links() -> None:
    """A press there would show its answer to everybody: it leads to the private chat instead."""
    private_link = "https://t.me/topup_bot?start=p_"
    rendered = render(
        Message(View("Low", "Low."), ((PAY, CANCEL),)),
        link_buttons=False,
        private_link=private_link,
    )
    assert keys(rendered) == [(InlineKeyboardButton("Cancel", url=f"{private_link}k3.c"),)]


def test_ids_are_copied() -> None:
    """A button may carry an id for the clipboard, whole or not at all."""
    copy = Button("Copy top-up id", ButtonStyle.PLAIN, copy="TU-7K3M9Q2X")
    (line,) = keys(render(Message(View("T", "T"), ((copy,),))))
    assert line == (
        InlineKeyboardButton("Copy top-up id", copy_text=CopyTextButton(copy.copy or "")),
    )
    with pytest.raises(ValueError, match="256"):
        render(Message(View("T", "T"), ((Button("Copy", ButtonStyle.PLAIN, copy="x" * 257),),)))


@pytest.mark.parametrize("token", ["", None, "x" * 65, "é" * 33])
def test_a_token_must_fit(token: str | None) -> None:
    """A button that could not come back is a mistake of ours, said before Telegram does."""
    with pytest.raises(ValueError, match="64 bytes"):
        render(Message(View("T", "T"), ((Button("Go", ButtonStyle.PLAIN, token=token),),)))


def test_a_long_line_of_buttons_wraps() -> None:
    """Telegram shows eight in a line, and takes a hundred in all."""
    line = tuple(Button(f"Pick {n}", ButtonStyle.PLAIN, token=f"t{n}") for n in range(120))
    lines = keys(render(Message(View("T", "T"), (line,))))
    assert [len(line) for line in lines] == [8] * 12 + [4]


@given(view=VIEWS, lines=LINES, link_buttons=st.booleans())
def test_any_view_can_be_sent(
    view: View, lines: tuple[tuple[Button, ...], ...], link_buttons: bool
) -> None:
    """Whatever a view holds, the message is not empty, well-formed and within the limits."""
    rendered = render(Message(view, lines), link_buttons=link_buttons)
    assert rendered.text.strip()
    assert units(rendered.text) <= MAX_UNITS
    Reader(rendered.text)
    for line in keys(rendered):
        assert 1 <= len(line) <= 8
        assert all(1 <= len(button.text) <= 64 for button in line)


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=80))
def test_short_text_arrives_letter_by_letter(text: str) -> None:
    """Escaping changes nothing that a person reads."""
    written = render(Message(View("T", "T", (text,)))).text
    assert Reader(written).words == f"T\n\n{text}".rstrip()
