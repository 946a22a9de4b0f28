"""What the design promises of the audit trail, over rows; it makes each hash by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from operator import itemgetter

from tests.support.histories.seen import Seen

SEALED_WITHIN = 10_000_000
_FIELDS = ("id", "at", "actor", "act", "subject", "detail")


def chain_verifies(seen: Seen) -> Iterator[str]:
    """Each seal is the hash of its act and of the seal before it, in order and without a gap."""
    seals = {each["audit_id"]: each["hash"] for each in seen.tables["audit_seals"]}
    before = "0" * 64
    for act in sorted(seen.tables["audit"], key=itemgetter("id"))[: len(seals)]:
        fields = ["topup-bot audit 1", before, *(act[name] for name in _FIELDS)]
        before = sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()
        if seals.get(act["id"]) != before:
            yield f"act {act['id']} is sealed {seals.get(act['id'])}, and not {before}"


def all_sealed(seen: Seen) -> Iterator[str]:
    """Each act that is older than the lane's pause is sealed."""
    sealed = {each["audit_id"] for each in seen.tables["audit_seals"]}
    for act in seen.tables["audit"]:
        if act["id"] not in sealed and act["at"] + SEALED_WITHIN <= seen.now:
            yield f"act {act['id']} waits for its seal since {act['at']}"
