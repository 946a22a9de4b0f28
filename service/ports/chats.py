"""What a chat platform has and lacks, as use cases need to know it. Each adapter says its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from conversations.protocol.events import ConversationKey
from service.ports.records import LinkKind


@dataclass(frozen=True, slots=True)
class LinkOption:
    """An option of `accounts link`: whom it names, and how an operator writes that.

    `parse` gives a link's tenant and external id. It raises OperatorError, with what would be
    right, for an id that the platform never writes so: it would be stored and let nobody in.
    """

    flag: str
    kind: LinkKind
    help: str
    parse: Callable[[str], tuple[str, str]]
    # What an operator has to do besides.
    next_step: str = ""
    hidden: bool = False


def person_option(key: ConversationKey) -> str:
    """The option that names whoever is asking, by their own id."""
    return f"--{key.platform}-person {key.person}"


@dataclass(frozen=True, slots=True)
class ChatTraits:
    """What sets one platform apart. Whatever is not said, it does not have."""

    platform: str
    # Messages have threads below them.
    threads: bool = False
    # Buttons can fill a clipboard; elsewhere ids are copied from the text.
    copy_buttons: bool = False
    # A menu offers a command for each topic.
    menu_commands: bool = False
    # One person talks alone with the bot, so that an account of their own makes sense.
    signup: bool = False
    # Who is in a group is told to its administrators alone.
    members_told_to_admins: bool = False
    # A person as an operator writes them behind the platform's name and a colon.
    person_example: str = ""
    # Where it posts to, at this bot.
    webhook_path: str = ""
    # One for each kind of link at most, in the order of the help.
    link_options: tuple[LinkOption, ...] = ()
    # The option, with its value, that lets in whoever is asking, where they are asking.
    option_for: Callable[[ConversationKey], str] = person_option


Traits = Mapping[str, ChatTraits]
"""The traits of every platform that there is, by its name; configured or not."""
