"""Writes a picture as a PNG of at most 256 colours, a third as big; it rounds, never dithers."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

COLOURS_MAX = 256

_HUES_MAX = 160
_HUE = 0xE0E0E0
_SHADE = 0xFCFCFC
_RGB = 0xFFFFFF


def png(rgba: bytes, width: int) -> bytes:
    """A PNG of pixels of four bytes each (red, green, blue, opacity), which is left out."""
    pixels = [pixel & _RGB for (pixel,) in struct.iter_unpack("<I", rgba)]
    colours = _colours(pixels)
    place = {colour: bytes([at]) for at, colour in enumerate(colours)}
    near = {pixel: place[_nearest(pixel, colours)] for pixel in set(pixels)}
    indices = b"".join(map(near.__getitem__, pixels))
    rows = (b"\0" + indices[at : at + width] for at in range(0, len(indices), width))
    size = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", size),
            _chunk(b"PLTE", b"".join(colour.to_bytes(3, "little") for colour in colours)),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _colours(pixels: list[int]) -> list[int]:
    """The most seen of each hue first, so that a small logo keeps its own; then shades."""
    seen = Counter(pixels)
    hues = _most_seen(seen, _HUE)[:_HUES_MAX]
    shades = _most_seen(seen, _SHADE)
    return list(dict.fromkeys([*hues, *shades]))[:COLOURS_MAX]


def _most_seen(seen: Counter[int], bits: int) -> list[int]:
    """For each kind of colour, told apart by these bits, the one seen most; kinds likewise."""
    kinds: Counter[int] = Counter()
    chosen: dict[int, int] = {}
    for colour, times in seen.most_common():
        kinds[colour & bits] += times
        chosen.setdefault(colour & bits, colour)
    return [chosen[kind] for kind, _ in kinds.most_common()]


def _nearest(pixel: int, colours: list[int]) -> int:
    parts = pixel.to_bytes(3, "little")

    def apart(colour: int) -> int:
        other = colour.to_bytes(3, "little")
        return sum((one - two) ** 2 for one, two in zip(parts, other, strict=True))

    return min(colours, key=apart)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
