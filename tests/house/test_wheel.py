"""The wheel, built, installed in a clean environment and run there. It reaches for no network."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.house.source import PRODUCT, ROOT, data_files, name, product_files

BESIDE_THE_CODE = ("pyproject.toml", "README.md", "LICENSE")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
ALONE = ("--no-deps", "--no-index")
PROGRAMS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy, so that building leaves nothing in the project."""
    copy = tmp_path_factory.mktemp("copy")
    for each in BESIDE_THE_CODE:
        shutil.copy(ROOT / each, copy)
    for each in PRODUCT:
        shutil.copytree(ROOT / each, copy / each, ignore=shutil.ignore_patterns("__pycache__"))
    out = tmp_path_factory.mktemp("wheel")
    run(
        *PIP, "wheel", *ALONE, "--no-build-isolation", "--wheel-dir", str(out), str(copy), cwd=copy
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, and sees this one's dependencies.

    A path line in a .pth file shows it the packages here, but does not run the .pth files among
    them, and one of those is what makes the project itself importable here.
    """
    home = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "--without-pip", str(home), cwd=home)
    programs = home / PROGRAMS
    python = str(programs / "python")
    where = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(where.strip(), "dependencies.pth").write_text("\n".join(sorted(here)), encoding="utf-8")
    run(*PIP, "--python", python, "install", *ALONE, str(wheel), cwd=home)
    return programs


def test_the_wheel_holds_the_whole_product(wheel: Path) -> None:
    """Every module, page, template and migration of the product is inside."""
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())

    missing = {name(path) for path in [*product_files(), *data_files()]} - inside
    assert not missing, "Mend [tool.setuptools] in pyproject.toml"


def test_the_installed_code_is_the_wheel_s_own(clean: Path, tmp_path: Path) -> None:
    """What runs in the clean environment comes from there, not from this folder."""
    found = run(str(clean / "python"), "-c", "import bot; print(bot.__file__)", cwd=tmp_path)

    assert Path(found.strip()).is_relative_to(clean.parent)


def test_the_command_shows_its_help(clean: Path, tmp_path: Path) -> None:
    """`topup-bot --help` works from any folder, without a setting."""
    assert "topup-bot" in run(str(clean / "topup-bot"), "--help", cwd=tmp_path)


def test_the_command_makes_the_tables(clean: Path, tmp_path: Path) -> None:
    """`topup-bot db upgrade` finds its migrations in the wheel and makes a new database."""
    run(
        str(clean / "topup-bot"),
        *("db", "upgrade"),
        cwd=tmp_path,
        DATABASE_URL="sqlite:///new.db",
        SECRET_KEY="0123456789abcdef" * 4,
    )

    with closing(sqlite3.connect(tmp_path / "new.db")) as database:
        (revision,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision


def run(*command: str, cwd: Path, **settings: str) -> str:
    """What the program printed. It sees no setting of this process but where things are."""
    kept = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
    environment = {each: os.environ[each] for each in kept if each in os.environ} | settings
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
