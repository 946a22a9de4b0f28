"""The interactive parts of Block Kit and their limits; what the window cannot draw is refused.

Limits: https://docs.slack.dev/reference/block-kit and the checks in slack_sdk.models.
"""

from collections.abc import Iterator
from typing import Any

from playground.slack.blocks.checks import (
    Check,
    complaint,
    flag,
    integer,
    many,
    one_of,
    record,
    string,
    tagged,
    url,
)

MAX_TEXT = 3000
_MAX_ID = 255
_MAX_OPTIONS = 100
_MAX_URL = 3000

ID = string(_MAX_ID)


def plain(most: int) -> Check:
    return tagged({"plain_text": record({"text": string(most)}, {"emoji": flag})})


def rich(most: int) -> Check:
    """Plain text or mrkdwn."""
    return tagged(
        {
            "plain_text": record({"text": string(most)}, {"emoji": flag}),
            "mrkdwn": record({"text": string(most)}, {"verbatim": flag}),
        }
    )


CONFIRM = record(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = record(
    {"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url(_MAX_URL)}
)
_RICH_OPTION = record({"text": rich(75), "value": string(150)}, {"description": rich(75)})
_GROUP = record({"label": plain(75), "options": many(_OPTION, _MAX_OPTIONS)})
_ANY = {"action_id": ID, "focus_on_load": flag}
_ACTS = {**_ANY, "confirm": CONFIRM}
_DISPATCH = record(
    {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
_TYPED = {**_ANY, "placeholder": plain(150), "dispatch_action_config": _DISPATCH}

_BUTTON = record(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": url(_MAX_URL),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
IMAGE = record({"image_url": url(_MAX_URL), "alt_text": string(2000)})


def _number_bounds(value: object, at: str) -> Iterator[str]:
    """Slack wants the bounds of a number input as strings."""
    if not isinstance(value, str) or not value.lstrip("-").replace(".", "", 1).isdigit():
        yield complaint("must be a number written as a string", at)


def _initial_is_an_option(shape: Check) -> Check:
    """The shape, and what is chosen at first must be among the choices."""

    def check(value: object, at: str) -> Iterator[str]:
        yield from shape(value, at)
        if not isinstance(value, dict):
            return
        if ("options" in value) == ("option_groups" in value):
            yield complaint("exactly one of options, option_groups is required", at)
        initial = value.get("initial_options", [value.get("initial_option")])
        if any(chosen and chosen not in options_of(value) for chosen in initial):
            yield complaint("initial_option must be one of the options", at)

    return check


def options_of(element: dict[str, Any]) -> list[Any]:
    """Every choice of a select, groups opened."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


_SELECT = _initial_is_an_option(
    record(
        {},
        {
            **_ACTS,
            "options": many(_OPTION, _MAX_OPTIONS),
            "option_groups": many(_GROUP, _MAX_OPTIONS),
            "initial_option": _OPTION,
            "placeholder": plain(150),
        },
    )
)
_RADIO = _initial_is_an_option(
    record({"options": many(_RICH_OPTION, 10)}, {**_ACTS, "initial_option": _RICH_OPTION})
)
_CHECKBOXES = _initial_is_an_option(
    record(
        {"options": many(_RICH_OPTION, 10)},
        {**_ACTS, "initial_options": many(_RICH_OPTION, 10)},
    )
)
_OVERFLOW = record({"options": many(_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM})
_DATE = record({}, {**_ACTS, "initial_date": string(10, 10), "placeholder": plain(150)})
_TEXT_INPUT = record(
    {},
    {
        **_TYPED,
        "initial_value": string(MAX_TEXT, 0),
        "multiline": flag,
        "min_length": integer(0, MAX_TEXT),
        "max_length": integer(1, MAX_TEXT),
    },
)
_NUMBER_INPUT = record(
    {"is_decimal_allowed": flag},
    {
        **_TYPED,
        "initial_value": _number_bounds,
        "min_value": _number_bounds,
        "max_value": _number_bounds,
    },
)
_LINE_INPUT = record({}, {**_TYPED, "initial_value": string(MAX_TEXT, 0)})

_CHOICES = {
    "static_select": _SELECT,
    "radio_buttons": _RADIO,
    "checkboxes": _CHECKBOXES,
    "datepicker": _DATE,
}
IN_ACTIONS = tagged({**_CHOICES, "button": _BUTTON, "overflow": _OVERFLOW})
IN_SECTION = tagged({**_CHOICES, "button": _BUTTON, "overflow": _OVERFLOW, "image": IMAGE})
IN_INPUT = tagged(
    {
        **_CHOICES,
        "plain_text_input": _TEXT_INPUT,
        "number_input": _NUMBER_INPUT,
        "email_text_input": _LINE_INPUT,
        "url_text_input": _LINE_INPUT,
    }
)
