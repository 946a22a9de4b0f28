"""Handles chats whose id changed, as a group becomes a supergroup, or that are reachable again."""

from __future__ import annotations

from conversations.protocol.events import ConversationKey
from conversations.protocol.places import Chat, chat_of, read_chat
from conversations.protocol.ports import ChatMoved, ChatOpened
from service.cards.cards import save_chat_reachable, schedule_showing, stable_card_id
from service.common.context import Context


def record_chat_change(
    context: Context, key: ConversationKey, event: ChatMoved | ChatOpened
) -> None:
    """Take note of what became of a chat."""
    chat = chat_of(key)
    match event:
        case ChatMoved(to):
            move_chat(context, chat, to)
        case ChatOpened():
            reopen_chat(context, chat)


def move_chat(context: Context, chat: Chat, to: str) -> None:
    """What was addressed to the chat goes to its new id, and so do its accounts' links.

    Messages shown so far stay behind: none of them can be edited from the new place. So an alert
    that still holds is shown there once more.
    """
    tx = context.tx
    if to == chat.id:
        return
    tx.cards.move(chat, to)
    for account_id in tx.accounts.move_channel_links(chat.platform, chat.id, to):
        account = tx.accounts.get(account_id)
        for link in tx.accounts.links(account_id):
            if account and account.alert_card and link.external_id == to:
                place = (account.alert_card, link.platform, link.tenant)
                tx.cards.rename(stable_card_id(*place, chat.id), stable_card_id(*place, to))
    moved = read_chat(chat.platform, chat.tenant, to)
    schedule_showing(tx, moved, context.now)


def reopen_chat(context: Context, chat: Chat) -> None:
    """Show what the chat did not take while the bot was shut out of it."""
    for waiting in save_chat_reachable(context.tx, chat, ChatOpened(), context.now):
        schedule_showing(context.tx, waiting, context.now)
