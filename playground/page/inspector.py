"""The inspector's data: raw requests, and what the bot's own command says of its inside."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.bot.child import Child
from playground.kit.answers import fresh
from playground.kit.live import Live
from playground.page.inside import Inside
from playground.page.inspector_requests import Requests
from playground.slack.world.world import SlackWorld
from playground.telegram.world import TelegramWorld

Names = Callable[[], dict[str, str]]


class Inspector:
    """`names` gives the words for `platform:id` of people and chats."""

    def __init__(
        self, child: Child, live: Live, inside: Inside, requests: Requests, names: Names
    ) -> None:
        self._child, self._live, self._inside = child, live, inside
        self._requests, self._names = requests, names
        inside.listeners.append(lambda: live.publish("inspector"))

    def routes(self) -> list[BaseRoute]:
        """`/inspector/requests`, one of them with its bodies, and `/inspector/inside`."""
        return [
            Route("/inspector/requests", self._newest, methods=["GET"]),
            Route("/inspector/requests/{key}", self._one, methods=["GET"]),
            Route("/inspector/inside", self._look, methods=["GET"]),
        ]

    def requested(self) -> None:
        """Somebody and the bot spoke: tell the pages."""
        self._live.publish("requests")

    async def _newest(self, _: Request) -> JSONResponse:
        return fresh({"requests": self._requests.newest()})

    async def _one(self, request: Request) -> JSONResponse:
        found = self._requests.one(request.path_params["key"])
        return fresh(found) if found else fresh({"error": "That request is forgotten."}, 404)

    async def _look(self, request: Request) -> JSONResponse:
        """The inside as last read; with `?fresh=1` it is read again, and the pages told."""
        inside = self._inside.look(again="fresh" in request.query_params)
        return fresh(
            {
                "ready": self._child.ready,
                "failed": self._inside.failed,
                "inside": inside,
                "names": self._names(),
            }
        )


def names_in(slack: SlackWorld, telegram: TelegramWorld) -> dict[str, str]:
    """What people and chats are called, by `platform:id`."""
    found = {f"slack:{user.id}": user.real_name for user in slack.users.values()}
    for channel in slack.channels.values():
        people = [slack.users[each] for each in channel.members if each in slack.users]
        with_whom = [person.real_name for person in people if not person.is_bot]
        direct = f"Direct message, {', '.join(with_whom)}"
        found[f"slack:{channel.id}"] = direct if channel.is_im else f"#{channel.name}"
    state = telegram.state
    found |= {f"telegram:{chat.id}": chat.title for chat in state.chats.values() if chat.title}
    return found | {f"telegram:{one.id}": one.first_name for one in state.people.values()}
