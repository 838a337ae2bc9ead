"""The loop that drives the bead over a recording: this very file runs in MicroPython and CPython.

In: slots, 2560 bytes a frame, from a stream with `readinto`. Out, to a stream with `write`:
batches of int32 [n_rows, n_words], n_rows rows of int16 in the order of ROW, n_words int32 of
events, each [n_values, code, t_frames, call, value ...]; the last batch is [-1, events lost].
A frame is heard and its row filled under the heap lock, as on the unit. Hearing tells of a frame
some frames later, so SETTLED_FRAMES of silence follow the recording; events of that time are not
reported, and runner.py moves each column back to its frame.
Called by: runner.py (in process), or as the VM's script with the configuration in its environment.
"""

from array import array

ROW = (
    "agent_cdb",
    "line_cdb",
    "agent_speech",
    "line_speech",
    "agent_state",
    "line_state",
    "agent_floor_cdb",
    "line_floor_cdb",
    "call_state",
    "signal",
    "agent_live",
    "line_live",
)
ROW_WORDS = len(ROW)
HEAD_BYTES = 8
BATCH_ROWS = 100  # 2 s: what a progress bar may lag behind
END = -1
NO_END = 1 << 29  # frames: later than any recording ends
VALUES_VARIABLE = "CALLCLIP_VALUES"  # the configuration as JSON, from runner.py to the VM
RINGER_VARIABLE = "CALLCLIP_RINGER"  # a learned ringer (core/ringtemplate.py), or null


def fill_row(rows, at, bead):
    """Write one frame's row; allocates nothing."""
    agent = bead.view.agent
    line = bead.view.line
    rows[at] = agent.level_cdb
    rows[at + 1] = line.level_cdb
    rows[at + 2] = agent.is_settled_speech
    rows[at + 3] = line.is_settled_speech
    rows[at + 4] = agent.state
    rows[at + 5] = line.state
    rows[at + 6] = agent.floor_cdb
    rows[at + 7] = line.floor_cdb
    rows[at + 8] = bead.call.state
    rows[at + 9] = bead.prompts.signal
    rows[at + 10] = agent.is_active
    rows[at + 11] = line.is_active


def send_batch(sink, rows, n_rows, event_words):
    """One batch; `event_words` is a list of integers."""
    sink.write(array("i", (n_rows, len(event_words))))
    sink.write(memoryview(rows)[: n_rows * ROW_WORDS])
    if event_words:
        sink.write(array("i", event_words))


def run(source, sink, values, ringer=None):
    """Hear whole frames from `source` until it ends; ringer: a learned one, or None."""
    # Imported here, so that a host that only needs ROW need not have a `micropython` module.
    import micropython
    from callclip.core.bead import Bead
    from callclip.core.config import Config
    from callclip.core.frame import SETTLED_FRAMES
    from callclip.core.units import FRAME_BYTES

    bead = Bead(Config(values))
    bead.ringer.use(ringer)
    slots = bytearray(FRAME_BYTES)
    rows = array("h", bytes(2 * ROW_WORDS * BATCH_ROWS))
    queue = bead.events
    event_words = []
    n_rows = 0
    n_after = 0  # frames after the recording's end
    end = NO_END
    while n_after < SETTLED_FRAMES:
        if n_after or source.readinto(slots) != FRAME_BYTES:
            n_after += 1
            if n_after == 1:
                end = bead.n_frames
                slots = bytearray(FRAME_BYTES)
        micropython.heap_lock()
        bead.frame(slots)
        fill_row(rows, n_rows * ROW_WORDS, bead)
        micropython.heap_unlock()
        n_rows += 1
        while queue.n_waiting:
            code, t_frames, call, event_values = queue.take()
            if t_frames >= end:
                continue
            event_words += (len(event_values), code, t_frames, call)
            event_words += event_values
        if n_rows == BATCH_ROWS:
            send_batch(sink, rows, n_rows, event_words)
            event_words = []
            n_rows = 0
    send_batch(sink, rows, n_rows, event_words)
    sink.write(array("i", (END, queue.n_lost)))


def main():
    """The VM's side: slots on standard input, batches on standard output."""
    import json
    import os
    import sys

    values = json.loads(os.getenv(VALUES_VARIABLE))
    ringer = json.loads(os.getenv(RINGER_VARIABLE))
    run(sys.stdin.buffer, sys.stdout.buffer, values, ringer)


if __name__ == "__main__":
    main()
