"""tasks.py as a newcomer meets it, on a tiny project of the same shape. It asks no network."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tasks
from tests.support.house import dependency_audit as audit
from tests.support.house.source import ROOT

# Builds an editable wheel by itself, so that the tiny project needs no package index.
BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    import pathlib
    name, about = "tiny-1-py3-none-any.whl", "tiny-1.dist-info"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(f"{about}/RECORD", "")
        wheel.writestr("tiny.pth", str(pathlib.Path.cwd()))
    return name
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BOT = "import sys\nprint('bot', *sys.argv[1:])\nsys.exit(7)\n"
UNOBTAINABLE = "nothing-of-this-name==1 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with tasks.py, a bot that ends with 7, and requirements that are empty."""
    shutil.copy(ROOT / "tasks.py", tmp_path)
    (tmp_path / "requirements").mkdir()
    for path, text in {
        "backend.py": BACKEND,
        "pyproject.toml": PROJECT,
        "bot/__main__.py": BOT,
        "requirements/run.txt": "",
        "requirements/dev.txt": "",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def stamped(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder as the place of this process's tasks, with a .venv that looks complete."""
    venv = home / ".venv"
    monkeypatch.setattr(tasks, "ROOT", home)
    monkeypatch.setattr(tasks, "PYTHON", venv / "python")
    monkeypatch.setattr(tasks, "STAMP", venv / "stamp")
    venv.mkdir()
    (venv / "python").touch()
    return home


def test_a_task_makes_its_environment_once_and_mends_a_broken_one(home: Path) -> None:
    """A failed install says why and is not trusted, a good one is, and a broken one is mended.

    One story, since each making of an environment takes seconds.
    """
    pins = home / "requirements" / "run.txt"
    pins.write_text(UNOBTAINABLE, encoding="utf-8")
    failed = typed(home, "demo")
    trusted = (home / ".venv" / "topup-bot-installed.txt").exists()
    pins.write_text("", encoding="utf-8")
    first = typed(home, "run", "--port", "1")
    second = typed(home, "run")
    (home / ".venv" / "topup-bot-installed.txt").unlink()
    shutil.rmtree(next((home / ".venv").rglob("site-packages")))
    third = typed(home, "run")

    assert (failed.returncode, trusted) == (1, False)
    assert "Making .venv" in failed.stderr
    assert "nothing-of-this-name" in failed.stderr
    assert "Is the network there?" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert (first.returncode, first.stdout) == (7, "bot run --port 1\n")
    assert "Installing requirements/run.txt" in first.stderr
    assert (second.returncode, second.stdout, second.stderr) == (7, "bot run\n", "")
    assert (third.returncode, third.stdout) == (7, "bot run\n")
    assert "Making .venv" in third.stderr


def test_the_development_set_serves_both(stamped: Path) -> None:
    """What is installed for tests runs the bot too, and not the other way round."""
    tasks.STAMP.write_text(tasks.stamp("dev"), encoding="utf-8")
    assert tasks.is_prepared("run")
    assert tasks.is_prepared("dev")

    tasks.STAMP.write_text(tasks.stamp("run"), encoding="utf-8")
    assert tasks.is_prepared("run")
    assert not tasks.is_prepared("dev")


@pytest.mark.parametrize("changed", ["requirements/run.txt", "pyproject.toml"])
def test_a_change_of_pins_or_project_installs_again(stamped: Path, changed: str) -> None:
    """An environment is trusted only for the files that it was made from."""
    tasks.STAMP.write_text(tasks.stamp("run"), encoding="utf-8")
    (stamped / changed).write_text("changed", encoding="utf-8")

    assert not tasks.is_prepared("run")


def test_an_environment_that_moved_is_not_trusted(
    stamped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copied folder brings a .venv that still points to where it came from."""
    tasks.STAMP.write_text(tasks.stamp("run"), encoding="utf-8")
    shutil.copytree(stamped / "requirements", stamped / "moved" / "requirements")
    shutil.copy(stamped / "pyproject.toml", stamped / "moved")
    monkeypatch.setattr(tasks, "ROOT", stamped / "moved")

    assert not tasks.is_prepared("run")


def test_without_ensurepip_the_one_package_is_named(home: Path) -> None:
    """Debian's bare Python is told which package brings what is missing."""
    bare = "import runpy, sys; sys.modules['ensurepip'] = None; sys.argv = ['tasks.py', 'run'];"
    told = ran(
        home, sys.executable, "-c", bare + "runpy.run_path('tasks.py', run_name='__main__')"
    )

    assert told.returncode == 1
    assert f"sudo apt install python3.{sys.version_info.minor}-venv" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_old_python_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """A Python before 3.11 can read the file, and gets a sentence."""
    ast.parse((ROOT / "tasks.py").read_text(encoding="utf-8"), feature_version=(3, 7))

    assert tasks.main(["demo"], python=(3, 9)) == 1
    assert "needs Python 3.11 or newer, and this is Python 3.9" in capsys.readouterr().err


def test_locking_without_uv_says_what_to_install(
    stamped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only locking needs a tool that .venv does not bring, and it says so."""
    monkeypatch.setenv("PATH", str(stamped))
    monkeypatch.setattr(tasks, "PROGRAMS", stamped)

    assert tasks.main(["lock"]) == 1
    assert "Locking needs uv" in capsys.readouterr().err


def test_check_goes_on_after_a_failure_and_reports_each(
    stamped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One failed check does not hide the others, and makes the whole fail."""
    monkeypatch.setattr(tasks, "PROGRAMS", Path(sys.executable).parent)
    python = Path(sys.executable).name
    codes = (1, 0, tasks.COULD_NOT)
    checks = tuple((python, "-c", f"raise SystemExit({code})") for code in codes)
    monkeypatch.setattr(tasks, "CHECKS", checks)

    assert tasks.check([]) == 1
    report = capsys.readouterr().err.splitlines()[-3:]
    assert [line.split("  ")[0] for line in report] == ["FAILED", "passed", "COULD NOT RUN"]


def test_a_check_that_could_not_run_fails_nothing_and_is_told(
    stamped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a network the vulnerabilities stay unknown; the rest of the check still counts."""
    monkeypatch.setattr(tasks, "PROGRAMS", Path(sys.executable).parent)
    python = Path(sys.executable).name
    monkeypatch.setattr(tasks, "CHECKS", ((python, "-c", f"raise SystemExit({audit.COULD_NOT})"),))

    assert tasks.check([]) == 0
    assert "COULD NOT RUN" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "code"), [([], 0), (["--help"], 0), (["dance"], 2)])
def test_usage_names_every_task(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing, a question, or a word that is no task: the answer is the list."""
    assert tasks.main(words) == code
    shown = capsys.readouterr().err
    assert all(f"  {task}" in shown for task in tasks.TASKS)


def test_make_knows_every_task() -> None:
    """The Makefile is an alias: the same names and nothing of its own."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (rule,) = (line for line in text.splitlines() if "tasks.py $@" in line)

    assert rule.split(":")[0].split() == list(tasks.TASKS)


def typed(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return ran(home, sys.executable, "tasks.py", *words)


def ran(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """From that folder, with a pip that may ask no index."""
    return subprocess.run(
        command,
        cwd=home,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
