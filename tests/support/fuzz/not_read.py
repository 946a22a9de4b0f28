"""Functions that look through text, but through no stranger's: a table, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping

# Why no stranger's word gets there, or what keeps it short.
NOT_READ: Mapping[str, frozenset[str]] = {
    "the terminal is its owner's": frozenset(
        f"adapters/chat/console.py:{each}" for each in ("_said", "_take", "button_numbered")
    ),
    "settings, and secrets of theirs": frozenset(
        {
            "adapters/chat/telegram/settings.py:__post_init__",
            "adapters/chat/telegram/settings.py:bot_id",
            "adapters/outgoing.py:_split",
            "bot/wiring/services.py:services_of",
            "bot/watch/logs.py:make_redactor",
            "bot/web/edge.py:__init__",
        }
    ),
    "an operator's words": frozenset(
        {
            "conversations/protocol/people.py:read_person",
            *("service/money/accounts.py:add_account", "service/money/marks.py:adopt_mark"),
            "conversations/protocol/places.py:read_refused_place",
            "bot/watch/trail_export.py:_read",
            *(f"adapters/chat/slack/traits.py:{each}" for each in ("_team", "_channel")),
            *(f"adapters/chat/telegram/traits.py:{each}" for each in ("_group", "_person")),
        }
    ),
    "names and keys that we made": frozenset(
        {
            "conversations/protocol/places.py:read_place",
            *(
                f"service/lanes/keys.py:read_{each}_key"
                for each in ("person", "chat", "checkout", "recovery")
            ),
            *("service/lanes/pacing.py:read_own_name", "service/money/marks.py:differs"),
            "adapters/gateways/sandbox/server/checkouts.py:_checkout_of",
        }
    ),
    "an id, against a pattern that ends": frozenset(
        {
            "adapters/gateways/sandbox/gateway.py:refund",
            "adapters/gateways/sandbox/gateway.py:_checkout",
            "adapters/gateways/sandbox/server/api.py:_attempt",
            "adapters/gateways/sandbox/server/checkouts.py:get",
            "adapters/gateways/sandbox/server/checkouts.py:change",
            "adapters/gateways/stripe/gateway.py:fetch",
            "adapters/gateways/stripe/gateway.py:close_checkout",
        }
    ),
    "what Slack's own SDK says": frozenset({"adapters/chat/slack/receiving/socket.py:filter"}),
    "a form of at most 16 KiB, parsed as the others": frozenset(
        {"adapters/gateways/sandbox/server/request_body.py:read_form"}
    ),
    "tables of our own, read once": frozenset(
        {
            *(f"billing/amounts/currency_signs.py:{each}" for each in ("_spread", "_symbols")),
            *(
                f"billing/amounts/number_words.py:{each}"
                for each in ("_in_short", "_others", "_patterns")
            ),
            "billing/magnitudes.py:load_units_per_dollar",
        }
    ),
    "the first part of an address": frozenset({"bot/web/edge.py:__call__"}),
}
