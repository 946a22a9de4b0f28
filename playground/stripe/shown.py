"""How the played Stripe shows its objects: expanded where asked, without its own notes. Pure.

https://docs.stripe.com/api/expanding_objects
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from playground.stripe.forms import Json, Refused

# The world's own notes on an object, which Stripe shows nobody.
_HIDDEN = {
    "checkout.session": frozenset({"description", "intent_metadata", "in_3d_secure"}),
    "charge": frozenset({"then"}),
}
_EXPANDABLE = {
    "checkout.session": {"payment_intent"},
    "payment_intent": {"latest_charge"},
    "charge": {"payment_intent", "refunds"},
    "refund": {"charge", "payment_intent"},
    "dispute": {"charge", "payment_intent"},
}
_DEPTH_MAX = 4
_PAGE, _PAGE_MAX = 10, 100

Find = Callable[[Json, str], Json | None]
"""What stands behind a field of an object; None behind an empty one."""


def shown(about: Json) -> Json:
    """The object as the API and events show it."""
    hidden = _HIDDEN.get(about["object"], frozenset())
    return {name: value for name, value in about.items() if name not in hidden}


def expanded(about: Json, paths: Iterable[str], find: Find) -> Json:
    """The object with others in place of their ids. Raises Refused for what cannot be expanded."""
    answer = shown(about)
    for field, inner_paths in _by_first(paths).items():
        if field not in _EXPANDABLE.get(about["object"], ()):
            raise Refused(f"This property cannot be expanded ({field}).", param="expand")
        inner = find(about, field)
        if inner is not None:
            answer[field] = expanded(inner, inner_paths, find)
    return answer


def page_of(found: list[Json], url: str, params: Json, find: Find) -> Json:
    """A list as Stripe pages it; `found` has the newest first. Raises Refused."""
    limit = params.get("limit", _PAGE)
    if not 1 <= limit <= _PAGE_MAX:
        raise Refused(f"Invalid limit: {limit}", code="parameter_invalid_integer", param="limit")
    after = params.get("starting_after")
    ids = [each["id"] for each in found]
    if after is not None and after not in ids:
        raise Refused(
            f"No such object: '{after}'", code="resource_missing", param="starting_after"
        )
    rest = found if after is None else found[ids.index(after) + 1 :]
    paths = _by_first(params.get("expand", []))
    if set(paths) - {"data"}:
        raise Refused("What a list holds is expanded as data.…", param="expand")
    data = [expanded(each, paths.get("data", []), find) for each in rest[:limit]]
    return {"object": "list", "url": url, "has_more": len(rest) > limit, "data": data}


def _by_first(paths: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.count(".") >= _DEPTH_MAX:
            message = "You cannot expand more than 4 levels of a property."
            raise Refused(message, param="expand")
        field, _, rest = path.partition(".")
        found.setdefault(field, []).extend([rest] if rest else [])
    return found
