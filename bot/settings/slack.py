"""How the bot reaches Slack: for one workspace or for several, by HTTP or by Socket Mode."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from bot.settings.checks import NO_SECRET, SOURCE, Misconfigured, read_url

SLACK_OFFICIAL = "https://slack.com/api/"


class SlackEnvironment(BaseSettings):
    """The Slack settings as text."""

    model_config = SOURCE

    slack_bot_token: SecretStr = NO_SECRET
    slack_signing_secret: SecretStr = NO_SECRET
    slack_app_token: SecretStr = NO_SECRET
    slack_client_id: str = ""
    slack_client_secret: SecretStr = NO_SECRET
    slack_api_base_url: str = SLACK_OFFICIAL


@dataclass(frozen=True, slots=True)
class Slack:
    """What the Slack adapter needs. With an `app_token` it receives by Socket Mode only.

    With a `client_id` workspaces install the app themselves, and there is no `bot_token`.
    """

    bot_token: SecretStr
    signing_secret: SecretStr
    api_base_url: str
    app_token: SecretStr = NO_SECRET
    client_id: str = ""
    client_secret: SecretStr = NO_SECRET


def read_slack(found: SlackEnvironment) -> Slack | None:
    """None where no Slack is set up. Raises Misconfigured."""
    token = found.slack_bot_token.get_secret_value()
    secret = found.slack_signing_secret.get_secret_value()
    app_token = found.slack_app_token.get_secret_value()
    client_id = found.slack_client_id
    _one_way_to_be_installed(found)
    if not any((token, secret, app_token, client_id)):
        return None
    if not token and not client_id:
        given = "SLACK_APP_TOKEN" if app_token else "SLACK_SIGNING_SECRET"
        raise Misconfigured(f"SLACK_BOT_TOKEN is missing, but {given} is set.")
    if app_token and not app_token.startswith("xapp-"):
        raise Misconfigured("SLACK_APP_TOKEN begins with xapp-: it is the app-level token.")
    if not secret and not app_token:
        raise Misconfigured(
            "SLACK_SIGNING_SECRET is missing, but Slack is set up otherwise. "
            "For Socket Mode set SLACK_APP_TOKEN instead."
        )
    return Slack(
        bot_token=found.slack_bot_token,
        signing_secret=found.slack_signing_secret,
        api_base_url=read_url("SLACK_API_BASE_URL", found.slack_api_base_url) + "/",
        app_token=found.slack_app_token,
        client_id=client_id,
        client_secret=found.slack_client_secret,
    )


def _one_way_to_be_installed(found: SlackEnvironment) -> None:
    """By the operator, with a bot token; or by the workspaces, with the app's client id."""
    if bool(found.slack_client_id) != bool(found.slack_client_secret.get_secret_value()):
        raise Misconfigured("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: set both, or neither.")
    if found.slack_client_id and found.slack_bot_token.get_secret_value():
        raise Misconfigured(
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for several: set one of them."
        )
