"""Draws state machines as SVG, and writes the same as a table.

Pure: facts in, SVG and the same facts as text out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

BOX_WIDTH, BOX_HEIGHT = 215, 44
COLUMN, ROW, MARGIN = 300, 165, 40
LABEL_LINE = 15
BOW = 30
LABEL_AT = 0.3
Pixel = tuple[float, float]
_STYLE = """
  svg { background: #ffffff; font: 14px system-ui, sans-serif; }
  .box { fill: #eef3fc; stroke: #3b5fa6; stroke-width: 1.5; }
  .end { fill: #e9f6ee; stroke: #2f7d4f; }
  .name { fill: #16213a; text-anchor: middle; font-weight: 600; }
  .edge { fill: none; stroke: #5b6478; stroke-width: 1.4; marker-end: url(#tip); }
  .label { fill: #3a4256; text-anchor: middle; font-size: 12px; paint-order: stroke;
           stroke: #ffffff; stroke-width: 4px; }
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A state, and where it stands: column and row, which may be between two."""

    name: str
    column: float
    row: float
    end: bool = False

    @property
    def center(self) -> Pixel:
        """The middle of the box, in pixels."""
        return (
            MARGIN + BOX_WIDTH / 2 + self.column * COLUMN,
            MARGIN + BOX_HEIGHT / 2 + self.row * ROW,
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """A move from one state to another, and what causes it."""

    source: str
    target: str
    causes: tuple[str, ...]


def draw_svg(title: str, nodes: Iterable[Node], edges: Iterable[Edge]) -> str:
    """A drawing with a title for those who hear it instead of seeing it."""
    placed = {node.name: node for node in nodes}
    width = max(node.center[0] for node in placed.values()) + BOX_WIDTH / 2 + MARGIN
    height = max(node.center[1] for node in placed.values()) + BOX_HEIGHT / 2 + MARGIN
    body = [
        *(_edge(edge, placed) for edge in edges),
        *(_box(node) for node in placed.values()),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
            'markerHeight="8" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" '
            'fill="#5b6478"/></marker></defs>',
            *body,
            "</svg>\n",
        ]
    )


def write_table(edges: Iterable[Edge]) -> str:
    """The same moves as a Markdown table."""
    lines = ["| from | to | when |", "|---|---|---|"]
    lines += [f"| {edge.source} | {edge.target} | {', '.join(edge.causes)} |" for edge in edges]
    return "\n".join(lines) + "\n"


def _box(node: Node) -> str:
    x, y = node.center
    kind = "box end" if node.end else "box"
    return (
        f'<rect class="{kind}" x="{x - BOX_WIDTH / 2:.0f}" y="{y - BOX_HEIGHT / 2:.0f}" '
        f'width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9"/>'
        f'<text class="name" x="{x:.0f}" y="{y + 5:.0f}">{escape(node.name)}</text>'
    )


def _edge(edge: Edge, placed: dict[str, Node]) -> str:
    if edge.source == edge.target:
        return _loop(edge, placed[edge.source])
    source, target = placed[edge.source].center, placed[edge.target].center
    start, stop = _border(source, target), _border(target, source)
    # Bowed to one side of its direction, so that there and back do not lie on each other.
    (dx, dy), half = (stop[0] - start[0], stop[1] - start[1]), _between(start, stop)
    length = max(1.0, (dx * dx + dy * dy) ** 0.5)
    bowed = (half[0] - dy / length * BOW, half[1] + dx / length * BOW)
    path = f"M{_at(start)} Q{_at(bowed)} {_at(stop)}"
    return f'<path class="edge" d="{path}"/>{_label(edge.causes, _along(start, bowed, stop))}'


def _loop(edge: Edge, node: Node) -> str:
    x, y = node.center[0], node.center[1] - BOX_HEIGHT / 2
    path = (
        f"M{_at((x - 30, y))} C{_at((x - 40, y - 50))} {_at((x + 40, y - 50))} {_at((x + 30, y))}"
    )
    above = y - 44 - LABEL_LINE * (len(edge.causes) - 1) / 2
    return f'<path class="edge" d="{path}"/>{_label(edge.causes, (x, above))}'


def _along(start: Pixel, bowed: Pixel, stop: Pixel) -> Pixel:
    """A point nearer to the source, where arrows that cross do not cross yet."""
    rest, share = 1 - LABEL_AT, LABEL_AT
    x, y = (
        rest * rest * one + 2 * rest * share * bow + share * share * other
        for one, bow, other in zip(start, bowed, stop, strict=True)
    )
    return x, y


def _between(one: Pixel, other: Pixel) -> Pixel:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _label(causes: tuple[str, ...], at: Pixel) -> str:
    x, top = at[0], at[1] - LABEL_LINE * (len(causes) - 1) / 2 + 4
    return "".join(
        f'<text class="label" x="{x:.0f}" y="{top + LABEL_LINE * line:.0f}">{escape(cause)}</text>'
        for line, cause in enumerate(causes)
    )


def _border(inside: Pixel, towards: Pixel) -> Pixel:
    """Where the line between two middles leaves the first box."""
    dx, dy = towards[0] - inside[0], towards[1] - inside[1]
    across = BOX_WIDTH / 2 / abs(dx) if dx else float("inf")
    along = BOX_HEIGHT / 2 / abs(dy) if dy else float("inf")
    share = min(across, along, 1.0)
    return inside[0] + dx * share, inside[1] + dy * share


def _at(point: Pixel) -> str:
    return f"{point[0]:.0f} {point[1]:.0f}"
