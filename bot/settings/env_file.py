"""Slips in `.env` and in the environment: names that are nearly ours, lines that would be dropped.

It checks no value; each group of settings does that with its own.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from adapters.settings import ENV_FILE, Misconfigured

# How alike a name is that is meant as ours; in the environment, which others fill, more so.
_IN_FILE, _AROUND, _TYPING_SLIP, _LEFT_OUT = 0.7, 0.8, 0.85, 0.6
_SAME_WORDS = 0.5
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_env_file(path: Path = Path(ENV_FILE)) -> dict[str, str]:
    """What the file sets, by names in upper case; nothing where there is no file.

    Raises Misconfigured where a part of it would be left out in silence.
    """
    found: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(_text(path))):
        if binding.error or (binding.key is not None and binding.value is None):
            raise Misconfigured(f"{path}, line {_line(binding)}: this is no NAME=value.")
        if binding.key is None:
            continue
        name, value = binding.key.upper(), (binding.value or "").strip()
        if found.get(name, value) not in ("", value):
            raise Misconfigured(f"{path} sets {name} twice. Keep one of them.")
        found[name] = value
    return found


def check_names(
    settings: Collection[str], in_file: Mapping[str, str], around: Mapping[str, str]
) -> None:
    """A name that is nearly one of `settings`, which has no value, is a slip.

    Of the environment's names only those are looked at that begin as ours do.
    Raises Misconfigured.
    """
    given = {name for names in (in_file, around) for name in names if names[name].strip()}
    missing = sorted(set(settings) - given)
    first_words = {name.partition("_")[0] for name in settings if "_" in name}
    ours = {name for name in around if name.partition("_")[0] in first_words}
    looked_at = ((ENV_FILE, set(in_file), _IN_FILE), ("The environment", ours, _AROUND))
    for where, names, least in looked_at:
        for name in sorted(names.difference(settings)):
            if meant := _meant(name, missing, least):
                which = " or ".join(meant)
                raise Misconfigured(f"{where} sets {name}, which is no setting. Is it {which}?")


def _text(path: Path) -> str:
    """The file's text. Raises Misconfigured with what is wrong with it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Misconfigured(f"{path} is no file. Settings are read from a file of that name.")
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from None
    if raw.startswith(_UTF_16):
        raise Misconfigured(f"{path} is written in UTF-16. Save it as UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Misconfigured(f"{path}, line {line}: this is not UTF-8. Save it as such.") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Misconfigured(f"{path}, line {line}: there is a NUL in it. Save it as UTF-8 text.")
    return text


def _line(binding: Binding) -> int:
    """Where it begins; the parser counts the blank lines before it as its own."""
    text = binding.original.string
    blank = len(text) - len(text.lstrip())
    return int(binding.original.line) + text.count("\n", 0, blank)


def _meant(name: str, missing: Iterable[str], least: float) -> list[str]:
    """The settings that it may be, the likeliest first, two at most."""
    likely = sorted(((_likeness(name, each, least), each) for each in missing), reverse=True)
    return [setting for likeness, setting in likely[:2] if likeness]


def _likeness(name: str, setting: str, least: float) -> float:
    """0 for what is not alike at all."""
    words, others = set(name.split("_")), set(setting.split("_"))
    alike = SequenceMatcher(None, name, setting, autojunk=False).ratio()
    same_words = len(words & others) / len(words | others)
    near = (
        alike >= _TYPING_SLIP
        or (same_words >= _SAME_WORDS and alike >= least)
        or (words < others and alike >= least + _LEFT_OUT - _IN_FILE)
    )
    return alike if near else 0
