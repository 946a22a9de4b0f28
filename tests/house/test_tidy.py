"""The house rules that a machine can read: sizes, sentences, lists that agree. No behaviour."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.fuzz import looking
from tests.support.house.scheduling import SHARING, SLOW
from tests.support.house.source import (
    PRODUCT,
    ROOT,
    code_in,
    commands,
    data_files,
    dependencies,
    documents,
    dotted,
    family,
    functions,
    imported,
    is_test,
    matches,
    measured,
    name,
    opens_with_sentence,
    parsed,
    pins,
    product_files,
    project,
    python_files,
    starts,
)

FUNCTION_LINES_MAX = 40
FUNCTION_LINES_MEDIAN_MAX = 10
FILE_LINES_MAX = 300
LINE_LENGTH_MAX = 99
TEST_SECONDS_MAX = 300


def assert_none(offenders: Iterable[str], remedy: str) -> None:
    found = sorted(offenders)
    assert not found, "\n  ".join([remedy, *found])


# --- sizes and sentences ---------------------------------------------------------------------


def test_functions_fit_in_one_look() -> None:
    """No function has more than 40 lines of code."""
    long = (
        f"{name(path)}:{function.lineno} {function.name}: {lines}"
        for path, function, lines in measured(python_files())
        if lines > FUNCTION_LINES_MAX
    )

    assert_none(long, f"Over {FUNCTION_LINES_MAX} lines of code; split by what happens:")


def test_the_usual_function_is_small() -> None:
    """Half of the product's functions have ten lines of code or fewer."""
    sizes = [lines for _, _, lines in measured(product_files())]

    assert statistics.median(sizes) <= FUNCTION_LINES_MEDIAN_MAX


def test_files_stay_short() -> None:
    """No Python file has more than 300 lines, and none of its lines more than 99 characters."""
    texts = {name(path): path.read_text(encoding="utf-8").splitlines() for path in python_files()}
    long = (f"{at}: {len(lines)}" for at, lines in texts.items() if len(lines) > FILE_LINES_MAX)
    wide = (
        f"{at}:{number}: {len(line)}"
        for at, lines in texts.items()
        for number, line in enumerate(lines, start=1)
        if len(line) > LINE_LENGTH_MAX
    )

    assert_none(long, f"Over {FILE_LINES_MAX} lines; move one subject to a file of its own:")
    assert_none(wide, f"Over {LINE_LENGTH_MAX} characters; break the line:")


def test_modules_say_what_they_are() -> None:
    """Every module opens with a docstring whose first paragraph is whole sentences."""
    silent = (name(path) for path in python_files() if not opens_with_sentence(parsed(path)))

    assert_none(silent, "Open with a sentence: what it is and what it refuses to do:")


def test_tests_say_the_behaviour() -> None:
    """Every test has a docstring that says in a sentence what holds."""
    silent = (
        f"{name(path)}:{function.lineno} {function.name}"
        for path in python_files()
        if is_test(path)
        for function in functions(path)
        if function.name.startswith("test_") and not opens_with_sentence(function)
    )

    assert_none(silent, "Say the behaviour in a one-sentence docstring:")


def test_tests_use_fakes_or_the_real_thing() -> None:
    """No test patches with unittest.mock."""
    patching = (
        name(path)
        for path in python_files()
        if is_test(path)
        if any(module.startswith("unittest.mock") for module in imported(path))
    )

    assert_none(patching, "Write a fake with the port's methods instead of unittest.mock:")


def test_185_every_test_has_a_time_limit(pytestconfig: pytest.Config) -> None:
    """A test that hangs fails by itself, and the rest of the suite goes on."""
    assert pytestconfig.pluginmanager.hasplugin("timeout")
    assert 0 < float(pytestconfig.getini("timeout")) <= TEST_SECONDS_MAX


# --- what may know what ----------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "mark"), [("chat", "show"), ("gateways", "open_checkout")])
def test_adapters_of_one_kind_do_not_know_each_other(kind: str, mark: str) -> None:
    """Nothing of Slack's imports anything of Telegram's, no gateway's anything of another's.

    An adapter is known by the method that its port asks for; small helpers may serve several.
    """
    package = f"adapters.{kind}"
    modules = {
        path: family(dotted(path), package) for path in (ROOT / "adapters" / kind).rglob("*.py")
    }
    adapters = {
        modules[path] for path in modules if mark in {each.name for each in functions(path)}
    }
    crossings = (
        f"{name(path)} imports {module}"
        for path, own in modules.items()
        for module in imported(path)
        if module.startswith(f"{package}.")
        if family(module, package) in adapters - {own}
    )

    assert_none(crossings, "Adapters stand alone; move what both need to the port or the core:")


def test_the_product_imports_only_what_it_declares() -> None:
    """Whatever the product imports is a dependency in pyproject.toml, or Python's own."""
    declared = {canonicalize_name(requirement.name) for requirement in dependencies("run")}
    homes = packages_distributions()
    strangers = (
        f"{name(path)} imports {top}"
        for path in product_files()
        if "contracts" not in path.parts  # shipped tests: they run where pytest is
        for top in {module.split(".")[0] for module in imported(path)}
        if top not in sys.stdlib_module_names and top not in PRODUCT
        if declared.isdisjoint(canonicalize_name(home) for home in homes.get(top, ()))
    )

    assert_none(strangers, "Add it to [project] dependencies and docs/why.md, or do without:")


# --- lists that must agree -------------------------------------------------------------------


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    """The settings in bot/settings/ and the names in .env.example are the same."""
    from bot.settings.config import Settings

    settings = {field.upper() for field in Settings.names()}
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=", text, flags=re.MULTILINE)

    assert_none(settings.difference(explained), "Explain in .env.example:")
    assert_none(set(explained).difference(settings), "In .env.example, but no setting:")
    assert_none({each for each in explained if explained.count(each) > 1}, "Explained twice:")


def test_every_command_is_documented_and_has_help() -> None:
    """A reader of docs/operating.md or of --help finds every command there is."""
    table = " ".join(code_in(ROOT / "docs" / "operating.md"))
    known = dict(commands())
    missing = (each for each in known if not re.search(rf"topup-bot {each}(?![\w-])", table))
    helpless = (each for each, help_text in known.items() if not help_text)

    assert_none(missing, "Show in docs/operating.md as `topup-bot …`:")
    assert_none(helpless, "Give the command a docstring, which is its help:")


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_command_in_a_document_exists(document: Path) -> None:
    """What README.md and docs tell people to type is understood."""
    known = [command.split() for command, _ in commands()]
    typed = re.findall(r"topup-bot((?: +[a-z][a-z-]*)+)", "\n".join(code_in(document)))
    unknown = (words for words in typed if not any(starts(words.split(), each) for each in known))

    assert_none(unknown, f"{name(document)} shows these, and `topup-bot` does not know them:")


def test_every_data_file_is_packaged() -> None:
    """Every file of the product that is not Python is matched by a pattern of package data."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern}"
        for package, of_package in project()["tool"]["setuptools"]["package-data"].items()
        for pattern in of_package
    ]
    forgotten = (
        name(path)
        for path in data_files()
        if not any(matches(path, pattern) for pattern in patterns)
    )

    assert_none(forgotten, "Add to [tool.setuptools.package-data]:")


# --- the tests themselves ----------------------------------------------------------------------


def test_the_schedule_names_tests_that_exist() -> None:
    """A file that was renamed would quietly run at the end, or apart from what it shares."""
    files = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = {*SHARING, *(start for start in SLOW if start not in SHARING.values())}
    lost = (start for start in named if not any(each.startswith(start) for each in files))

    assert_none(lost, "In tests/support/house/scheduling.py, but no test file begins so:")


# --- dependencies ----------------------------------------------------------------------------


def test_every_dependency_has_its_reason() -> None:
    """docs/why.md has a row for each dependency, and none for what is not one."""
    text = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
    reasons = set(re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE))
    names = {requirement.name for requirement in dependencies("dev")}

    assert_none(names.difference(reasons), "Say in docs/why.md why it earns its place:")
    assert_none(reasons.difference(names), "In docs/why.md, but no dependency:")


@pytest.mark.parametrize("chosen", ["run", "dev"])
def test_pins_are_hashed_and_name_no_place(chosen: str) -> None:
    """Requirements hold versions and hashes only, so that any package index will do."""
    text = (ROOT / "requirements" / f"{chosen}.txt").read_text(encoding="utf-8")
    pin = r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+\n"

    assert re.fullmatch(f"({pin})+", text), "Write it anew: python3 tasks.py lock"


@pytest.mark.parametrize("chosen", ["run", "dev"])
def test_pins_fit_the_project(chosen: str) -> None:
    """Every dependency is pinned, to a version that pyproject.toml allows."""
    pinned = pins(chosen)
    backend = [Requirement(each) for each in project()["build-system"]["requires"]]
    unfit = (
        f"{requirement} (pinned: {pinned.get(canonicalize_name(requirement.name))})"
        for requirement in [*dependencies(chosen), *backend]
        if not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), ""))
    )

    assert_none(unfit, "Write requirements anew: python3 tasks.py lock")


def test_what_is_tested_is_what_runs() -> None:
    """The development set holds every pin of the other set, unchanged."""
    apart = pins("run").items() - pins("dev").items()

    assert_none((f"{package} {version}" for package, version in apart), "python3 tasks.py lock")


# --- strangers' words ------------------------------------------------------------------------


def test_103_every_function_that_looks_through_text_is_tried() -> None:
    """Whoever writes one lists a door that leads to it, or says why no stranger's word does."""
    known, found = looking.excused(), looking.looking()

    assert_none(found - looking.led_to() - known, "Add a door or a reason: strangers_words.py")
    assert_none(known - found, "Gone; remove from strangers_words.py:")
