"""What people ask in whole sentences, and what they read in answer."""

from __future__ import annotations

from conversations.protocol.actions import Topic
from conversations.words.words import N_

# --- words people type: a sentence asks so when it has one of each in a group -------------------

ASKS_WHAT_IS_LEFT = (
    ("balance balances remaining remains left",),
    ("much", "have money got there credit still"),
    ("guthaben kontostand restguthaben saldo übrig uebrig",),
    ("viel wieviel", "habe hab haben noch geld drauf"),
)
ASKS_HOW_LONG = (
    ("long", "last lasts left enough do go suffice"),
    ("money credit balance it", "last lasts"),
    ("days weeks months hours", "many left remaining more"),
    ("when run runs running", "out empty gone zero"),
    ("reicht",),
    ("lange", "reichen noch hält haelt halten"),
    ("tage wochen monate stunden", "viele noch übrig"),
    ("wann", "leer alle aufgebraucht weg null verbraucht"),
)

# --- answers -----------------------------------------------------------------------------------

HOW_LONG_TITLE = N_("⏳ How long it lasts")
HOW_LONG_BODY = N_(
    "I cannot tell how many days that is: I know what is left, not what will be spent."
)
MEANT_TITLE = N_("🔎 Did you mean “{words}”?")
SHOW_TOPIC: dict[Topic, str] = {
    Topic.BALANCE: N_("Show balance"),
    Topic.STATUS: N_("Show open top-ups"),
    Topic.HISTORY: N_("Show history"),
    Topic.CANCEL: N_("Cancel what is open"),
    Topic.HELP: N_("Show help"),
}
