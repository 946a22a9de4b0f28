"""Folders: packages of at most 18 modules each; the composition root builds in one pass."""

from __future__ import annotations

import ast
from collections import Counter

from tests.support.house.source import name, product_files, python_files

FOLDER_MODULES_MAX = 18


def test_folders_hold_a_room_full_and_no_more() -> None:
    """No folder has more than 18 modules, beside its `__init__.py`."""
    modules = Counter(name(path.parent) for path in python_files() if path.name != "__init__.py")
    full = (f"{at}: {count}" for at, count in modules.items() if count > FOLDER_MODULES_MAX)
    assert sorted(full) == [], "Move one subject to a folder of its own"


def test_every_folder_of_the_product_is_a_package() -> None:
    """Only a folder with an `__init__.py` gets into the wheel."""
    bare = (
        name(path.parent) for path in product_files() if not (path.parent / "__init__.py").exists()
    )
    assert sorted(set(bare)) == [], "Add an __init__.py that says what the folder is for"


def test_the_composition_root_repairs_nothing_afterwards() -> None:
    """What `bot/wiring/` builds gets everything as it is made; nothing is set on it later."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in product_files()
        if name(path.parent) == "bot/wiring"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del)
    ]
    assert found == [], "Give it to the constructor"
