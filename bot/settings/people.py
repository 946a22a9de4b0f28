"""Who may begin, whom people ask, and the language and clock of those whose own is not known."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from pydantic_settings import BaseSettings

from adapters.settings import SOURCE, Misconfigured
from service.common.languages import ENGLISH, load_catalogues

SOMEBODY = "your operator"
CONTACT_MAX = 200


class PeopleVariables(BaseSettings):
    """The settings about people as text."""

    model_config = SOURCE

    signup: str = "closed"
    support_contact: str = SOMEBODY
    timezone: str = "UTC"
    default_locale: str = "en"


@dataclass(frozen=True, slots=True)
class People:
    """Whether strangers may sign up, the contact, an IANA zone, a locale such as de_AT."""

    signup_open: bool
    support_contact: str
    timezone: str
    locale: str


def read_people(found: PeopleVariables) -> People:
    """The settings about people, checked. Raises Misconfigured."""
    return People(
        signup_open=_signup_open(found.signup),
        support_contact=_contact(found.support_contact) or SOMEBODY,
        timezone=_zone(found.timezone),
        locale=_locale(found.default_locale),
    )


def _signup_open(signup: str) -> bool:
    if signup not in ("open", "closed"):
        raise Misconfigured("SIGNUP is open or closed.")
    return signup == "open"


def _contact(contact: str) -> str:
    """It stands in sentences, on cards and pages."""
    if not contact.isprintable() or len(contact) > CONTACT_MAX:
        raise Misconfigured(f"SUPPORT_CONTACT is one line of at most {CONTACT_MAX} characters.")
    return contact


def _zone(timezone: str) -> str:
    try:
        return ZoneInfo(timezone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misconfigured("TIMEZONE is no IANA zone such as Europe/Berlin.") from None


def _locale(default_locale: str) -> str:
    try:
        locale = Locale.parse(default_locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        raise Misconfigured("DEFAULT_LOCALE is no locale such as en, de or de-AT.") from None
    if locale.language != ENGLISH and locale.language not in load_catalogues():
        there = ", ".join((ENGLISH, *load_catalogues()))
        raise Misconfigured(
            f"DEFAULT_LOCALE is of a language that the bot lacks. There are: {there}."
        )
    return str(locale)
