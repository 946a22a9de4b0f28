"""What is stored of a delivery: no secret, no card number, and nothing nested without an end."""

from __future__ import annotations

from typing import Any

import pytest

from service.chat.inbox import scrub_body

CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize(
    "name", ["token", "response_url", "trigger_id", "authorization", "secret"]
)
def test_a_secret_is_stored_nowhere(name: str) -> None:
    """Neither at the top nor inside, in a list or a mapping."""
    body = {name: "s3cret", "payload": {name: "s3cret", "actions": [{name: "s3cret", "id": 1}]}}
    assert scrub_body(body) == {"payload": {"actions": [{"id": 1}]}}


@pytest.mark.parametrize("name", ["text", "values", "caption"])
def test_what_people_type_holds_no_card_number(name: str) -> None:
    """Nor does what stands inside it; and that there was one is noted."""
    for typed in (CARD, [CARD], {"amount": {"value": CARD}}, [{"value": [CARD]}]):
        kept = scrub_body({"message": {name: typed, "id": 7}, "other": "words"})
        assert "4242" not in repr(kept)
        assert kept["card_number"] is True
        assert (kept["message"]["id"], kept["other"]) == (7, "words")


@pytest.mark.parametrize("body", [{"id": CARD}, {"text": "50 USD"}, {"ts": [CARD]}, {"text": 42}])
def test_ids_and_times_are_left_as_they_are(body: dict[str, Any]) -> None:
    """Nobody typed them, whatever they look like."""
    assert scrub_body(body) == body


def nested(levels: int, inner: Any) -> Any:
    """That many lists and mappings around it, in turn."""
    for level in range(levels):
        inner = [inner] if level % 2 else {"text": inner}
    return inner


@pytest.mark.parametrize(("levels", "kept"), [(100, True), (101, False)])
def test_what_nobody_could_walk_through_is_left_out(levels: int, *, kept: bool) -> None:
    """A hundred levels are read, more than any platform sends."""
    found = scrub_body({"body": nested(levels, "word")})
    assert ("word" in repr(found)) is kept
    clean = scrub_body({"body": nested(levels, CARD)})
    assert "4242" not in repr(clean)
    assert ("card_number" in clean) is kept


@pytest.mark.parametrize("field", ["first_name", "name"])
def test_109_a_card_number_for_a_name_is_not_kept(field: str) -> None:
    """It would be the title of an account; nobody typed it, so nobody is told so."""
    kept = scrub_body({"message": {"from": {field: "4242 4242 4242 4242", "id": 77}}})
    assert "4242 4242" not in str(kept)
    assert "card_number" not in kept
    assert kept["message"]["from"]["id"] == 77
