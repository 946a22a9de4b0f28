"""Strangers who connect by the hundred, say nothing, or read nothing: all others are served."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapters.outgoing import CONNECTIONS_MAX, HostAllowlist, http_client
from adapters.settings import Misconfigured
from bot.commands.server import serve
from bot.web.connections import DESCRIPTORS_KEPT, connections_max
from bot.web.server import PatientProtocol
from tests.bot.web.test_slow_senders import Hasty, Souring, alive, served, talk
from tests.support.bots.bot_place import bot_place, changed, config_for
from tests.support.bots.paying import PAID, pay_by_card
from tests.support.chats.pocket_chat import button

CROWD, DESCRIPTORS = 300, 256
GET = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
PATIENCE_SECONDS = 20
# Connects so often, tells when that is done, and stays until its input ends.
IDLER = """
import resource, socket, sys
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
held = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]
print("there", flush=True)
sys.stdin.read()
"""


class Calm(PatientProtocol):
    """Never hangs up by itself while a test lasts."""

    header_seconds = 600.0


@contextmanager
def descriptors(number: int) -> Iterator[None]:
    """No more than so many files and sockets for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def crowd(port: int, size: int = CROWD) -> AsyncIterator[None]:
    """So many connections of another process, which say nothing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", "-c", IDLER, str(port), str(size)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        assert await process.stdout.readline() == b"there\n"
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def test_114_a_crowd_that_says_nothing_keeps_nobody_from_paying(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """300 idle connections at 256 descriptors: health, pay page and payment as ever."""
    async with bot_place(tmp_path) as place:
        card = await place.asks_for()
        link = httpx.URL(button(card, "Pay").url or "").path
        with descriptors(DESCRIPTORS):
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                served(place.app.web, Calm, connections_max()) as port,
                crowd(port),
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web,
            ):
                assert (await web.get("/readyz")).text == "ready\n"
                assert (await web.get(link)).status_code == 200
                page = httpx.URL((await web.post(link)).headers["location"]).path
                assert page.startswith("/sandbox/checkout/")
                await pay_by_card(web, page, PAID)
                assert (await place.calls_back(page.rsplit("/", 1)[1])).status_code == 204

    assert "out of system resource" not in caplog.text
    assert caplog.text.count("connections_full") == 1


async def test_114_who_waits_for_an_answer_does_not_give_way() -> None:
    """Where all are being served, it is the newcomer who is told to come again."""
    free, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def slow(_: Request) -> Response:
        begun.release()
        await free.wait()
        return PlainTextResponse("at last")

    async with served(Starlette(routes=[Route("/", slow)]), Calm, limit=2) as port:
        working = [asyncio.create_task(talk(port, closing(GET))) for _ in range(2)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await begun.acquire()
            await begun.acquire()
        refused = await talk(port)
        free.set()

        assert refused.startswith(b"HTTP/1.1 503 ")
        assert [(await each).endswith(b"at last") for each in working] == [True, True]
        assert (await talk(port, closing(GET))).endswith(b"at last")


def closing(request: bytes) -> bytes:
    return request.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("request_", "then"),
    [
        (GET, b"\r\n"),
        (GET.replace(b"\r\n\r\n", b"\r\ncontent-length: 100\r\n\r\n"), b"x"),
        (GET.replace(b"\r\n\r\n", b"\r\ntransfer-encoding: chunked\r\n\r\n"), b"1\r\nx"),
    ],
)
async def test_114_bytes_that_begin_no_request_win_no_time(request_: bytes, then: bytes) -> None:
    """A blank line, or a bit of a body that nobody reads: the connection ends all the same."""

    def answer(_: Request) -> Response:
        Souring.sour()
        return PlainTextResponse("alive")

    async with served(Starlette(routes=[Route("/", answer)]), Souring) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(2):
            writer.write(request_)
            await reader.readuntil(b"alive")
            writer.write(then)
            assert await reader.read() == b""
        writer.close()


async def test_114_who_reads_nothing_is_let_go() -> None:
    """An answer that stays in our hands keeps no connection open for ever."""
    gone = asyncio.Event()

    class Told(Hasty):
        """Says when it ends."""

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

    def much(_: Request) -> Response:
        return PlainTextResponse("y" * 20_000_000)

    async with served(Starlette(routes=[Route("/", much)]), Told) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        try:
            writer.write(GET)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await gone.wait()
        finally:
            writer.transport.abort()


async def test_114_requests_that_do_not_wait_for_answers_are_refused() -> None:
    """Some may be sent ahead; a thousand at once would only fill the memory."""
    async with served(Starlette(routes=[Route("/", alive)]), Calm) as port:
        answer = await talk(port, GET * 1_000)
        few = await talk(port, GET * 5 + closing(GET))

    assert answer.count(b"alive") < 20
    assert few.count(b"alive") == 6


async def test_101_headers_that_come_at_once_are_counted_too() -> None:
    """One large write is no way around the limit, neither in a header nor in the address."""
    for request in (
        GET.replace(b"\r\n\r\n", b"\r\na: " + b"b" * 100_000 + b"\r\n\r\n"),
        b"GET /" + b"1" * 100_000 + b" HTTP/1.1\r\nhost: a\r\n\r\n",
    ):
        async with served(Starlette(routes=[Route("/", alive)]), Calm) as port:
            answer = await talk(port, request)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


async def test_101_a_web_socket_is_no_way_in(caplog: pytest.LogCaptureFixture) -> None:
    """Who asks for one is answered as if they had not, and nothing is logged."""
    asking = GET.replace(
        b"\r\n\r\n", b"\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n"
    )
    async with served(Starlette(routes=[Route("/", alive)]), Calm) as port:
        assert (await talk(port, asking)).endswith(b"alive")

    assert caplog.text == ""


@pytest.mark.parametrize(("allowed", "given"), [(4_096, 500), (256, 160), (100, 25)])
def test_some_descriptors_are_kept_back(allowed: int, given: int) -> None:
    """Strangers get what is left of a process's descriptors, and never all of many."""
    with descriptors(allowed):
        assert connections_max() == given
    assert given <= max(allowed - DESCRIPTORS_KEPT, allowed // 4)


async def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    """Before anything is begun, and with the setting's name."""
    async with bot_place(tmp_path) as place, served(Starlette()) as port:
        with pytest.raises(Misconfigured, match=f"PORT: nobody can listen at 127.0.0.1:{port}"):
            await serve(place.app, changed(config_for(tmp_path / "bot.db"), port=port))


async def test_114_no_page_opens_a_file(tmp_path: Path) -> None:
    """A crowd that asks for it costs no descriptors beside those of its connections."""
    async with bot_place(tmp_path) as place:
        link = button(await place.asks_for(), "Pay").url or ""
        back = await place.return_address(link)
        pages = ("/healthz", "/readyz", "/pages.css", "/nothing", link, f"{link}/qr.png", back)
        usual = [(await place.web.get(page)).content for page in pages]
        with descriptors(_lowest_free()):
            found = [(await place.web.get(page)).content for page in pages]

    assert found == usual
    assert all(usual)


async def test_114_a_crowd_at_a_gateway_takes_some_descriptors_only() -> None:
    """Whoever presses while it is slow waits for those before them."""
    asked, free = [], asyncio.Event()

    async def slow(request: Request) -> Response:
        asked.append(request.url.path)
        await free.wait()
        return PlainTextResponse("at last")

    async with served(Starlette(routes=[Route("/", slow)]), Calm) as port:
        address = f"http://127.0.0.1:{port}/"
        async with http_client(HostAllowlist("tests", address), trust_env=False) as web:
            presses = [asyncio.create_task(web.get(address, timeout=60)) for _ in range(60)]
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(asked) < CONNECTIONS_MAX:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            at_once = len(asked)
            free.set()
            answers = await asyncio.gather(*presses)

    assert at_once == CONNECTIONS_MAX
    assert {each.text for each in answers} == {"at last"}


def _lowest_free() -> int:
    """Of descriptors: with no more than so many, nothing can be opened."""
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    return free
