"""Translates Telegram's errors into ChatError or Trouble, without the token."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from conversations.protocol.ports import ChatError, Verdict

# The library's own switch: waits come as timedelta. Without it, each flood wait raises a warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CREDENTIALS_REFUSED = (
    "Telegram refused TELEGRAM_BOT_TOKEN: compare it with BotFather's, and check "
    "TELEGRAM_API_BASE_URL if it is set."
)
_TWO_POLLERS = (
    "Another program polls for this bot's updates: stop it, or give this one a bot of its own. "
    "Telegram says: {said}"
)
_WEBHOOK_ELSEWHERE = (
    "A webhook at {host} takes this bot's updates, so that polling gets none: stop that program "
    "and open {api}/bot<TELEGRAM_BOT_TOKEN>/deleteWebhook, or set TELEGRAM_WEBHOOK_SECRET to "
    "receive them here by webhook."
)
_UNREACHABLE = "Telegram cannot be reached and is asked again until it can: {said}"
_UNNUMBERED = "Telegram sent updates without an update_id; they are kept for inspection."
_NOT_KEPT = "Updates could not be stored and are asked for again: {said}"

# The library's words, and then all that stood in an answer that it cannot read.
_PAGE = ". Parsing the server response "

# Telegram tells its errors apart by words only; these are the server's own.
_UNCHANGED = "message is not modified"
_LOST = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message_author_required",
    # It is a picture now and was none, or the other way round.
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
)
_GONE = (
    "chat not found",
    "peer_id_invalid",
    "user not found",
    "user_is_blocked",
    "user is deactivated",
    "input_user_deactivated",
    "group chat was deactivated",
    "not enough rights",
    "have no rights to send",
    "have no write access",
    "need administrator rights",
    "not a member",
    "channel_private",
    "chat_admin_required",
    "chat_id_invalid",
    "chat_restricted",
    "chat_send_",
    "chat_write_forbidden",
    "user_banned_in_channel",
)
# What is wrong with the message itself is wrong at every try.
_HOPELESS = (
    "can't parse",
    "text is empty",
    "text must be non-empty",
    "too long",
    "too_long",
    "button_",
    "reply_markup_",
    "entities",
    "entity_",
    "photo_invalid_dimensions",
    "image_process_failed",
    "wrong http url",
)
_NO_TOPIC = ("message thread not found", "topic_closed", "topic_deleted")
_NO_TEXT = ("there is no text in the message to edit",)
_LATE = ("query is too old", "query id is invalid")
_NO_MEMBER = (
    "user not found",
    "member not found",
    "participant_id_invalid",
    "user_not_participant",
)


class UnnumberedError(Exception):
    """A batch of updates without any id, so that it cannot be confirmed."""


class WebhookElsewhere(Conflict):
    """Somebody else's webhook takes the updates. Only its host is named: paths hold secrets."""

    def __init__(self, host: str, api: str) -> None:
        super().__init__(_WEBHOOK_ELSEWHERE.format(host=host, api=api))


@dataclass(frozen=True, slots=True)
class PollingTrouble:
    """Why polling stands still. `kind` is the same for one outage; None wait: back off."""

    kind: str
    sentence: str
    slow: bool = False
    wait: timedelta | None = None


def polling_trouble(error: Exception, token: str) -> PollingTrouble:
    """What to log, and how long to wait, when a round of polling failed."""
    said = without_token(str(error), token)
    match error:
        case InvalidToken():
            return PollingTrouble("token", CREDENTIALS_REFUSED, slow=True)
        case WebhookElsewhere():
            return PollingTrouble("webhook", said, slow=True)
        case Conflict():
            return PollingTrouble("conflict", _TWO_POLLERS.format(said=said), slow=True)
        case RetryAfter():
            return PollingTrouble("reach", _UNREACHABLE.format(said=said), wait=_wait(error))
        case TelegramError():
            return PollingTrouble("reach", _UNREACHABLE.format(said=said))
        case UnnumberedError():
            return PollingTrouble("unnumbered", _UNNUMBERED)
        case _:
            # The words of a storage error may quote what people wrote.
            return PollingTrouble("keep", _NOT_KEPT.format(said=type(error).__name__))


def chat_error(error: Exception, token: str) -> ChatError:
    """A refused or unanswered message as the port's error."""
    said = without_token(str(error), token)
    match error:
        case Forbidden():
            return ChatError(said, Verdict.GONE)
        case RetryAfter():
            return ChatError(said, Verdict.OUTAGE, retry_after=_wait(error))
        case BadRequest():
            return ChatError(said, _verdict(error))
        case InvalidToken():
            return ChatError(CREDENTIALS_REFUSED, Verdict.SHUT_OUT)
        case ChatMigrated():
            to = str(error.new_chat_id)
            return ChatError(f"The group became a supergroup with id {to}.", moved_to=to)
        case TelegramError():
            return ChatError(said, Verdict.OUTAGE)
        case ValueError():
            return ChatError(f"The card cannot be sent: {said}", Verdict.HOPELESS)
        case _:
            what = f"Telegram's answer could not be read: {type(error).__name__}"
            return ChatError(what, Verdict.OUTAGE)


def _verdict(error: BadRequest) -> Verdict:
    told = {Verdict.LOST: _LOST, Verdict.GONE: _GONE, Verdict.HOPELESS: _HOPELESS}
    found = (verdict for verdict, phrases in told.items() if _says(error, phrases))
    return next(found, Verdict.UNCLEAR)


def is_unchanged(error: Exception) -> bool:
    """Whether an edit was refused because the message shows exactly this already."""
    return isinstance(error, BadRequest) and _says(error, (_UNCHANGED,))


def is_picture_message(error: Exception) -> bool:
    """Whether an edit was refused because the message is a picture, whose words are a caption."""
    return isinstance(error, BadRequest) and _says(error, _NO_TEXT)


def is_topic_closed(error: Exception) -> bool:
    """Whether a topic takes no messages any more; its group may."""
    return isinstance(error, BadRequest) and _says(error, _NO_TOPIC)


def is_no_member(error: Exception) -> bool:
    """Whether Telegram says for certain that somebody is not in a group."""
    return isinstance(error, Forbidden | BadRequest) and _says(error, _NO_MEMBER)


def is_press_too_old(error: Exception) -> bool:
    """Whether a press can no longer be answered, which happens and matters to nobody."""
    return isinstance(error, BadRequest) and _says(error, _LATE)


def without_token(text: str, token: str) -> str:
    """The text as it may be logged: also without the page of a proxy that answered instead."""
    return text.partition(_PAGE)[0].replace(token, "(token)")


def _says(error: Exception, phrases: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return any(phrase in said for phrase in phrases)


def _wait(error: RetryAfter) -> timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
