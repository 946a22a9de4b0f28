"""Serves the playground's one page and its files; it holds no state and knows neither chat."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from playground.kit.live import Live

_STATIC = Path(__file__).parent.parent / "static"
# Cards may show pictures the bot serves (a QR code), hence any image; scripts only from here.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src * data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(live: Live) -> list[BaseRoute]:
    """`/` (the page), `/static/…` (its files) and `/live` (the event stream)."""
    return [
        Route("/", _index, methods=["GET"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
        live.route(),
    ]


async def _index(request: Request) -> FileResponse:
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return FileResponse(_STATIC / "index.html", headers=headers)
