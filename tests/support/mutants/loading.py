"""Loads the product's modules in another form than they are written in."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.support.house.source import PRODUCT, is_test, name

Change = Callable[[str, Path], ast.Module]


@dataclass(frozen=True, slots=True)
class ChangedFinder:
    """Finds modules of the product, for `sys.meta_path`; what each becomes says `change`."""

    change: Change
    # Below the project's folder; without it every module is changed.
    only: str = ""

    def find_spec(
        self, module: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None where others find it: pytest has its own way with the asserts of tests."""
        if module.split(".")[0] not in PRODUCT:
            return None
        spec = PathFinder.find_spec(module, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
            return None
        path_here = Path(spec.origin)
        if is_test(path_here) or self.only not in ("", name(path_here)):
            return None
        spec.loader = ChangedLoader(module, spec.origin)
        spec.loader.change = self.change
        return spec


class ChangedLoader(SourceFileLoader):
    """Compiles what the change makes of the file."""

    change: Change

    def path_stats(self, path: str) -> Any:
        """None, since bytecode of before knows of no change."""
        raise OSError(path)

    # A static method of one of its parents, and a plain one of the other.
    def source_to_code(  # type: ignore[override]
        self, data: Any, path: Any, *, _optimize: int = -1
    ) -> CodeType:
        """The module's code."""
        tree = self.change(bytes(data).decode(), Path(path))
        return compile(tree, path, "exec", dont_inherit=True, optimize=_optimize)
