"""Runs a few lines of MicroPython in the virtual unit's world, without its firmware.

The lines see `world` (virtual time), `machine`, `time` as the ports do, and `tell(value)`, which
hands a value back as JSON. Called by: tests of ports and shims.
"""

import json
import os
import subprocess
import textwrap
from pathlib import Path

from callclip import board

from host_tools.image import FIRMWARE
from simulator import vm
from simulator.device import EXIT_CODES

SHIMS = Path(__file__).resolve().parents[2] / "simulator" / "shims"

_PRELUDE = """
import json, sys
sys.path[:] = [{shims!r}, {firmware!r}, ".frozen"]
import virtual_world
params = json.loads({params!r})
params["keep"] = lambda kept: print(json.dumps({{"kept": kept}}))
world = virtual_world.begin(params)
import machine, time
from virtual_mics import Sound
slots = open(params["slots"], "rb") if params["slots"] else None
machine.I2S.sound = Sound(
    slots, params["n_slots"], open(params["floor"], "rb"), params["n_floor_slots"]
)
def tell(value):
    print(json.dumps(value))
"""


class World:
    """What came of it: values told, lines on the side channel, exit code, error text."""

    def __init__(self, told, signals, exit_code, errors):
        self.told = told
        self.signals = signals
        self.exit_code = exit_code
        self.errors = errors


def run(folder, lines, slots=b"", presses=(), speed=0, kept=None, reset_cause=1):
    """Run the lines in a fresh VM; an error in them fails the test with MicroPython's traceback."""
    (folder / "slots").write_bytes(slots)
    (folder / "floor").write_bytes(bytes(8 * 320))
    side = folder / "side.jsonl"
    side.write_text("")
    pins = board.pins_of("ESP32")
    params = {
        "speed": speed,
        "presses": [list(press) for press in presses],
        "unique_id": "02c1a55e7702",
        "slots": str(folder / "slots") if slots else None,
        "n_slots": len(slots) // 8,
        "n_recording_ms": 1 << 29,  # never over: time runs free
        "floor": str(folder / "floor"),
        "n_floor_slots": 320,
        "side": str(side),
        "led_pins": [pins.led_red, pins.led_green, pins.led_blue],
        "buzzer_pin": pins.buzzer,
        "button_pin": pins.button,
        "exit_codes": EXIT_CODES,
        "erase_ms": 0,
        "n_repeats": 1,
        "reset_cause": reset_cause,
        "kept": kept or {},
    }
    prelude = _PRELUDE.format(shims=str(SHIMS), firmware=str(FIRMWARE), params=json.dumps(params))
    script = folder / "lines.py"
    script.write_text(prelude + textwrap.dedent(lines))
    cable, power = os.pipe()  # the world ends when nobody holds the other end of its input
    try:
        done = subprocess.run(
            [*vm.find(), str(script)],
            stdin=cable,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(cable)
        os.close(power)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    signals = [json.loads(line) for line in side.read_text().splitlines()]
    return World(told, signals, done.returncode, done.stderr)


def told(folder, lines, **more):
    """The one value that the lines tell."""
    world = run(folder, lines, **more)
    assert world.exit_code == 0, world.errors
    assert len(world.told) == 1
    return world.told[0]


def shown(folder, lines):
    """What light and buzzer did while the lines ran."""
    world = run(folder, lines)
    assert world.exit_code == 0, world.errors
    return [line for line in world.signals if "led" in line or "buzzer_hz" in line]
