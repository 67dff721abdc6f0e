"""Draws looks against delay as an SVG file, without a library: both axes logarithmic, lines for what can be tuned."""

import math
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.polling.known import Cost

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 460, 64, 52, 20, 20
LOOKS = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
DELAYS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
COLOURS = ("#1b7f3b", "#b3261e", "#3b5b92", "#7a5c00")


def draw(lines: Mapping[str, Sequence[Cost]], others: Mapping[str, Cost]) -> str:
    """The picture: ``lines`` by their names, and ``others``, by names as ``fixed 60 s``, as lines of their own."""
    kinds = {name: list(costs) for name, costs in lines.items()}
    for kind in ("fixed", "doubling"):
        label = {"fixed": "fixed intervals", "doubling": "intervals that double up to a limit"}[kind]
        kinds[label] = [cost for name, cost in others.items() if name.startswith(kind)]
    parts = list(_frame())
    for number, (name, costs) in enumerate(kinds.items()):
        shown = [cost for cost in costs if _inside(cost)]
        parts += _line(shown, COLOURS[number])
        y = TOP + 18 + 20 * number
        parts.append(f'<circle cx="{WIDTH - 270}" cy="{y - 4}" r="4" fill="{COLOURS[number]}"/>')
        parts.append(f'<text x="{WIDTH - 258}" y="{y}">{name}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="13" role="img">\n<title>Looks of a run against the mean delay with which its end is seen</title>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _inside(cost: Cost) -> bool:
    return LOOKS[0] <= cost.looks <= LOOKS[-1] and DELAYS[0] <= cost.delay <= DELAYS[-1]


def _x(looks: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * math.log(looks / LOOKS[0]) / math.log(LOOKS[-1] / LOOKS[0])


def _y(delay: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * math.log(delay / DELAYS[0]) / math.log(DELAYS[-1] / DELAYS[0])


def _frame() -> Iterable[str]:
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    for looks in LOOKS:
        yield f'<path d="M{_x(looks):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>'
        yield f'<text x="{_x(looks):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{looks:g}</text>'
    for delay in DELAYS:
        yield f'<path d="M{LEFT} {_y(delay):.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
        yield f'<text x="{LEFT - 8}" y="{_y(delay) + 4:.1f}" text-anchor="end">{delay:.0%}</text>'
    yield f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">looks of a run</text>'
    turned = f'transform="rotate(-90 16 {HEIGHT / 2:.0f})"'
    yield f'<text x="16" y="{HEIGHT / 2:.0f}" text-anchor="middle" {turned}>mean delay</text>'


def _line(costs: Sequence[Cost], colour: str) -> Iterable[str]:
    points = [f"{_x(cost.looks):.1f} {_y(cost.delay):.1f}" for cost in costs]
    if points:
        yield f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    for point in points:
        x, y = point.split(" ")
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
