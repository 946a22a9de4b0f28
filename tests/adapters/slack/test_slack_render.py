"""Views and forms as Block Kit: within every limit, and nothing typed becomes markup."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import ConfirmObject
from slack_sdk.models.views import View as Modal

from adapters.chat.slack import render
from conversations.protocol.actions import Slot
from conversations.protocol.ports import Button, Message
from conversations.protocol.views import ButtonStyle, Field, Form, Row, View
from conversations.protocol.views import Option as Choice

_TEXT = st.text(max_size=40) | st.text(st.sampled_from("<>&*_~`é\n"), max_size=4000)
_ROWS = st.builds(Row, label=_TEXT, value=_TEXT, code=st.booleans())
_BUTTONS = st.builds(
    Button,
    label=_TEXT,
    style=st.sampled_from(ButtonStyle),
    token=st.just("k3.token"),
    confirm=st.none() | _TEXT,
) | st.builds(
    Button, label=_TEXT, style=st.sampled_from(ButtonStyle), url=st.just("https://pay.test/p")
)
_VIEWS = st.builds(
    View,
    title=_TEXT,
    fallback=_TEXT,
    body=st.lists(_TEXT, max_size=3).map(tuple),
    rows=st.lists(_ROWS, max_size=14).map(tuple),
    hint=_TEXT,
)
_LINES = st.lists(st.lists(_BUTTONS, max_size=4).map(tuple), max_size=4).map(tuple)


def blocks_of(message: Message) -> list[dict[str, Any]]:
    """The blocks after all checks: the SDK's own do not look inside a block."""
    made = render.render_blocks(message)
    assert 1 <= len(made) <= 50
    for block, parsed in zip(made, Block.parse_all(made), strict=True):
        parsed.validate_json()
        check_parts(block)
    return made


def check_parts(part: Any) -> None:
    """Each element and each text of a block by itself."""
    if isinstance(part, list):
        for each in part:
            check_parts(each)
    if not isinstance(part, dict):
        return
    if part.get("type") in ("plain_text", "mrkdwn"):
        assert 1 <= len(part["text"]) <= 3000
        assert part["text"].strip()
    if part.get("type") == "button":
        ButtonElement(**{name: part[name] for name in part if name != "type"}).validate_json()
        assert len(part.get("value", "")) <= 2000
    if part.get("type") == "section":
        assert all(len(field["text"]) <= 2000 for field in part.get("fields", []))
    if part.get("type") == "button" and "confirm" in part:
        ConfirmObject(**part["confirm"]).validate_json()
    for each in part.values():
        check_parts(each)


def texts(made: Any, kind: str) -> list[str]:
    if isinstance(made, list):
        return [text for each in made for text in texts(each, kind)]
    if not isinstance(made, dict):
        return []
    if made.get("type") == kind:
        return [made["text"]]
    return [text for each in made.values() for text in texts(each, kind)]


@given(view=_VIEWS, lines=_LINES)
def test_every_card_is_within_the_limits(view: View, lines: Any) -> None:
    """Whatever the texts, Slack's own checks pass, and no `<` of theirs is left in mrkdwn."""
    made = blocks_of(Message(view, lines))
    for text in [*texts(made, "mrkdwn"), render.fallback_text(view)]:
        assert "<" not in text
        assert ">" not in text
        assert text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0
    ids = [action for action in _action_ids(made)]
    assert len(ids) == len(set(ids)) == sum(len(line) for line in lines)


def _action_ids(made: list[dict[str, Any]]) -> list[str]:
    return [
        element["action_id"]
        for block in made
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_card_reads_from_top_to_bottom() -> None:
    """Title, sentences, rows as a table of two columns, buttons, hint."""
    view = View(
        "⏳ Waiting", "All of it.", ("One.", "Two."), (Row("Amount", "$50"),), hint="Soon."
    )
    button = Button("Pay $50", ButtonStyle.PRIMARY, url="https://pay.test/p/1")
    assert blocks_of(Message(view, ((button,),))) == [
        {"type": "header", "text": _plain("⏳ Waiting")},
        {"type": "section", "text": _plain("One.\nTwo.")},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Amount*"}, _plain("$50")]},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "text": _plain("Pay $50"),
                    "action_id": "open:0:0",
                    "url": "https://pay.test/p/1",
                    "style": "primary",
                }
            ],
        },
        {"type": "context", "elements": [_plain("Soon.")]},
    ]


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def test_ids_are_set_as_code_unless_they_would_break_out() -> None:
    """A backtick in a value must not end the code; such a value is shown as plain text."""
    rows = (Row("Top-up", "TU-<1>", code=True), Row("Odd", "a`*b*", code=True))
    made = blocks_of(Message(View("Title", "All.", rows=rows)))
    fields = made[1]["fields"]
    assert fields[1] == {"type": "mrkdwn", "text": "`TU-&lt;1&gt;`"}
    assert fields[3] == _plain("a`*b*")


def test_a_typed_label_cannot_format_itself() -> None:
    """A label with formatting signs, such as an account's title, is shown as it is."""
    made = blocks_of(Message(View("Title", "All.", rows=(Row("a* _b_", "1"),))))
    assert made[1]["fields"][0] == _plain("a* _b_")


def test_many_rows_and_buttons_are_split() -> None:
    """Ten fields to a section, twenty-five buttons to a line; the last button is still there."""
    rows = tuple(Row(f"Row {number}", "x") for number in range(12))
    line = tuple(Button(f"Do {number}", ButtonStyle.PLAIN, token="t") for number in range(60))
    made = blocks_of(Message(View("Title", "All.", rows=rows), (line,)))
    assert [len(block["fields"]) for block in made if block["type"] == "section"] == [10, 10, 4]
    assert [len(b["elements"]) for b in made if b["type"] == "actions"] == [25, 25, 10]
    assert _action_ids(made)[-1] == "press:0:59"


def test_a_huge_card_keeps_title_buttons_and_hint() -> None:
    """Fifty blocks are Slack's limit; it is the rows that give way."""
    rows = tuple(Row(f"Row {number}", "x") for number in range(400))
    lines = tuple((Button(f"Do {number}", ButtonStyle.PLAIN, token="t"),) for number in range(9))
    made = blocks_of(Message(View("Title", "All.", ("One.",), rows, hint="Soon."), lines))
    assert len(made) == 50
    assert [block["type"] for block in made].count("actions") == 9
    assert made[-1]["type"] == "context"


def test_a_dangerous_button_asks_once_more() -> None:
    """The dialog names the deed in its title and on its button, which is red there, too."""
    button = Button("Cancel this top-up", ButtonStyle.DANGER, token="t", confirm="The link stops.")
    made = blocks_of(Message(View("Title", "All."), ((button,),)))
    (element,) = made[1]["elements"]
    assert element["style"] == "danger"
    assert element["confirm"]["title"]["text"] == "Cancel this top-up"
    assert element["confirm"]["text"] == _plain("The link stops.")
    assert element["confirm"]["confirm"]["text"] == "Cancel this top-up"
    assert element["confirm"]["deny"]["text"] == "Close"
    assert element["confirm"]["style"] == "danger"


def test_a_cut_text_ends_with_an_ellipsis_and_no_half_entity() -> None:
    """Cutting happens after escaping, but never inside an entity."""
    for most in range(10, 20):
        text = render.escape_mrkdwn("a<&" * 10, most)
        assert len(text) <= most
        assert text.endswith("…")
        assert (
            MarkdownTextObject(text=text)
            .text.rstrip("…")
            .replace("&lt;", "")
            .replace("&amp;", "")
            .strip("a")
            == ""
        )


def test_a_form_is_a_modal_of_one_field_per_slot() -> None:
    """Selects where there are options, a text input else; what is known is filled in."""
    made = render.render_form(example_form())
    Modal(**{name: made[name] for name in made}).validate_json()
    assert made["callback_id"] == "topup_form"
    assert made["private_metadata"] == "draft-1"
    account, amount = made["blocks"]
    assert account["block_id"] == "account"
    assert account["element"]["type"] == "static_select"
    assert account["element"]["initial_option"]["value"] == "team-a"
    assert account["element"]["initial_option"] in account["element"]["options"]
    assert amount["block_id"] == "amount"
    assert amount["element"]["type"] == "plain_text_input"
    assert amount["element"]["initial_value"] == "50"
    assert amount["hint"]["text"] == "From $5 to $2,000."


def example_form() -> Form:
    options = (Choice("team-a", "Team A (USD)"), Choice("team-b", "Team B (EUR)"))
    fields = (
        Field(Slot.ACCOUNT, "Account", options, "team-a"),
        Field(Slot.AMOUNT, "Amount", value="50", hint="From $5 to $2,000."),
    )
    return Form("draft-1", "Top up", fields, "Review", "Close")


@given(text=_TEXT, options=st.integers(0, 130), chosen=st.integers(0, 130))
def test_every_form_is_within_the_limits(text: str, options: int, chosen: int) -> None:
    """Long titles and labels are cut; too many options too; an unknown value is not chosen."""
    choices = tuple(Choice(f"v{number}", text) for number in range(options))
    field = Field(Slot.ACCOUNT, text, choices, f"v{chosen}", text)
    made = render.render_form(Form("d", text, (field,), text, text))
    Modal(**made).validate_json()
    element = made["blocks"][0]["element"]
    InputBlock(**{k: v for k, v in made["blocks"][0].items() if k != "type"}).validate_json()
    assert all(1 <= len(made[name]["text"]) <= 24 for name in ("title", "submit", "close"))
    if not options:
        PlainTextInputElement(initial_value=element["initial_value"]).validate_json()
        return
    StaticSelectElement(options=element["options"]).validate_json()
    assert len(element["options"]) == min(options, 100)
    for option in element["options"]:
        Option(value=option["value"], text=PlainTextObject(**_bare(option))).validate_json()
        assert 1 <= len(option["text"]["text"]) <= 75
    assert ("initial_option" in element) == (chosen < min(options, 100))


def _bare(option: dict[str, Any]) -> dict[str, Any]:
    return {"text": option["text"]["text"]}


def test_errors_stand_under_fields_that_exist() -> None:
    """Slack refuses an answer that names a block which the form has not."""
    errors = {"method": "Pick a method.", "amount": "Too little."}
    assert render.form_errors(errors, ("account", "amount")) == {
        "amount": "Too little.",
        "account": "Pick a method.",
    }
    assert render.form_errors({"method": "No."}, ()) == {}


def test_the_fallback_is_never_empty() -> None:
    """Slack refuses a message without text; the title is better than nothing."""
    assert render.fallback_text(View("Title <1>", "")) == "Title &lt;1&gt;"


def test_blocks_are_plain_json() -> None:
    """No object of the SDK is left in them."""
    button = Button("Go", ButtonStyle.PLAIN, token="t", confirm="Sure?")
    made = render.render_blocks(Message(View("Title", "All."), ((button,),)))
    assert json.loads(json.dumps(made)) == made
