"""How long each kind of row is kept. Nothing is kept for less than what depends on it."""

from __future__ import annotations

from datetime import timedelta

from pydantic_settings import BaseSettings

from adapters.settings import SOURCE, Misconfigured
from billing.retention import BOUNDS, Retention, RetentionBounds, RetentionKind

DAYS_MAX = 36_500


class RetentionVariables(BaseSettings):
    """The settings of retention as text, in days."""

    model_config = SOURCE

    keep_deliveries_days: str = ""
    keep_quarantined_days: str = ""
    keep_conversations_days: str = ""
    keep_checkouts_days: str = ""
    keep_tasks_days: str = ""
    keep_sandbox_days: str = ""
    keep_idle_accounts_days: str = ""


def read_retention(found: RetentionVariables) -> Retention:
    """How long each kind is kept. Raises Misconfigured for less than its floor."""
    given = {kept: str(getattr(found, kept.setting.lower())) for kept in RetentionKind}
    return {
        kept: timedelta(days=_days(kept.setting, given[kept], BOUNDS[kept]))
        for kept in RetentionKind
    }


def _days(setting: str, text: str, bounds: RetentionBounds) -> int:
    if not text:
        return bounds.default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(DAYS_MAX))):
        raise Misconfigured(f"{setting} is a number of days such as {bounds.default}.")
    days = int(text)
    if days > DAYS_MAX:
        raise Misconfigured(f"{setting} is at most {DAYS_MAX} days.")
    if days < bounds.fewest:
        raise Misconfigured(f"{setting} is at least {bounds.fewest}: {bounds.because}.")
    return days
