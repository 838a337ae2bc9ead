"""The `--frames` file: one row a frame, the columns of the contract, the same from every engine.

In: rows of int16 in the order of simulator.engine.ROW. Out: text, levels in centi-dB, t_ms the
start of the frame. Called by: cmd_sim_run.
"""

import struct

from callclip.core.frame import STATE_NAMES
from callclip.core.transitions import STATE_NAMES as CALL_STATE_NAMES
from callclip.core.units import FRAME_MS

from simulator.engine import ROW, ROW_WORDS

COLUMNS = (
    "t_ms",
    "agent_cdb",
    "line_cdb",
    "agent_speech",
    "line_speech",
    "agent_state",
    "line_state",
    "agent_floor_cdb",
    "line_floor_cdb",
    "call_state",
)
_WORDS = {"agent_state": STATE_NAMES, "line_state": STATE_NAMES, "call_state": CALL_STATE_NAMES}


def write(rows, file):
    """Write header and rows to a text file."""
    places = [ROW.index(name) for name in COLUMNS[1:]]
    words = [_WORDS.get(name) for name in COLUMNS[1:]]
    file.write(",".join(COLUMNS) + "\n")
    t_ms = 0
    for row in struct.iter_unpack(f"<{ROW_WORDS}h", rows):
        cells = [str(t_ms)]
        for place, names in zip(places, words, strict=True):
            value = row[place]
            cells.append(names[value] if names else str(value))
        file.write(",".join(cells) + "\n")
        t_ms += FRAME_MS
