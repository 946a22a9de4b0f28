"""Folders: each is a package, and holds no more than one can look over."""

from __future__ import annotations

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
