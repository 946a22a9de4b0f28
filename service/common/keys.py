"""Keeps sealed and signed values usable while SECRET_KEY changes, and reports what needs a key.

Seals are made anew with the first key at each start. What signs buttons, return addresses and
codes is derived from a key and stored sealed, so that it outlives the key: those have no end, or
one that a gateway decides. A pay link ends with its top-up, and holds while its key stands there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from conversations.protocol.installations import tenant_name
from service.common.services import Remembered
from service.common.signed_tokens import derive_key
from service.common.vault import CannotUnseal, Vault, key_name
from service.ports.store import SigningKey, Tx

LINKS = "links"
"""What the keys are derived for that sign pay links, buttons, return addresses and codes."""

# Bots that are restarted one after the other with a new key agree on which one makes codes.
GRACE = timedelta(hours=1)
NAMED_MAX = 10
_ALWAYS = datetime.fromtimestamp(0, UTC)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of SECRET_KEY, the first one first."""

    keys: tuple[str, ...]

    @property
    def vault(self) -> Vault:
        """What seals with them."""
        return Vault(self.keys)

    def reseal(self, tx: Tx, now: datetime) -> Remembered:
        """Seal everything with the first key, and give what ever signed here."""
        vault = self.vault
        _renew_installations(tx, vault)
        known = {one.name: one for one in tx.signing_keys.all()}
        for one in known.values():
            again = vault.resealed(one.sealed)
            if again is not None:
                tx.signing_keys.reseal(one.name, again)
        for key, since in self._fresh(known.keys(), now):
            sealed = vault.seal(derive_key(key, LINKS).hex())
            tx.signing_keys.add(SigningKey(key_name(key), sealed, since))
        return _opened(tx, vault)

    def _fresh(self, known: Any, now: datetime) -> list[tuple[str, datetime]]:
        """Keys that sign from now on or may have signed, the oldest first, with their beginning.

        One behind a known key is there to be read only, until every bot has it.
        """
        names = [key_name(key) for key in self.keys]
        first_known = next((at for at, name in enumerate(names) if name in known), len(names))
        return [
            # The oldest key may have signed before anybody noted when.
            (key, now + GRACE + at * timedelta(microseconds=1) if known or at else _ALWAYS)
            for at, key in enumerate(reversed(self.keys[:first_known]))
        ]


def _renew_installations(tx: Tx, vault: Vault) -> None:
    for one in tx.installations.all():
        again = vault.resealed(one.bot_token)
        if again is not None:
            tx.installations.reseal(one, again)
            log.info("seal_renewed tenant=%s key=%s", tenant_name(one), vault.key_names[0])


def _opened(tx: Tx, vault: Vault) -> Remembered:
    found = []
    for one in tx.signing_keys.all():
        try:
            found.append((one.since, bytes.fromhex(vault.open(one.sealed))))
        except CannotUnseal as error:
            log.error("signing_key_sealed key=%s error=%s", one.name, error)
    return tuple(found)


# -- what still needs which key


def report_keys(tx: Tx, keyring: Keyring, now: datetime) -> list[dict[str, Any]]:
    """Each key, the first one first, then those we do not have: what needs them, by name."""
    vault = keyring.vault
    sealed: dict[str | None, list[str]] = {}
    for one in tx.installations.all():
        sealed.setdefault(vault.key_name_of(one.bot_token), []).append(tenant_name(one))
    signers = tx.signing_keys.all()
    for key in signers:
        sealed.setdefault(vault.key_name_of(key.sealed), []).append(f"buttons of {key.name}")
    began = {one.name: one.since for one in signers}
    rows = [
        _row(name, number, sealed.get(name, []), _links(tx, began, vault.key_names[0], name, now))
        for number, name in enumerate(vault.key_names)
    ]
    lost = sealed.get(None, [])
    rows[0]["in_use"] = vault.key_names[0] in began
    return [*rows, _row("", None, lost, [])] if lost else rows


def key_sentences(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The report as sentences, one for each key."""
    return [_sentence(row) for row in rows]


def _sentence(row: dict[str, Any]) -> str:
    sealed = f"{len(row['sealed'])} sealed ({_some(row['sealed'])})"
    if row["place"] is None:
        return (
            f"No key of SECRET_KEY opens {sealed}. Put the key back behind the first one, or have "
            "those workspaces install the app again."
        )
    if row["signs"]:
        started = "" if row["in_use"] else " No bot has started with it yet: then it does."
        return f"{row['key']} is the first key: it seals and signs.{started}"
    if row["may_be_dropped"]:
        return f"{row['key']} is needed by nothing. It may be dropped."
    needs = [sealed] if row["sealed"] else []
    links = row["pay_links"]
    if links:
        open_links = _some([each["top_up"] for each in links])
        needs.append(f"{len(links)} pay links until {links[-1]['until']} ({open_links})")
    return f"{row['key']} is still needed by {' and '.join(needs)}."


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED_MAX
    return ", ".join(names[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")


def _links(
    tx: Tx, began: Mapping[str, datetime], first: str, name: str, now: datetime
) -> list[dict[str, str]]:
    """Top-ups whose pay link may be of this key, and not of the first one: it ends with them."""
    if name == first:
        return []
    # Until then bots that have not been started anew may sign with an older one.
    older_until = began.get(first, now)
    # A key that came later was the first for a while, and made way again, nobody knows when.
    came = began.get(name, older_until)
    came_later = came - GRACE if came > older_until else None
    return [
        {"top_up": one.id, "until": one.expires_at.isoformat(timespec="seconds")}
        for one in tx.top_ups.unpaid(now)
        if one.created_at <= older_until
        or (came_later is not None and one.created_at >= came_later)
    ]


def _row(
    name: str, number: int | None, sealed: Sequence[str], links: Sequence[dict[str, str]]
) -> dict[str, Any]:
    return {
        "key": name,
        "place": number,
        "signs": number == 0,
        "sealed": sorted(sealed),
        "pay_links": list(links),
        "may_be_dropped": bool(number) and not sealed and not links,
    }
