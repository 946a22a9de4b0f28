"""What the page can make go wrong: callbacks, the APIs of the chats, the bot."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from playground.bot.child import Child
from playground.kit.answers import asked, fresh, refused
from playground.kit.live import Live
from playground.kit.toggles import Toggles


class Faults:
    """Switches by place: its toggles, and the faults that there are in it."""

    def __init__(
        self, places: dict[str, tuple[Toggles, tuple[str, ...]]], child: Child, live: Live
    ) -> None:
        self._places, self._child, self._live = places, child, live

    def routes(self) -> list[BaseRoute]:
        """`/world/faults` and `/world/kill`."""
        return [
            Route("/world/faults", self._look, methods=["GET"]),
            Route("/world/faults", self._turn, methods=["POST"]),
            Route("/world/kill", self._kill, methods=["POST"]),
        ]

    async def _look(self, _: Request) -> JSONResponse:
        return fresh(
            {
                place: {
                    fault: {"on": fault in toggles.on, "happened": toggles.happened[fault]}
                    for fault in faults
                }
                for place, (toggles, faults) in self._places.items()
            }
        )

    async def _turn(self, request: Request) -> JSONResponse:
        match await asked(request):
            case {"place": "all", "on": False}:
                for toggles, _ in self._places.values():
                    toggles.on.clear()
            case {"place": str(place), "fault": str(fault), "on": bool(on)} if self._has(
                place, fault
            ):
                self._places[place][0].turn(fault, on=on)
            case _:
                return refused('Send JSON: {"place": "stripe", "fault": "drop", "on": true}.')
        self._live.publish("faults")
        return fresh({"ok": True})

    def _has(self, place: str, fault: str) -> bool:
        return place in self._places and fault in self._places[place][1]

    async def _kill(self, request: Request) -> JSONResponse:
        match await asked(request):
            case {"kill": True} if self._child.kill():
                return fresh({"ok": True})
            case {"kill": True}:
                return refused("The bot is not running.")
            case _:
                return refused('Send JSON: {"kill": true}.')
