"""Any text in any setting, and any `.env`: a sentence that names it, or a bot that can start."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.settings import Misconfigured
from adapters.storage.engines.address import UnusableDatabase, parse_address
from bot.settings.config import Settings, load
from bot.settings.env_file import check_names, read_env_file
from tests.support.house.terminal import Terminal

NAMES = {name.upper() for name in Settings.names()}
# Every part of a bot is set up, so that each setting is looked at.
WHOLE = {
    "secret_key": "k" * 32,
    "telegram_bot_token": "123456:telegram-token-of-a-test",
    "slack_bot_token": "xoxb-1",
    "slack_signing_secret": "s",
    "gateways": "sandbox,stripe",
    "stripe_api_key": "sk_test_abc",
}
TEXTS = st.one_of(
    st.text(max_size=40),
    st.text("0123456789.:-/,@[]%_xob ٣\n\0é", max_size=20),
    st.sampled_from(sorted(NAMES)),
    st.sampled_from(
        [
            "http://[::1",
            "https://a:b@c",
            "http://:80",
            "https://x?a=1",
            "0x50",
            "1e9",
            "nan",
            "inf",
        ]
    ),
    st.sampled_from(["Europe", "../etc/passwd", "US", "de_XX", "zz", "root", "fr", "xapp-1", "٣"]),
)


def refusal(work: Callable[[], object]) -> str | None:
    """The sentence that it is refused with; None where it is done."""
    try:
        work()
    except (Misconfigured, UnusableDatabase) as refused:
        return str(refused)
    return None


@given(st.sampled_from(sorted(Settings.names())), TEXTS, st.booleans())
@example("port", "", True)
@example("timezone", "Europe", True)
@example("timezone", "a" * 5_000, True)
@example("default_locale", "", True)
@example("public_url", "https://pay.example.com/?a=1", True)
def test_136_162_173_any_text_in_any_setting_is_taken_or_named(
    name: str, text: str, whole: bool
) -> None:
    """One sentence that names the setting, and no other error, whatever is written there."""
    given_texts = {**(WHOLE if whole else {"secret_key": "k" * 32}), name: text}

    said = refusal(
        lambda: parse_address(load(Settings.from_values(given_texts)).storage.database_url)
    )

    assert said is None or name.upper() in said
    assert said is None or "\n" not in said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("SECRET_KEY=k\n".encode("utf-16"), "UTF-16"),
        ("PORT=1\nSUPPORT_CONTACT=Jürgen\n".encode("latin-1"), "line 2: this is not UTF-8"),
        (b"PORT=1\nSECRET_KEY=a\0b\n", "line 2: there is a NUL"),
        (b"PORT=1\n\nSECRET_KEY\n", "line 3: this is no NAME=value"),
        (b"PORT=1\nSECRET KEY=1\n", "line 2: this is no NAME=value"),
        (b"PORT=1\nHOST='127.0.0.1\n", "line 2: this is no NAME=value"),
        (b"PORT=1\nPORT=2\n", "sets PORT twice"),
    ],
)
def test_136_a_file_that_cannot_be_read_as_it_is_meant(
    tmp_path: Path, raw: bytes, said: str
) -> None:
    """The sentence names the file, and the line where there is one."""
    env_file = tmp_path / ".env"
    env_file.write_bytes(raw)

    with pytest.raises(Misconfigured, match=said) as refused:
        read_env_file(env_file)

    assert ".env" in str(refused.value)


def test_136_what_is_no_readable_file(tmp_path: Path) -> None:
    """A folder and a link to itself are not passed over; no file at all is no mistake."""
    folder, missing = tmp_path / ".env", tmp_path / "other"
    folder.mkdir()

    with pytest.raises(Misconfigured, match="no file"):
        read_env_file(folder)
    loop = tmp_path / "loop.env"
    loop.symlink_to(loop)
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_env_file(loop)
    assert read_env_file(missing) == {}


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nothing is unreadable for root"
)
def test_136_a_file_that_others_locked(tmp_path: Path) -> None:
    """The sentence says that we may not read it."""
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=1\n")
    env_file.chmod(0)

    with pytest.raises(Misconfigured, match="cannot be read"):
        read_env_file(env_file)


@given(st.binary(max_size=60))
def test_136_any_bytes_are_a_file_of_settings_or_refused(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    """No traceback for what an editor, or a disk, made of it."""
    env_file = tmp_path_factory.getbasetemp() / "any.env"
    env_file.write_bytes(raw)

    said = refusal(lambda: read_env_file(env_file))

    assert said is None or "any.env" in said


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("STRIPE_SECRET_KEY", "STRIPE_API_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("PUBLICURL", "PUBLIC_URL"),
        ("SIGN_UP", "SIGNUP"),
        ("LOCALE", "DEFAULT_LOCALE"),
        ("SLACK_SECRET", "SLACK_SIGNING_SECRET"),
    ],
)
@pytest.mark.parametrize("value", ["", "something"])
def test_173_a_name_that_is_nearly_ours_is_named_with_the_one_meant(
    slip: str, meant: str, value: str
) -> None:
    """In `.env`, also beside the right name where that is left empty."""
    in_file = {slip: value, meant: "", "SECRET_KEY": "k"}

    with pytest.raises(Misconfigured, match=rf"{slip}.*{meant}"):
        check_names(NAMES, in_file, {})
    if len(slip.split("_")) > 1 and slip not in ("SIGN_UP", "STRIPE_SECRET_KEY"):
        with pytest.raises(Misconfigured, match=rf"{slip}.*{meant}"):
            check_names(NAMES, {"SECRET_KEY": "k"}, {slip: value})


def test_173_other_programs_names_are_none_of_ours() -> None:
    """What is set beside the right name, or is like none of ours, is left alone."""
    others = ["HOSTNAME", "PATH", "TZ", "LANG", "POSTGRES_PASSWORD", "COMPOSE_PROJECT_NAME"]
    prefixed = ["SLACK_APP_ID", "SLACK_TEAM_ID", "STRIPE_API_VERSION", "TELEGRAM_CHAT_ID"]

    check_names(NAMES, dict.fromkeys(others, "x"), dict.fromkeys([*others, *prefixed], "x"))
    check_names(NAMES, {"TELEGRAM_BOT_TOKEN": "x", "TELEGRAM_TOKEN": "x"}, {})


def test_136_173_a_wrong_file_ends_every_command_with_one_sentence(
    tmp_path: Path, topup_bot: Terminal
) -> None:
    """Exit code 2 and no traceback, before anything is done."""
    (tmp_path / ".env").write_bytes("SECRET_KEY=k\n".encode("utf-16"))
    unread = topup_bot("accounts", "list")
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=\n")
    slip = topup_bot("run")

    assert (unread.code, slip.code) == (2, 2)
    assert unread.err.strip() == ".env is written in UTF-16. Save it as UTF-8."
    assert slip.err.strip().endswith("Is it TELEGRAM_BOT_TOKEN?")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("slack_bot_token", "foo", "begins with xoxb-"),
        ("slack_bot_token", "xoxp-1", "begins with xoxb-"),
        ("slack_app_token", "xapp", "begins with xapp-"),
        ("slack_signing_secret", "xoxb-1", "is a token"),
        ("slack_signing_secret", "a b", "a blank"),
        ("telegram_bot_token", "123456:no blanks", "does not look like"),
        ("default_locale", "fr", "There are: en, de"),
        ("public_url", "https://pay.example.com/?a=1", "no address"),
        ("public_url", "https://b\u00fccher.example", "no address"),
        ("host", f"{'a' * 64}.test", "no address to listen at"),
        ("public_url", "https://user@pay.example.com", "no address"),
        ("public_url", "https://pay.example.com/a b", "no address"),
        ("gateways", "sandbox,sandbox", "twice"),
        ("support_contact", "a\nb", "one line"),
        ("sandbox_settle_seconds", "soon", "is a number from 0"),
        ("port", "abc", "from 0 to 65535"),
        ("host", "http://127.0.0.1", "no address to listen at"),
    ],
)
def test_162_173_each_shape_is_checked(name: str, value: str, said: str) -> None:
    """The sentence says what would be right, and does not repeat a secret."""
    with pytest.raises(Misconfigured, match=said) as refused:
        load(Settings.from_values({**WHOLE, name: value}))

    assert name.upper() in str(refused.value)


@pytest.mark.parametrize(("port", "url"), [("19751", "http://127.0.0.1:19751"), ("", "")])
def test_143_links_lead_to_the_port_that_is_listened_at(port: str, url: str) -> None:
    """Without PUBLIC_URL, and with an empty one, it follows PORT."""
    given_port = {"port": port} if port else {}
    config = load(Settings.from_values({"secret_key": "k" * 32, "public_url": "", **given_port}))

    assert config.web.public_url == (url or "http://127.0.0.1:8080")
