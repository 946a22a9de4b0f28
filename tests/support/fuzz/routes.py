"""Every route that the bot's web side serves, however it is mounted, and what each answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Mount, Route, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Served:
    """A method at a template such as `/pay/{token}`, and the function that answers."""

    method: str
    template: str
    function: object

    @property
    def name(self) -> str:
        """As a person would call it."""
        return f"{self.method} {self.template}"

    def paths(self, known: Sequence[str]) -> list[str]:
        """Those of the known ones that lead here, with their queries; else one that is made up."""
        pattern, _, parts = compile_path(self.template)
        found = [each for each in known if pattern.match(each.partition("?")[0])]
        return found or [self.template.format(**dict.fromkeys(parts, "x"))]


def served(app: Any, below: str = "") -> Iterator[Served]:
    """What an application serves, and what is mounted in it. HEAD is answered as GET is."""
    for each in _routes(app):
        match each:
            case Mount():
                yield from served(each.app, below + each.path)
            case Route():
                function = _function(each.endpoint)
                for method in sorted((each.methods or {"GET"}) - {"HEAD"}):
                    yield Served(method, below + each.path, function)
            case _:
                raise AssertionError("a kind of route that nobody tries", each)


class Answers:
    """An application that remembers what each route of the one in it answered, and read."""

    def __init__(self, web: ASGIApp) -> None:
        self._web = web
        self._given: defaultdict[tuple[str, object], set[int]] = defaultdict(set)
        self._read: set[tuple[str, object]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        statuses: list[int] = []
        has_read = False

        async def told() -> Message:
            nonlocal has_read
            has_read = True
            return await receive()

        async def heard(message: Message) -> None:
            statuses.append(message.get("status", 0))
            await send(message)

        await self._web(scope, told, heard)
        if statuses and "endpoint" in scope:
            route = scope["method"], _function(scope["endpoint"])
            self._given[route].add(statuses[0])
            self._read |= {route} if has_read else set()

    def of(self, route: Served) -> set[int]:
        """What this route answered with; empty while nobody got there."""
        return self._given[route.method, route.function]

    def has_read(self, route: Served) -> bool:
        """Whether this route looked at a body."""
        return (route.method, route.function) in self._read


def _routes(app: Any) -> Sequence[BaseRoute]:
    """An application's routes, or those of the one that it wraps."""
    while not hasattr(app, "routes"):
        app = app._app
    found: Sequence[BaseRoute] = app.routes
    return found


def _function(endpoint: object) -> object:
    """A method's own function: what it is bound to need not be hashable."""
    return getattr(endpoint, "__func__", endpoint)
