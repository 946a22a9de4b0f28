"""How the bot reaches Slack: for one workspace or for several, by HTTP or by Socket Mode."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from adapters.settings import NO_SECRET, SOURCE, Misconfigured, check_token, read_url

SLACK_OFFICIAL = "https://slack.com/api/"
_BOT_TOKEN = re.compile(r"(?:xoxe\.)?xoxb-[A-Za-z0-9-]+")
_APP_TOKEN = re.compile(r"xapp-[A-Za-z0-9-]+")
_CLIENT_ID = re.compile(r"[0-9]+\.[0-9]+")
_ANY_TOKEN = ("xox", "xapp-")


class SlackVariables(BaseSettings):
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


def slack_apis(found: SlackVariables) -> dict[str, str]:
    """Which setting holds an address that is called."""
    return {"SLACK_API_BASE_URL": found.slack_api_base_url}


def read_slack(found: SlackVariables) -> Slack | None:
    """None where no Slack is set up. Raises Misconfigured."""
    token = check_token("SLACK_BOT_TOKEN", found.slack_bot_token)
    secret = check_token("SLACK_SIGNING_SECRET", found.slack_signing_secret)
    app_token = check_token("SLACK_APP_TOKEN", found.slack_app_token)
    client_secret = check_token("SLACK_CLIENT_SECRET", found.slack_client_secret)
    client_id = found.slack_client_id
    _one_way_to_be_installed(found)
    if not any((token, secret, app_token, client_id)):
        return None
    if not token and not client_id:
        given = "SLACK_APP_TOKEN" if app_token else "SLACK_SIGNING_SECRET"
        raise Misconfigured(f"SLACK_BOT_TOKEN is missing, but {given} is set.")
    _check_shapes(token, app_token, client_id)
    for name, each in (("SIGNING", secret), ("CLIENT", client_secret)):
        if each.startswith(_ANY_TOKEN):
            raise Misconfigured(f"SLACK_{name}_SECRET is a token: it stands in Basic Information.")
    if not secret and not app_token:
        raise Misconfigured(
            "SLACK_SIGNING_SECRET is missing, but SLACK_BOT_TOKEN or SLACK_CLIENT_ID is set. "
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


def _check_shapes(token: str, app_token: str, client_id: str) -> None:
    """https://docs.slack.dev/authentication/tokens tells how each begins."""
    if token and not _BOT_TOKEN.fullmatch(token):
        raise Misconfigured("SLACK_BOT_TOKEN begins with xoxb-: it is the Bot User OAuth Token.")
    if app_token and not _APP_TOKEN.fullmatch(app_token):
        raise Misconfigured("SLACK_APP_TOKEN begins with xapp-: it is the app-level token.")
    if client_id and not _CLIENT_ID.fullmatch(client_id):
        raise Misconfigured("SLACK_CLIENT_ID is two numbers with a dot, as in Basic Information.")


def _one_way_to_be_installed(found: SlackVariables) -> None:
    """By the operator, with a bot token; or by the workspaces, with the app's client id."""
    if bool(found.slack_client_id) != bool(found.slack_client_secret.get_secret_value()):
        raise Misconfigured("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET: set both, or neither.")
    if found.slack_client_id and found.slack_bot_token.get_secret_value():
        raise Misconfigured(
            "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for several: set one of them."
        )
