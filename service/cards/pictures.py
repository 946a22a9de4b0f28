"""Renders a text as a QR code in PNG."""

from __future__ import annotations

from io import BytesIO

import segno

QR_SCALE, QR_BORDER = 6, 4


def qr_png(text: str) -> bytes:
    """A QR code with its quiet zone, as a PNG of a few hundred bytes."""
    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=QR_SCALE, border=QR_BORDER)
    return out.getvalue()
