"""Asks whether anything that is pinned has a known vulnerability. It installs and mends nothing.

pip-audit asks OSV (https://google.github.io/osv.dev/api/). It ends alike for a finding and for a
network that is not there, so what it printed decides, and not how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.house.source import ROOT

OSV = "https://api.osv.dev/v1/query"
PINS = ROOT / "requirements" / "dev.txt"  # which holds every pin of run.txt
COULD_NOT = 75  # what sysexits.h calls a failure for the time being
CONNECT_SECONDS = 3
WHOLE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to print, and the exit code: 0, 1 for a finding, COULD_NOT."""

    code: int
    lines: tuple[str, ...]


def main(pins: Path = PINS, osv: str = OSV) -> int:
    """0 when nothing is known against the pins, 1 for a finding, COULD_NOT when nobody told."""
    found = verdict(_asked(pins, osv))
    sys.stdout.write("".join(f"{line}\n" for line in found.lines))
    return found.code


def verdict(printed: str) -> Verdict:
    """Reads what pip-audit printed as JSON; anything else is no answer."""
    try:
        listed = json.loads(printed)["dependencies"]
        findings = [line for each in listed for line in _findings(each)]
        skipped = [each["name"] for each in listed if "skip_reason" in each]
    except (ValueError, KeyError, TypeError):
        return Verdict(COULD_NOT, ("pip-audit could not ask: its service did not answer.",))
    if findings:
        return Verdict(1, tuple(findings))
    if skipped or not listed:
        names = ", ".join(skipped) or "nothing was listed"
        return Verdict(COULD_NOT, (f"pip-audit could not ask about all: {names}.",))
    return Verdict(0, (f"pip-audit: no known vulnerability in {len(listed)} pinned packages.",))


def _findings(dependency: dict[str, Any]) -> Sequence[str]:
    return [
        f"{dependency['name']} {dependency['version']}: {each['id']}, "
        f"mended in {', '.join(each['fix_versions']) or 'no version yet'}"
        for each in dependency.get("vulns", ())
    ]


def _asked(pins: Path, osv: str) -> str:
    command = (
        *(sys.executable, "-m", "pip_audit", "--requirement", str(pins)),
        *("--disable-pip", "--require-hashes", "--format", "json", "--desc", "off"),
        *("--vulnerability-service", "osv", "--osv-url", osv, "--progress-spinner", "off"),
        *("--timeout", str(CONNECT_SECONDS)),
    )
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=WHOLE_SECONDS,
            check=False,
            # A person's own settings of pip-audit are not for this.
            env={k: v for k, v in os.environ.items() if not k.startswith("PIP_AUDIT_")},
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
