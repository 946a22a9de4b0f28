#!/usr/bin/env python3
"""Makes and reuses .venv, then runs one task in it; it installs nothing anywhere else.

Standard library only, and readable by a Python too old to run it, so that it can say so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
# Says which requirements are installed. Written last and removed first: no stamp, no trust.
STAMP = VENV / "topup-bot-installed.txt"
TAIL_LINES_MAX = 15
INTERRUPTED = 130  # what a shell reports after Ctrl-C

TASKS = {
    "demo": "a Slack, a Telegram and a payment page to try everything in; needs no account",
    "test": "run the tests (arguments go to pytest)",
    "check": "formatting, lint, types, import rules and known vulnerabilities",
    "run": "run the bot with the settings in the environment or .env",
    "shots": "take the pictures in docs/shots anew, in the Chromium that this system has",
    "fuzz": "the long run of the fuzzer (--seed, --share, --lane); never part of the tests",
    "soak": "the long lanes: histories, kills, a bad database; goes on where it was stopped",
    "gate": "plant known bugs, one after the other, and see that the tests find each",
    "mutants": "change the core in small ways, one by one, and count what the tests find",
    "bench": "measure speed beside anchors, some minutes on a quiet machine (--quick, --only)",
    "lock": "write requirements/*.txt anew from pyproject.toml (arguments go to uv)",
}
# Which tests stay together is said in tests/support/house/scheduling.py.
ON_EVERY_CORE = ("--numprocesses=auto",)
# What runs long, and never in CI.
LANES = {
    "shots": "tests.support.browser.shots",
    "fuzz": "tests.support.fuzz.run",
    "soak": "tests.support.soak.run",
    "gate": "tests.support.planted.run",
    "mutants": "tests.support.mutants.run",
}
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy", "--strict"),
    ("lint-imports", "--no-logo"),
    (PYTHON.name, "-m", "tests.support.house.dependency_audit"),
)
# What the audit of dependencies says where its service cannot be asked: no failure of ours.
COULD_NOT = 75
OUTCOMES = {0: "passed", COULD_NOT: "COULD NOT RUN"}


class Failure(Exception):
    """Something the person at the keyboard can mend; its text says how."""


def main(arguments: list[str], python: tuple[int, ...] = sys.version_info[:2]) -> int:
    """The exit code of the task; 1 with a sentence where it cannot start, 2 where it is none."""
    if python < OLDEST_PYTHON:
        found, needed = (".".join(map(str, version)) for version in (python, OLDEST_PYTHON))
        return refuse(f"topup-bot needs Python {needed} or newer, and this is Python {found}.")
    if not arguments or arguments[0] not in TASKS:
        asked = bool(arguments) and arguments[0] not in ("help", "-h", "--help")
        say(usage())
        return 2 if asked else 0
    try:
        return perform(arguments[0], arguments[1:])
    except Failure as failure:
        return refuse(str(failure))
    except KeyboardInterrupt:
        return INTERRUPTED


def perform(task: str, extra: list[str]) -> int:
    if task == "lock":
        return lock(extra)
    if task == "test":
        prepare("dev")
        return become([str(PYTHON), "-m", "pytest", *ON_EVERY_CORE, *extra])
    if task in LANES:
        prepare("dev")
        return become([str(PYTHON), "-m", LANES[task], *extra])
    if task == "bench":
        prepare("dev")
        return become([str(PYTHON), "-m", "bench", *extra])
    if task == "check":
        prepare("dev")
        return check(extra)
    prepare("run")
    return become([str(PYTHON), "-m", "bot", task, *extra])


# --- the environment -------------------------------------------------------------------------


def prepare(wanted: str) -> None:
    """Leave a .venv that holds requirements/<wanted>.txt and this project, whatever was there."""
    if is_prepared(wanted):
        return
    STAMP.unlink(missing_ok=True)
    if not is_usable():
        create()
    pip("install", "--require-hashes", "-r", f"requirements/{wanted}.txt")
    pip("install", "--no-deps", "--no-build-isolation", "-e", ".")
    STAMP.write_text(stamp(wanted), encoding="utf-8")


def is_prepared(wanted: str) -> bool:
    if not PYTHON.exists() or not STAMP.exists():
        return False
    # The development set holds the other one, so it serves both.
    return STAMP.read_text(encoding="utf-8") in (stamp(wanted), stamp("dev"))


def stamp(requirements: str) -> str:
    """Changes with the pins, the project file, the Python, and the folder (.venv cannot move)."""
    digest = hashlib.sha256()
    for part in (
        (ROOT / "requirements" / f"{requirements}.txt").read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        platform.python_version().encode(),
        str(ROOT).encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return f"{requirements} {digest.hexdigest()}\n"


def is_usable() -> bool:
    """Whether .venv has a pip that works, on the Python that runs this."""
    question = "import pip, platform; print(platform.python_version())"
    try:
        answer = subprocess.run(
            [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return answer.stdout.strip() == platform.python_version()


def create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        raise Failure(
            "This Python cannot make a virtual environment: its ensurepip is missing.\n"
            "On Debian and Ubuntu one package brings it: sudo apt install "
            f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        )
    say(f"Making .venv with Python {platform.python_version()}")
    # Not sys.executable, which may be the very .venv that is about to be cleared.
    base = getattr(sys, "_base_executable", None) or sys.executable
    quietly([base, "-m", "venv", "--clear", str(VENV)], "Delete .venv and try again.")


def pip(*arguments: str) -> None:
    target = arguments[-1]
    say("Installing " + ("topup-bot itself" if target == "." else f"{target} into .venv"))
    quietly(
        [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments],
        "Is the network there? Behind a proxy set HTTPS_PROXY, with a package mirror set\n"
        "PIP_INDEX_URL. Then run the same command again; it goes on where it stopped.",
        PIP_USER="0",  # a person's own pip settings may ask for --user, which .venv refuses
    )


def quietly(command: list[str], advice: str, **environment: str) -> None:
    """Run without a word; where it fails, show the end of what it said, and the advice."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.strip().splitlines()[-TAIL_LINES_MAX:])
        raise Failure(f"{tail}\n\nThat did not work: {' '.join(command)}\n{advice}")


# --- the tasks -------------------------------------------------------------------------------


def check(extra: list[str]) -> int:
    """Run every check, also after one that failed, and say of each how it went."""
    if extra:
        raise Failure(f"check takes no arguments; these were given: {' '.join(extra)}")
    codes = {}
    for tool, *arguments in CHECKS:
        name = " ".join([tool, *arguments])
        say(f"--- {name}")
        codes[name] = subprocess.call([str(PROGRAMS / tool), *arguments], cwd=ROOT)
    for name, code in codes.items():
        say(f"{OUTCOMES.get(code, 'FAILED')}  {name}")
    return 0 if OUTCOMES.keys() >= set(codes.values()) else 1


def lock(extra: list[str]) -> int:
    """Pin and hash what pyproject.toml asks for, for every platform and Python at once."""
    # Here, since an old Python has no tomllib and must still be able to read this file.
    import tomllib

    uv = shutil.which("uv") or shutil.which("uv", path=str(PROGRAMS))
    if uv is None:
        raise Failure(
            "Locking needs uv, which is not installed. Install it (pipx install uv, or\n"
            "https://docs.astral.sh/uv/getting-started/installation/) and run this again."
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # The build backend too, because the project itself is installed without build isolation.
    backend = "\n".join(project["build-system"]["requires"])
    # The second follows the first, so that what is tested is what runs.
    sets = {"run": [], "dev": ["--group", "dev", "--constraints", "requirements/run.txt"]}
    for name, choice in sets.items():
        say(f"Locking requirements/{name}.txt")
        command = [uv, "pip", "compile", "pyproject.toml", "-", *choice, *extra]
        command += ["--universal", "--python-version", ".".join(map(str, OLDEST_PYTHON))]
        command += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
        command += ["--no-emit-index-url", "--no-emit-find-links"]
        command += ["--output-file", f"requirements/{name}.txt"]
        code = subprocess.run(command, cwd=ROOT, input=backend, text=True, check=False).returncode
        if code != 0:
            return code
    return 0


def become(command: list[str]) -> int:
    """Go on as that command: its exit code is ours, and every signal reaches it."""
    if os.name == "posix":
        os.chdir(ROOT)
        os.execv(command[0], command)  # does not return
    # Windows has no such call: wait, and leave Ctrl-C to the child, which gets it as well.
    with subprocess.Popen(command, cwd=ROOT) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue


# --- words -----------------------------------------------------------------------------------


def usage() -> str:
    rows = (f"  {name:<6} {meaning}" for name, meaning in TASKS.items())
    return "\n".join(["Usage: python3 tasks.py TASK [ARGUMENTS]", "", *rows])


def say(line: str) -> None:
    """To standard error: standard output belongs to the task."""
    print(line, file=sys.stderr, flush=True)


def refuse(reason: str) -> int:
    say(reason)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
