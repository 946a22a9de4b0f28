"""Response URLs: five uses in thirty minutes; they ask for no token and no membership."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from playground.slack.api.chat import content
from playground.slack.events.faults import HangUp, failing, lost
from playground.slack.events.journal import note
from playground.slack.world.records import Json, Message, SlackError
from playground.slack.world.world import SlackWorld

_MAX_USES = 5
_LIFE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot answers whom, and which message it may replace."""

    bot: str
    user: str
    channel: str
    original_ts: str = ""
    thread_ts: str = ""


@dataclass(slots=True)
class _Hook:
    bot: str
    user: str
    channel: str
    message_ts: str
    thread_ts: str
    expires_at: datetime
    uses_left: int = _MAX_USES


@dataclass(slots=True)
class ResponseUrls:
    """Issues and serves `/slack/hook/{id}` below `base_url` (scheme and host, no slash)."""

    world: SlackWorld
    base_url: str
    _hooks: dict[str, _Hook] = field(default_factory=dict)

    def issue(
        self, user_id: str, channel_id: str, message: Message | None = None, bot: str = ""
    ) -> str:
        """An address to answer this person in this channel; `bot` (that at home) is who answers.

        With a message it can replace or delete that one, and answers in its thread.
        """
        bot = bot or self.world.settings.bot_user_id
        now = self.world.now()
        self._hooks = {k: hook for k, hook in self._hooks.items() if hook.expires_at > now - _LIFE}
        hook_id = self.world.new_id("H")
        ts, thread_ts = (message.ts, message.thread_ts) if message else ("", "")
        self._hooks[hook_id] = _Hook(bot, user_id, channel_id, ts, thread_ts, now + _LIFE)
        return f"{self.base_url}/slack/hook/{hook_id}"

    def route(self) -> Route:
        return Route("/slack/hook/{id}", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        raw = await request.body()
        fault = self.world.take_fault("response_url")
        answered = failing(fault) or self._use(str(request.path_params["id"]), raw)
        response = lost(fault, answered)
        status = None if isinstance(response, HangUp) else response.status_code
        said, body = raw.decode(errors="replace"), bytes(answered.body).decode()
        note(self.world, "bot", "response_url", said, status, body, 0.0)
        return response

    def _use(self, hook_id: str, raw: bytes) -> Response:
        try:
            hook = self._take(hook_id)
            body = json.loads(raw)
            if not isinstance(body, dict):
                raise SlackError("invalid_payload")
            place = Place(hook.bot, hook.user, hook.channel, hook.message_ts, hook.thread_ts)
            answer(self.world, place, body)
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        except SlackError as refusal:
            gone = refusal.code in ("used_url", "expired_url")
            told = {"ok": False, "error": refusal.code, "messages": list(refusal.messages)}
            return JSONResponse(told, status_code=404 if gone else 400)
        return PlainTextResponse("ok")

    def _take(self, hook_id: str) -> _Hook:
        hook = self._hooks.get(hook_id)
        if hook is None or hook.uses_left < 1:
            raise SlackError("used_url")
        if self.world.now() >= hook.expires_at:
            raise SlackError("expired_url")
        hook.uses_left -= 1
        return hook


def answer(world: SlackWorld, place: Place, body: Json) -> None:
    """Do what a command's answer or a response URL's body asks; SlackError as chat methods."""
    original = None
    if place.original_ts and (body.get("delete_original") or body.get("replace_original")):
        original = world.message(place.channel, place.original_ts)
        if original.user != place.bot:
            raise SlackError("cant_update_message")
    if original and body.get("delete_original"):
        world.remove_message(place.channel, original.ts)
        return
    text, blocks = content(world, body)
    if original:
        edited_ts = original.edited_ts if blocks else world.next_ts()
        world.replace_message(replace(original, text=text, blocks=blocks, edited_ts=edited_ts))
        return
    private = body.get("response_type", "ephemeral") != "in_channel"
    message = Message(
        world.next_ts(), place.channel, place.bot, text, blocks,
        str(body.get("thread_ts") or place.thread_ts),
        ephemeral_to=place.user if private else "",
    )  # fmt: skip
    world.add_message(message)
