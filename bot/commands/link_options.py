"""The options that say whom a link is for, one for each kind of each chat."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from bot.commands.printing import fail
from bot.wiring.traits import TRAITS
from service.ports.chats import ChatTraits, LinkOption

Whom = list[tuple[ChatTraits, LinkOption, str]]
"""What an operator typed behind an option, and whose option it is."""

_WHOM = "whom"
_OPTIONS = [(traits, option) for traits in TRAITS.values() for option in traits.link_options]


def takes_links(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every link option; it finds those that were used in `whom`, one at least.

    typer reads a command's options from its signature, so that is where they are added.
    """

    @wraps(command)
    def run(**given: Any) -> None:
        typed = [(*known, given.pop(_parameter(known[1]))) for known in _OPTIONS]
        whom = [one for one in typed if one[2]]
        if not whom:
            *others, last = [option.flag for _, option in _OPTIONS if not option.hidden]
            fail(f"Say whom: {', '.join(others)} or {last}.")
        command(**given, whom=whom)

    own = inspect.signature(command, eval_str=True)
    kept = [one for name, one in own.parameters.items() if name != _WHOM]
    added = [_as_parameter(option) for _, option in _OPTIONS]
    run.__dict__["__signature__"] = own.replace(parameters=[*kept, *added])
    return run


def _parameter(option: LinkOption) -> str:
    return option.flag.removeprefix("--").replace("-", "_")


def _as_parameter(option: LinkOption) -> inspect.Parameter:
    told = typer.Option(option.flag, help=option.help, hidden=option.hidden)
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(_parameter(option), kind, default="", annotation=Annotated[str, told])
