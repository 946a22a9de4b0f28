"""What a person filled in, in Slack's words; refuses what Slack refuses before the bot sees it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from playground.slack.blocks.blocks import interactive
from playground.slack.blocks.elements import options_of
from playground.slack.world.records import Blocks, Json, SlackError

Values = Mapping[str, Mapping[str, object]]
"""block_id -> action_id -> text, an option's value, or a list of options' values."""

_REQUIRED = "Please complete this required field."


def state_of(blocks: Blocks, values: Values) -> Json:
    """`state.values` of a view or message: every input, with its first value when untouched."""
    state: Json = {}
    for block, element in interactive(blocks):
        if element["type"] not in ("button", "overflow"):
            given = _given(block, element, values)
            chosen = {"type": element["type"], **_chosen(element, given)}
            state.setdefault(block["block_id"], {})[element["action_id"]] = chosen
    return state


def action_of(block_id: str, element: Json, value: object, ts: str) -> Json:
    """One entry of `actions` in block_actions."""
    common = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    if element["type"] == "button":
        shown = ("text", "value", "style", "url")
        more = {name: element[name] for name in shown if name in element}
    else:
        more = _chosen(element, value)
    return {**common, **more, "action_ts": ts}


def problems(blocks: Blocks, values: Values) -> dict[str, str]:
    """Block id -> sentence, for the fields Slack will not send to the bot."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block["type"] == "input":
            given = _given(block, element, values)
            for sentence in _wrong(element, given, bool(block.get("optional"))):
                found.setdefault(block["block_id"], sentence)
    return found


def _wrong(element: Json, given: object, is_optional: bool) -> Iterator[str]:
    if given in (None, "", []):
        if not is_optional:
            yield _REQUIRED
        return
    match element["type"]:
        case "plain_text_input":
            yield from _wrong_length(element, str(given))
        case "number_input":
            yield from _wrong_number(element, str(given))
        case "email_text_input" if "@" not in str(given):
            yield "Please enter a valid email address."
        case "url_text_input" if "://" not in str(given):
            yield "Please enter a valid URL."


def _wrong_length(element: Json, given: str) -> Iterator[str]:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(given) < least:
        yield f"Please enter at least {least} characters."
    if len(given) > most:
        yield f"Please enter no more than {most} characters."


def _wrong_number(element: Json, given: str) -> Iterator[str]:
    try:
        number = Decimal(given)
    except InvalidOperation:
        yield "Please enter a valid number."
        return
    if not number.is_finite():
        yield "Please enter a valid number."
    elif not element["is_decimal_allowed"] and number != number.to_integral_value():
        yield "Please enter a whole number."
    elif "min_value" in element and number < Decimal(element["min_value"]):
        yield f"Please enter a number of at least {element['min_value']}."
    elif "max_value" in element and number > Decimal(element["max_value"]):
        yield f"Please enter a number of at most {element['max_value']}."


def _given(block: Json, element: Json, values: Values) -> object:
    filled = values.get(block["block_id"], {})
    return filled.get(element["action_id"], _initial(element))


def _initial(element: Json) -> object:
    match element["type"]:
        case "static_select" | "radio_buttons":
            return element.get("initial_option", {}).get("value")
        case "checkboxes":
            return [option["value"] for option in element.get("initial_options", [])]
        case "datepicker":
            return element.get("initial_date")
        case _:
            return element.get("initial_value")


def _chosen(element: Json, given: object) -> Json:
    match element["type"]:
        case "static_select" | "radio_buttons" | "overflow":
            return {"selected_option": _option(element, given) if given else None}
        case "checkboxes":
            values = given if isinstance(given, list) else []
            return {"selected_options": [_option(element, value) for value in values]}
        case "datepicker":
            return {"selected_date": given or None}
        case _:
            return {"value": str(given) if given else None}


def _option(element: Json, value: object) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return {"text": option["text"], "value": option["value"]}
    raise SlackError("no_such_option")
