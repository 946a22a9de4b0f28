"""The templates and the style sheet of the bot's pages, each read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

_PAGES = Path(__file__).parent / "pages"


@cache
def stylesheet() -> bytes:
    """Read once: a crowd that asks for it costs no descriptors beside those of its connections."""
    return (_PAGES / "pages.css").read_bytes()


@cache
def environment() -> Environment:
    """The templates of all pages; a name that is missing there is an error."""
    return Environment(
        loader=PackageLoader("bot.web", "pages"), autoescape=True, undefined=StrictUndefined
    )
