"""Settings: fail closed, and name what is missing in one sentence."""

from __future__ import annotations

import pytest

from adapters.gateways.stripe.settings import Stripe
from adapters.settings import Misconfigured
from bot.settings.config import Settings, load

KEY = "k" * 32
TELEGRAM = "123456:telegram-token-of-a-test"


def settings(**given: object) -> Settings:
    """Settings as an environment would give them, without reading one."""
    return Settings.from_values({"secret_key": KEY, **given})


def webhook(
    shown: str = "a-secret-of-some-length", public_url: str = "https://pay.example.com"
) -> dict[str, object]:
    """A Telegram bot that is posted to."""
    return {
        "telegram_bot_token": TELEGRAM,
        "telegram_webhook_secret": shown,
        "public_url": public_url,
    }


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.names():
        monkeypatch.delenv(name.upper(), raising=False)


def test_what_is_configured_is_started() -> None:
    """Both chats, when both are set; addresses lose their trailing slash."""
    config = load(
        settings(
            telegram_bot_token=TELEGRAM,
            slack_bot_token="xoxb-1",
            slack_signing_secret="s",
            slack_api_base_url="http://127.0.0.1:1/slack/api",
            public_url="https://pay.example.com/",
        )
    )

    assert config.telegram is not None
    assert config.slack is not None
    assert config.slack.api_base_url == "http://127.0.0.1:1/slack/api/"
    assert config.web.public_url == "https://pay.example.com"


# A link made with one of these leads nowhere.
UNLINKABLE = ("x.y#", "x.y?", "x.y:", ".", "x..y", "*.y", ".x.y", "x.y./#")
KEPT_NOWHERE = ("sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://?cache=shared")
SLACK = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "8f74"}


@pytest.mark.parametrize("name", sorted(Settings.names()))
@pytest.mark.parametrize("slip", ['"8f74"', "'8f74'", "$SECRET", "${SECRET}", "<your value>"])
def test_135_no_setting_is_read_with_quotes_or_a_placeholder(name: str, slip: str) -> None:
    """As `docker --env-file` hands quotes over: whoever checks the secret would refuse it."""
    with pytest.raises(Misconfigured, match=f"^{name.upper()} h") as refused:
        settings(**{name: slip})
    assert "8f74" not in str(refused.value)


@pytest.mark.parametrize("host", ["::1", "::", "fe80::1%eth0", "localhost", "a-b.c"])
def test_an_address_to_listen_at_may_be_of_either_kind(host: str) -> None:
    """IPv6 has colons and no port."""
    assert load(settings(host=host)).web.host == host


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"slack_signing_secret": "s"}, "SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"slack_client_id": "1.2", "slack_signing_secret": "s"}, "SLACK_CLIENT_SECRET"),
        (
            {
                "slack_client_id": "1.2",
                "slack_client_secret": "c",
                "slack_bot_token": "xoxb-1",
                "slack_signing_secret": "s",
            },
            "SLACK_BOT_TOKEN",
        ),
        ({"slack_client_id": "1.2", "slack_client_secret": "c"}, "SLACK_SIGNING_SECRET"),
        ({"secret_key": f"{KEY},short"}, "SECRET_KEY"),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xoxb-2"}, "SLACK_APP_TOKEN"),
        ({"telegram_bot_token": "not-a-token"}, "TELEGRAM_BOT_TOKEN"),
        (webhook("short"), "TELEGRAM_WEBHOOK_SECRET"),
        (webhook("no spaces in a secret!"), "TELEGRAM_WEBHOOK_SECRET"),
        (webhook(public_url="http://pay.example.com"), "PUBLIC_URL"),
        (webhook(public_url="https://pay.example.com:9999"), "PUBLIC_URL"),
        (webhook(public_url="https://pay.example.com:x"), "PUBLIC_URL"),
        ({"gateways": "paypol"}, "GATEWAYS"),
        ({"gateways": " , "}, "GATEWAYS"),
        ({"signup": "maybe"}, "SIGNUP"),
        ({"telegram_webhook_secret": "not-a-token-to-show"}, "TELEGRAM_BOT_TOKEN"),
        ({"slack_client_secret": "not-a-token"}, "SLACK_CLIENT_ID"),
        ({"sandbox_settle_seconds": -1}, "SANDBOX_SETTLE_SECONDS"),
        ({"sandbox_settle_seconds": float("nan")}, "SANDBOX_SETTLE_SECONDS"),
        ({"timezone": "Mars/Olympus"}, "TIMEZONE"),
        ({"host": " "}, "HOST"),
        *(({"host": host}, "HOST") for host in ("0.0.0.0:80", "a..b", ".", "::1]", "fe80::g")),
        ({"public_url": "pay.example.com"}, "PUBLIC_URL"),
        *(({"public_url": f"https://{rest}"}, "PUBLIC_URL") for rest in UNLINKABLE),
        *(({"database_url": url}, "DATABASE_URL") for url in KEPT_NOWHERE),
        *(({"secret_key": key * 32}, "SECRET_KEY") for key in ("\u200b", "a\u200b", "\0")),
        ({**SLACK, "slack_signing_secret": "8f74;"}, "SLACK_SIGNING_SECRET"),
        ({**SLACK, "slack_signing_secret": "8f74\\n"}, "SLACK_SIGNING_SECRET"),
        (
            {
                "slack_signing_secret": "s",
                "slack_client_id": "1.2",
                "slack_client_secret": "xoxb-1",
            },
            "SLACK_CLIENT_SECRET",
        ),
        (
            {"telegram_bot_token": TELEGRAM, "telegram_api_base_url": "ftp://x"},
            "TELEGRAM_API_BASE_URL",
        ),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, object], named: str) -> None:
    """The sentence names the setting, and never the secret itself."""
    with pytest.raises(Misconfigured, match=named) as refused:
        load(settings(**given))

    assert "not-a-token" not in str(refused.value)


def test_socket_mode_needs_no_signing_secret() -> None:
    """With an app token there is no address of ours for Slack to sign for."""
    config = load(settings(slack_bot_token="xoxb-1", slack_app_token="xapp-1"))

    assert config.slack is not None
    assert config.slack.app_token.get_secret_value() == "xapp-1"


@pytest.mark.parametrize("port", ["eighty", "65536", "-1", ""])
def test_an_unreadable_value_is_named(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that is no number, or none of a port, is a sentence, not a traceback."""
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Misconfigured, match="PORT"):
        load()


def test_whom_people_ask_has_a_name() -> None:
    """A setting that was left empty leaves no hole in the sentence."""
    for given, contact in ((" ", "your operator"), ("b@example.com", "b@example.com")):
        assert load(settings(support_contact=given)).people.support_contact == contact


def test_secrets_do_not_print() -> None:
    """A config may be logged by mistake; its secrets may not."""
    database = "postgresql://bot:hush@db/topup"
    config = load(settings(telegram_bot_token=TELEGRAM, database_url=database))

    assert KEY not in repr(config)
    assert TELEGRAM not in repr(config)
    assert config.storage.database_url == database
    assert "hush" not in repr(config)


@pytest.mark.parametrize(
    ("given", "secret"),
    [
        (webhook(), "a-secret-of-some-length"),
        (webhook(public_url="https://pay.example.com:8443"), "a-secret-of-some-length"),
        (webhook(""), ""),
    ],
)
def test_a_secret_means_webhook_and_none_means_polling(
    given: dict[str, object], secret: str
) -> None:
    """Telegram posts to https at four ports; the secret stays out of sight."""
    config = load(settings(**given))

    assert config.telegram is not None
    assert config.telegram.webhook_secret.get_secret_value() == secret
    assert "a-secret" not in repr(config)


def test_an_emulator_posts_without_https() -> None:
    """Only Telegram's own API has that rule."""
    local = {"telegram_api_base_url": "http://127.0.0.1:1/telegram"}
    config = load(settings(**webhook(public_url="http://127.0.0.1:2"), **local))

    assert config.telegram is not None


@pytest.mark.parametrize("blank", ["\n", " ", "\t", "\r\n"])
def test_135_blanks_around_a_setting_are_no_part_of_it(
    blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newline at a token's end would be refused by everybody the token is shown to."""
    monkeypatch.setenv("SECRET_KEY", f"{KEY}{blank}")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f"{blank}{TELEGRAM}{blank}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", f"xoxb-1{blank}")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", f"s{blank}")
    monkeypatch.setenv("PORT", f"9{blank}")

    config = load()

    assert config.telegram is not None
    assert config.telegram.token.get_secret_value() == TELEGRAM
    assert config.slack is not None
    assert config.slack.signing_secret.get_secret_value() == "s"
    assert (config.storage.secret_key.get_secret_value(), config.web.port) == (KEY, 9)


# --- Stripe ---

STRIPE = {"gateways": "stripe", "stripe_api_key": "sk_test_abc", "public_url": "http://bot.test"}
LIVE = {
    "gateways": "sandbox, stripe",
    "stripe_api_key": "sk_live_abc",
    "stripe_webhook_secret": "whsec_new, whsec_old",
    "public_url": "https://pay.example.com",
}


def test_stripe_is_configured_by_name() -> None:
    """A key and the gateway's name will do for a trial; both webhook secrets of a change count."""
    (trial,), (_, live) = (load(settings(**each)).gateways.chosen for each in (STRIPE, LIVE))

    assert isinstance(trial, Stripe)
    assert isinstance(live, Stripe)
    assert (trial.live, trial.webhook_secrets) == (False, ())
    assert (live.live, live.webhook_secrets) == (True, ("whsec_new", "whsec_old"))
    assert "abc" not in repr(trial)
    assert [each.name for each in load(settings()).gateways.chosen] == ["sandbox"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"stripe_api_key": "sk_test_abc"}, "GATEWAYS"),
        ({"gateways": "stripe"}, "STRIPE_API_KEY"),
        ({**STRIPE, "stripe_api_key": "pk_live_abc"}, "STRIPE_API_KEY"),
        ({**STRIPE, "stripe_api_key": "sk_abc"}, "STRIPE_API_KEY"),
        ({**STRIPE, "stripe_webhook_secret": "whsec_a,secret"}, "STRIPE_WEBHOOK_SECRET"),
        ({**STRIPE, "stripe_api_base_url": "stripe"}, "STRIPE_API_BASE_URL"),
        ({**LIVE, "stripe_webhook_secret": " , "}, "STRIPE_WEBHOOK_SECRET"),
        ({**LIVE, "public_url": "http://pay.example.com"}, "PUBLIC_URL"),
        ({**LIVE, "stripe_api_base_url": "https://stripe.example"}, "STRIPE_API_BASE_URL"),
    ],
)
def test_a_gateway_that_takes_money_refuses_half_a_configuration(
    given: dict[str, object], named: str
) -> None:
    """Real money needs https, a webhook secret and Stripe itself; no refusal shows a key."""
    with pytest.raises(Misconfigured, match=named) as refused:
        load(settings(**given))

    assert "abc" not in str(refused.value)
