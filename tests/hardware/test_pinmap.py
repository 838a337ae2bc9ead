"""The pin map against the board files, the parts list, the chips' data sheets and the drawing.

Pin lists: Espressif, ESP32 Series Datasheet (pin overview, strapping pins) and ESP32-WROOM-32E;
ESP32-S3 Series Datasheet and ESP32-S3-WROOM-1.
"""

import importlib.util
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from callclip import board
from callclip.boards import esp32, esp32s3

HARDWARE = Path(__file__).resolve().parents[2] / "hardware"

ESP32_STRAPPING = {0, 2, 5, 12, 15}
ESP32_FLASH = {6, 7, 8, 9, 10, 11}
ESP32_PSRAM = {16, 17}  # on modules that have it
ESP32_INPUT_ONLY = {34, 35, 36, 37, 38, 39}
ESP32_SERIAL = {1, 3}
ESP32_MISSING = {20, 24, 28, 29, 30, 31}  # not led out of the chip
ESP32_AVOID = ESP32_STRAPPING | ESP32_FLASH | ESP32_PSRAM | ESP32_INPUT_ONLY | ESP32_SERIAL
ESP32_AVOID |= ESP32_MISSING

ESP32S3_STRAPPING = {0, 3, 45, 46}
ESP32S3_FLASH_AND_PSRAM = set(range(26, 38))  # 33 to 37 where flash or PSRAM is octal
ESP32S3_USB = {19, 20}
ESP32S3_SERIAL = {43, 44}
ESP32S3_MISSING = {22, 23, 24, 25}
ESP32S3_AVOID = ESP32S3_STRAPPING | ESP32S3_FLASH_AND_PSRAM | ESP32S3_USB | ESP32S3_SERIAL
ESP32S3_AVOID |= ESP32S3_MISSING

CHIPS = [
    ("esp32", board.pins_of("ESP32"), ESP32_AVOID, 39),
    ("esp32s3", board.pins_of("ESP32S3"), ESP32S3_AVOID, 48),
]


def _load_draw():
    spec = importlib.util.spec_from_file_location("draw", HARDWARE / "draw.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DRAW = _load_draw()
NETS = DRAW.nets()
PARTS = {part["reference"]: part for part in DRAW.parts()}


@pytest.mark.parametrize("chip, pins, _avoid, _last", CHIPS)
def test_the_board_file_has_the_numbers_of_the_pin_map(chip, pins, _avoid, _last):
    mapped = {net["name_in_board"]: net[chip] for net in NETS if "name_in_board" in net}
    assert pins._asdict() == mapped


@pytest.mark.parametrize(
    "machine, pins",
    [
        ("Generic ESP32 module with ESP32", esp32.PINS),
        ("Generic ESP32S3 module with ESP32S3", esp32s3.PINS),
        ("callclip bead with ESP32-S3", esp32s3.PINS),
    ],
)
def test_the_board_is_known_by_what_micropython_says_of_itself(machine, pins):
    assert board.pins_of(machine)._asdict() == pins


@pytest.mark.parametrize("chip, pins, avoid, last", CHIPS)
def test_no_pin_is_one_the_chip_needs_for_itself(chip, pins, avoid, last):
    assert not set(pins) & avoid
    assert all(0 <= pin <= last for pin in pins)


@pytest.mark.parametrize("chip, pins, _avoid, _last", CHIPS)
def test_no_pin_is_used_twice(chip, pins, _avoid, _last):
    assert len(set(pins)) == len(pins)


def test_every_pin_of_every_part_hangs_on_exactly_one_net():
    joined = [pin for net in NETS for pin in net["joins"] if not pin.startswith("U1.")]
    wanted = [
        f"{part['reference']}.{pin}" for part in PARTS.values() for pin in part["pins"].split()
    ]
    assert sorted(joined) == sorted(wanted)


def test_every_net_joins_at_least_two_ends():
    for net in NETS:
        ends = len(net["joins"]) + ("esp32" in net)
        assert ends >= 2, net["name"]


def test_net_names_are_not_used_twice():
    names = [net["name"] for net in NETS]
    assert len(set(names)) == len(names)


def test_left_is_the_agent_and_right_is_the_line():
    joins = {net["name"]: net["joins"] for net in NETS}
    assert "agent" in PARTS["MK1"]["note"] and "MK1.L/R" in joins["GND"]
    assert "line" in PARTS["MK2"]["note"] and "MK2.L/R" in joins["3V3"]


def test_outputs_and_inputs_are_what_the_ports_make_of_them():
    directions = {net["name_in_board"]: net["direction"] for net in NETS if "direction" in net}
    inputs = {name for name, direction in directions.items() if direction == "in"}
    assert inputs == {"i2s_sd", "button"}
    assert set(directions.values()) == {"in", "out"}


def test_the_parts_list_counts_what_it_lists():
    assert all(part["quantity"] == "1" for part in PARTS.values())
    assert len(PARTS) == len(DRAW.parts())


def test_the_drawing_and_the_tables_are_up_to_date():
    assert (HARDWARE / "wiring.svg").read_text() == DRAW.svg()
    page = (HARDWARE / "wiring.md").read_text()
    assert page == DRAW.with_tables(page)
    for net in NETS:
        assert f"| {net['name']} |" in page


def test_the_drawing_shows_every_part_and_every_net_of_the_chip():
    root = ElementTree.fromstring(DRAW.svg())
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for reference in PARTS:
        assert any(text.startswith(f"{reference}  ") for text in texts), reference
    for net in NETS:
        if "esp32" in net:
            assert any(net["name"] in text and str(net["esp32"]) in text for text in texts)


def test_the_drawings_lanes_do_not_share_a_place():
    root = ElementTree.fromstring(DRAW.svg())
    lanes = {}
    for line in root.iter("{http://www.w3.org/2000/svg}line"):
        if line.get("x1") == line.get("x2"):
            lanes.setdefault(line.get("x1"), []).append(line.get("stroke"))
    assert len(lanes) == len(NETS)
    assert all(len(strokes) == 1 for strokes in lanes.values())
