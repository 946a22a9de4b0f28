"""All of the emulated Slack that is reached over HTTP; it adds no rule of its own."""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from playground.kit.live import Live
from playground.slack.api.web_api import WebApi
from playground.slack.window.modals import json_object
from playground.slack.window.window import SlackWindow
from playground.slack.world.records import FaultKind, Json, SlackError
from playground.slack.world.world import SlackWorld

_MAX_TIMES = 100

Act = Callable[[SlackWindow, Json], Awaitable[Json]]


def routes(world: SlackWorld, window: SlackWindow, live: Live) -> list[BaseRoute]:
    """`/slack/…` for the bot and for who installs it, `/window/slack/…` for the page."""
    world.listeners.append(lambda: live.publish("slack"))
    acts = [_act(name, act, window) for name, act in _ACTS.items()]
    return [
        WebApi(world, window.sockets, window.oauth).route(),
        window.sockets.route(),
        window.hooks.route(),
        *window.oauth.routes(),
        *acts,
        *_looks(world, window),
    ]


_ACTS: dict[str, Act] = {
    "say": lambda w, b: w.say(
        b["user"], b["channel"], b["text"], thread_ts=b.get("thread_ts", "")
    ),
    "press": lambda w, b: w.press(
        b["user"], b["channel"], b["ts"], b["action_id"], b["block_id"],
        value=b.get("value"), values=b.get("values"),
    ),
    "press-in-view": lambda w, b: w.press_in_view(
        b["user"], b["view"], b["action_id"], b["block_id"],
        value=b.get("value"), values=b.get("values"),
    ),
    "submit": lambda w, b: w.submit_view(b["user"], b["view"], b["values"]),
    "close": lambda w, b: w.close_view(
        b["user"], b["view"], everything=bool(b.get("everything"))
    ),
    "home": lambda w, b: w.open_home(b["user"], b.get("tab", "home")),
    "shortcut": lambda w, b: w.run_shortcut(
        b["user"], b["callback_id"], b.get("channel", ""), b.get("ts", "")
    ),
    "redeliver": lambda w, b: w.redeliver(),
    "refresh-sockets": lambda w, b: w.refresh_sockets(),
    "remove-app": lambda w, b: w.remove_app(b["team"]),
    "restore-app": lambda w, b: w.restore_app(),
}  # fmt: skip


def _act(name: str, act: Act, window: SlackWindow) -> Route:
    async def answer(request: Request) -> Response:
        return await _tried(request, lambda body: act(window, body))

    return Route(f"/window/slack/{name}", answer, methods=["POST"])


def _looks(world: SlackWorld, window: SlackWindow) -> list[Route]:
    async def state(request: Request) -> Response:
        first = next(user.id for user in world.users.values() if not user.is_bot)
        try:
            return _fresh(window.state(request.query_params.get("user") or first))
        except SlackError as refusal:
            return _fresh({"ok": False, "error": refusal.code}, 404)

    async def people(request: Request) -> Response:
        shown = [u for u in world.users.values() if not u.is_bot]
        return _fresh([{"id": u.id, "name": u.real_name} for u in shown])

    async def journal(request: Request) -> Response:
        return _fresh(list(world.journal))

    async def fault(request: Request) -> Response:
        async def plan(body: Json) -> Json:
            if body["kind"] not in get_args(FaultKind):
                raise SlackError("unknown_fault")
            times = min(int(body.get("times", 1)), _MAX_TIMES)
            wait = int(body.get("retry_after_seconds", 1))
            world.fail_next(str(body["method"]), body["kind"], times, wait)
            return {"planned": len(world.faults)}

        return await _tried(request, plan)

    return [
        Route("/window/slack/state", state, methods=["GET"]),
        Route("/window/slack/people", people, methods=["GET"]),
        Route("/window/slack/journal", journal, methods=["GET"]),
        Route("/window/slack/fault", fault, methods=["POST"]),
    ]


async def _tried(request: Request, act: Callable[[Json], Awaitable[Json]]) -> Response:
    """Run one act on the JSON body. Only JSON, so that no foreign page can post a form here."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return _fresh({"ok": False, "error": "json_only"}, 415)
    body = json_object((await request.body()).decode(errors="replace"))
    if body is None:
        return _fresh({"ok": False, "error": "invalid_json"}, 400)
    try:
        return _fresh({"ok": True, **await act(body)})
    except SlackError as refusal:
        return _fresh({"ok": False, "error": refusal.code})
    except (KeyError, TypeError, ValueError, AttributeError):
        return _fresh({"ok": False, "error": "invalid_arguments"}, 400)


def _fresh(content: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})
