"""The traits of every chat that there is, configured or not. No chat's library is loaded."""

from __future__ import annotations

from adapters.chat import console, slack, telegram
from service.ports.chats import Traits

TRAITS: Traits = {each.TRAITS.platform: each.TRAITS for each in (slack, telegram, console)}
