"""Small checks to put together into the shape of a block; each names what is wrong and where."""

import re
from collections.abc import Callable, Iterator, Mapping

Check = Callable[[object, str], Iterator[str]]

_URL = re.compile(r"(https?|mailto|slack):\S+", re.IGNORECASE)


def string(most: int, least: int = 1) -> Check:
    """A string of that many characters, both ends included."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must be a string", at)
        elif len(value) < least:
            yield complaint(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            yield complaint(f"must be less than {most + 1} characters", at)

    return check


def url(most: int) -> Check:
    within = string(most)

    def check(value: object, at: str) -> Iterator[str]:
        yield from within(value, at)
        if isinstance(value, str) and not _URL.fullmatch(value):
            yield complaint("must be a valid URL", at)

    return check


def flag(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield complaint("must be a boolean", at)


def integer(least: int, most: int) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield complaint(f"must be an integer from {least} to {most}", at)

    return check


def one_of(*words: str) -> Check:
    def check(value: object, at: str) -> Iterator[str]:
        if value not in words:
            yield complaint(f"must be one of {', '.join(words)}", at)

    return check


def many(each: Check, most: int, least: int = 1) -> Check:
    """A list of that many items, every one of them checked."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must be an array", at)
            return
        if len(value) > most:
            yield complaint(f"no more than {most} items allowed", at)
        if len(value) < least:
            yield complaint(f"no fewer than {least} items allowed", at)
        for place, item in enumerate(value):
            yield from each(item, f"{at}/{place}")

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no other."""
    fields = {**required, **(optional or {})}

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must be an object", at)
            return
        for name in required:
            if name not in value:
                yield complaint(f"missing required field: {name}", at)
        for name, inner in value.items():
            if name in fields:
                yield from fields[name](inner, f"{at}/{name}")
            else:
                yield complaint(f"unexpected field: {name}", at)

    return check


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which check the rest of it must pass."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must be an object", at)
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            yield complaint(f"unsupported type: {kind}", f"{at}/type")
            return
        rest = {name: inner for name, inner in value.items() if name != "type"}
        yield from kinds[kind](rest, at)

    return check


def complaint(what: str, at: str) -> str:
    """One line of Slack's `response_metadata.messages`."""
    return f"[ERROR] {what} [json-pointer:{at or '/'}]"
