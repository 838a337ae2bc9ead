"""Draws hardware/wiring.svg and the tables of wiring.md from pinmap.toml and the parts list.

One vertical lane a net, the chip on the left, the parts on the right; a dot is a joint, crossing
lines without one do not touch. Run `python hardware/draw.py` after a change of either file.
Units: SVG user units (pixels). Called by: people, tests/hardware.
"""

import csv
import tomllib
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHIP = "U1"
_ROW = 18
_LANE = 16
_CHIP_X, _CHIP_W = 20, 190
_LANES_X = 250
_PART_W = 150
_PART_GAP = 14
_TITLE = 20
# Colours that stay apart on white and in grey print; supplies in the customary two.
_COLOURS = ("#1f77b4", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bc7a00", "#556b2f")
_SUPPLY_COLOURS = {"3V3": "#d62728", "GND": "#222222"}


def nets():
    """Rows of pinmap.toml."""
    return tomllib.loads((HERE / "pinmap.toml").read_text())["net"]


def parts():
    """Rows of the bill of materials as dicts."""
    with (HERE / "bill-of-materials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def chip_label(net):
    """What the chip's pin of a net is called; both chips where they differ."""
    if "esp32" not in net:
        return net["name"]
    return f"{net['name']}  {net['esp32']} / {net['esp32s3']}"


def svg():
    """The whole drawing as text."""
    rows = nets()
    lanes = {net["name"]: _LANES_X + _LANE * i for i, net in enumerate(rows)}
    parts_x = _LANES_X + _LANE * len(rows) + 30
    chip_shapes, chip_ends, chip_bottom = _chip(rows)
    part_shapes, part_ends, parts_bottom = _parts(parts_x)
    wires = []
    for i, net in enumerate(rows):
        colour = _SUPPLY_COLOURS.get(net["name"], _COLOURS[i % len(_COLOURS)])
        ends = [part_ends[pin] for pin in net["joins"] if not pin.startswith(CHIP + ".")]
        if net["name"] in chip_ends:
            ends.append(chip_ends[net["name"]])
        wires += _wire(lanes[net["name"]], ends, colour)
    width = parts_x + _PART_W + 20
    height = max(chip_bottom, parts_bottom) + 20
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
            "<title>callclip wiring</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *wires,
            *chip_shapes,
            *part_shapes,
            "</svg>\n",
        ]
    )


def _box(x, y, width, height, title):
    return [
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="#f5f5f0"'
        ' stroke="#333333"/>',
        f'<text x="{x + 8}" y="{y + 15}" font-weight="bold">{escape(title)}</text>',
    ]


def _chip(rows):
    """Shapes, {net: end of its pin}, bottom."""
    on_chip = [
        net
        for net in rows
        if "esp32" in net or any(pin.startswith(CHIP + ".") for pin in net["joins"])
    ]
    top = 40
    height = _TITLE + _ROW * (len(on_chip) + 1)
    shapes = _box(_CHIP_X, top, _CHIP_W, height, "U1  ESP32 / ESP32-S3")
    shapes.append(
        f'<text x="{_CHIP_X + _CHIP_W - 8}" y="{top + _TITLE + 12}" text-anchor="end"'
        ' fill="#666666">net  GPIO on either</text>'
    )
    ends = {}
    for i, net in enumerate(on_chip):
        y = top + _TITLE + _ROW * (i + 1) + _ROW // 2
        x = _CHIP_X + _CHIP_W
        label = escape(chip_label(net))
        shapes.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{label}</text>')
        ends[net["name"]] = (x, y)
    return shapes, ends, top + height


def _parts(x):
    """Shapes, {part.pin: end}, bottom."""
    shapes = []
    ends = {}
    y = 20
    for part in parts():
        if part["reference"] == CHIP:
            continue
        pins = part["pins"].split()
        height = _TITLE + _ROW * len(pins)
        shapes += _box(x, y, _PART_W, height, f"{part['reference']}  {_short(part)}")
        for i, pin in enumerate(pins):
            at = y + _TITLE + _ROW * i + _ROW // 2
            shapes.append(f'<text x="{x + 8}" y="{at + 3}">{escape(pin)}</text>')
            ends[f"{part['reference']}.{pin}"] = (x, at)
        y += height + _PART_GAP
    return shapes, ends, y


def _short(part):
    words = {"MK1": "INMP441 agent", "MK2": "INMP441 line", "D1": "RGB LED", "BZ1": "piezo"}
    if part["reference"] in words:
        return words[part["reference"]]
    return "button" if part["reference"] == "SW1" else part["value"]


def _wire(lane_x, ends, colour):
    """A lane from the topmost to the lowest end, a branch to each, a dot at each joint."""
    top = min(y for _x, y in ends)
    bottom = max(y for _x, y in ends)
    stroke = f'stroke="{colour}" stroke-width="1.5"'
    out = [f'<line x1="{lane_x}" y1="{top}" x2="{lane_x}" y2="{bottom}" {stroke}/>']
    for x, y in ends:
        out.append(f'<line x1="{lane_x}" y1="{y}" x2="{x}" y2="{y}" {stroke}/>')
        if top < y < bottom:
            out.append(f'<circle cx="{lane_x}" cy="{y}" r="3" fill="{colour}"/>')
    return out


def pin_table():
    """Markdown: the chip's pins."""
    lines = ["| net | ESP32 | ESP32-S3 | direction | goes to | |", "|---|---|---|---|---|---|"]
    for net in nets():
        if "esp32" in net:
            lines.append(
                f"| {net['name']} | GPIO{net['esp32']} | GPIO{net['esp32s3']} |"
                f" {net['direction']} | {', '.join(net['joins'])} | {net['note']} |"
            )
    return "\n".join(lines)


def net_table():
    """Markdown: the nets without a GPIO."""
    lines = ["| net | joins | |", "|---|---|---|"]
    for net in nets():
        if "esp32" not in net:
            lines.append(f"| {net['name']} | {', '.join(net['joins'])} | {net.get('note', '')} |")
    return "\n".join(lines)


def with_tables(text):
    """wiring.md with its tables as they should be."""
    for mark, table in (("pins", pin_table()), ("nets", net_table())):
        begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n{table}\n{end}{tail}"
    return text


def main():
    (HERE / "wiring.svg").write_text(svg())
    page = HERE / "wiring.md"
    page.write_text(with_tables(page.read_text()))


if __name__ == "__main__":
    main()
