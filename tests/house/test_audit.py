"""Known vulnerabilities: a finding is told apart from a service that nobody could ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.house.dependency_audit import COULD_NOT, main, verdict

PINS = "".join(f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in ("sound", "broken"))
VULNERABLE = {
    "id": "PYSEC-2026-1",
    "aliases": [],
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "broken"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}


class Osv(BaseHTTPRequestHandler):
    """Knows of one package that is vulnerable."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        found = {"vulns": [VULNERABLE]} if asked["package"]["name"] == "broken" else {}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def osv() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        serving = Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()
        serving.join()


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    file = tmp_path / "pins.txt"
    file.write_text(PINS, encoding="utf-8")
    return file


def test_68_a_vulnerable_pin_fails_and_says_what_mends_it(
    pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service that knows of one package: exit code 1, its name, and the version to take."""
    with osv() as address:
        assert main(pins, address) == 1
    assert capsys.readouterr().out == "broken 1.0: PYSEC-2026-1, mended in 1.1\n"


def test_68_a_service_that_is_not_there_is_no_finding(
    pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody listens: it says that it could not ask, and does not claim that all is well."""
    assert main(pins, "http://127.0.0.1:9/v1/query") == COULD_NOT
    assert capsys.readouterr().out.startswith("pip-audit could not ask")


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("", COULD_NOT),
        ("<html>a proxy's page</html>", COULD_NOT),
        ("[]", COULD_NOT),
        ('{"dependencies": []}', COULD_NOT),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', COULD_NOT),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0),
    ],
)
def test_what_was_printed_decides(printed: str, code: int) -> None:
    """Only a whole answer about every package counts as one."""
    assert verdict(printed).code == code
