"""Functions that look through text, but through no stranger's: a table, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping

# Why no stranger's word gets there, or what keeps it short.
NOT_READ: Mapping[str, frozenset[str]] = {
    "the terminal is its owner's": frozenset(
        f"adapters/chat/console.py:{each}"
        for each in ("_said", "_take", "button_numbered", "to_event")
    ),
    "settings, and secrets of theirs": frozenset(
        {
            "adapters/chat/telegram/settings.py:__post_init__",
            "adapters/chat/telegram/settings.py:bot_id",
            "adapters/outgoing.py:_split",
            "bot/wiring/services.py:services_of",
            "bot/watch/logs.py:make_redactor",
            "bot/web/edge.py:__init__",
            "adapters/chat/slack/manifest.py:build_manifest",
            "adapters/chat/slack/receiving/oauth.py:_authorization_url",
            "adapters/gateways/standard_webhooks.py:signing_key",
            *("bot/watch/logs.py:_spellings", "bot/wiring/gateways.py:_reachable"),
            "service/common/vault.py:key_name",
        }
    ),
    "an operator's words": frozenset(
        {
            "conversations/protocol/people.py:read_person",
            *("service/money/accounts.py:add_account", "service/money/marks.py:adopt_mark"),
            "conversations/protocol/places.py:read_refused_place",
            "bot/watch/trail_export.py:_read",
            *("service/audit/seals.py:parse_seal", "service/money/accounts.py:_no_tender"),
            "service/people/account_links.py:parse_link",
            "service/privacy/erasure.py:find_person",
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
            *("billing/ledger.py:customer_of", "service/common/ids.py:check_character"),
            "service/audit/seals.py:format_seal",
            "service/common/signed_tokens.py:_sign_link",
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
    "a log line that was cut before": frozenset({"bot/watch/logs.py:_cut"}),
    "a currency's code, which a gateway's answer is checked for": frozenset(
        {
            "adapters/gateways/stripe/money.py:from_stripe",
            "adapters/gateways/stripe/sessions.py:_part",
            "billing/tender.py:successor_currency",
        }
    ),
    "the body of a gateway's answer, parsed just before": frozenset(
        {"adapters/gateways/sandbox/answers.py:_is_json"}
    ),
    "CLDR's tables, read again for each locale: strangers choose which, none how long": frozenset(
        {
            *(f"billing/amounts/currency_signs.py:{each}" for each in ("_spread", "_symbols")),
            *(
                f"billing/amounts/number_words.py:{each}"
                for each in ("_in_short", "_others", "_patterns")
            ),
        }
    ),
    "a table of our own, read once": frozenset({"billing/magnitudes.py:load_units_per_dollar"}),
    "the first part of an address, or as much as is logged": frozenset(
        {"bot/web/edge.py:__call__", "bot/web/edge.py:_beside"}
    ),
}
