"""One Chromium and one demo for every browser test; where there is none, it says so by name."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser.browser import NAMES, PHONE, Demo, Desk, chromium, launched, opened

# Long enough to see a bank transfer pending, and no longer.
_SETTLE_SECONDS = 2.0


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chrome() -> AsyncIterator[Browser]:
    """The system's Chromium. Without one, tests are skipped, but in CI they fail."""
    program = chromium()
    if program is None:
        reason = f"no Chromium: none of {', '.join(NAMES)} is installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    async with launched(program) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def only_demo(
    chrome: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    """One demo for all tests, since its start takes a while."""
    demo = Demo(tmp_path_factory.mktemp("browser"), settle_seconds=_SETTLE_SECONDS)
    try:
        yield demo
    finally:
        await demo.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def running(only_demo: Demo, request: pytest.FixtureRequest) -> Demo:
    """The demo; begun anew where a failed test may have left business open in it."""
    if only_demo.process is None or only_demo.failures != request.session.testsfailed:
        await only_demo.stop()
        await only_demo.start()
        only_demo.failures = request.session.testsfailed
    return only_demo


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    chrome: Browser, running: Demo, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Desk]:
    """The page on a wide screen. Whatever the test looks at, no page may complain meanwhile."""
    async with opened(chrome, running.address) as found:
        yield found
        if request.session.testsfailed > running.failures:
            await found.page.screenshot(path=tmp_path / "failed.png")
        assert await found.not_drawn() == []
    assert found.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(chrome: Browser, running: Demo) -> AsyncIterator[Desk]:
    """The page on a narrow phone, with the same demand."""
    async with opened(chrome, running.address, PHONE) as found:
        yield found
        assert await found.not_drawn() == []
    assert found.complaints == []
