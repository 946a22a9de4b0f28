"""Submitting and closing modals, and obeying what the bot answers; it opens none by itself."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from playground.slack.api.views import push
from playground.slack.blocks.blocks import checked_view
from playground.slack.blocks.forms import Values, problems, state_of
from playground.slack.events.delivery import Delivery
from playground.slack.events.payloads import interaction, view_payload
from playground.slack.world.records import Json, SlackError, User, View
from playground.slack.world.world import SlackWorld

_TROUBLE = "We had some trouble connecting. Try again?"


class Modals:
    """`later` runs a request to the bot that nobody waits for."""

    __slots__ = ("_delivery", "_later", "_world")

    def __init__(
        self,
        world: SlackWorld,
        delivery: Delivery,
        later: Callable[[Coroutine[Any, Any, object]], None],
    ) -> None:
        self._world = world
        self._delivery = delivery
        self._later = later

    async def submit(self, user: User, view_id: str, values: Values) -> Json:
        view = self._top(user, view_id)
        wrong = problems(view.body["blocks"], values)
        if wrong:
            return {"ok": False, "errors": wrong}
        view = self._world.keep_values(view, state_of(view.body["blocks"], values))
        payload = interaction(
            self._world,
            "view_submission",
            user,
            app=self._world.app_of(view.bot),
            view=view_payload(self._world, view),
            trigger_id=self._world.issue_trigger(user.id, view.id, view.bot),
            response_urls=[],
        )
        reply = await self._delivery.interaction(payload)
        if reply.error:
            return {"ok": False, "error": _TROUBLE}
        return self._obey(user, view, reply.body)

    def close(self, user: User, view_id: str, *, everything: bool) -> Json:
        view = self._top(user, view_id)
        everything = everything or bool(view.body.get("clear_on_close"))
        stack = self._world.modals[user.id]
        closed = stack if everything else [view]
        self._drop(user, closed)
        for gone in reversed(closed):
            if gone.body.get("notify_on_close"):
                shown = view_payload(self._world, gone)
                app = self._world.app_of(gone.bot)
                told = interaction(
                    self._world, "view_closed", user, app=app, view=shown, is_cleared=everything
                )
                self._later(self._delivery.interaction(told))
        return {"ok": True}

    def _obey(self, user: User, view: View, body: str) -> Json:
        """Do what the acknowledgement says; nothing said closes the view."""
        told = json_object(body) if body.strip() else {}
        try:
            match told:
                case None:
                    return {"ok": False, "error": _TROUBLE}
                case {"response_action": "errors", "errors": dict(errors)} if errors:
                    return _field_errors(view, errors)
                case {"response_action": "update", "view": new}:
                    checked = checked_view(new, self._world.new_id, "modal")
                    self._world.replace_view(replace(view, body=checked, values={}))
                case {"response_action": "push", "view": new}:
                    checked = checked_view(new, self._world.new_id, "modal")
                    push(self._world, user.id, view.bot, checked)
                case {"response_action": "clear"}:
                    self._drop(user, self._world.modals.get(user.id, []))
                case {"response_action": _}:
                    return {"ok": False, "error": _TROUBLE}
                case _:
                    self._drop(user, [view])
        except SlackError as refusal:
            return {"ok": False, "error": _TROUBLE, "detail": [refusal.code, *refusal.messages]}
        return {"ok": True}

    def _drop(self, user: User, views: list[View]) -> None:
        gone = {view.id for view in views}
        stack = self._world.modals.get(user.id, [])
        self._world.modals[user.id] = [view for view in stack if view.id not in gone]
        self._world.changed()

    def _top(self, user: User, view_id: str) -> View:
        stack = self._world.modals.get(user.id, [])
        if not stack or stack[-1].id != view_id:
            raise SlackError("not_found")
        return stack[-1]


def json_object(body: str) -> Json | None:
    """The object in this text; None when it holds none."""
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _field_errors(view: View, errors: Json) -> Json:
    """Errors go under inputs of this view; Slack shows any other block id as trouble."""
    inputs = {b["block_id"] for b in view.body["blocks"] if b["type"] == "input"}
    if not set(errors) <= inputs:
        return {"ok": False, "error": _TROUBLE, "detail": sorted(set(errors) - inputs)}
    return {"ok": False, "errors": {block_id: str(text) for block_id, text in errors.items()}}
