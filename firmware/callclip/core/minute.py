"""How loud each channel was, a minute at a time: what a LEVELS record holds.

In: a level in centi-dB re full scale for each channel and frame. Out: counts of frames in steps of
5 dB. Step 0 is from 0 down to -500, the last one ends at -12000. The row of a minute is, for the
agent and then for the line: the first step that has frames, the number of steps, their counts.
Called by: journal; host_tools.archive (unpack). Ref: docs/log-format.md.
"""

from callclip.core.histogram import Histogram

STEP_CDB = 500
MINUTE_FRAMES = 3000


class Minute:
    """Allocates in `take` alone."""

    def __init__(self):
        self._agent = Histogram(STEP_CDB)
        self._line = Histogram(STEP_CDB)

    def add(self, agent_cdb, line_cdb):
        """True: a minute is full and wants to be taken."""
        self._agent.add(agent_cdb)
        self._line.add(line_cdb)
        return self._agent.n >= MINUTE_FRAMES

    def take(self):
        """The row of the minute, which begins anew."""
        row = []
        for channel in (self._agent, self._line):
            first, counts = channel.filled()
            row += [first, len(counts)] + counts
            channel.clear()
        return row


def unpack(row):
    """[{step: frames} of the agent, of the line]; ValueError when the row makes no sense."""
    out = []
    at = 0
    for _channel in range(2):
        if at + 2 > len(row) or at + 2 + row[at + 1] > len(row):
            raise ValueError("a row of levels ends early")
        first, n_steps = row[at], row[at + 1]
        counts = row[at + 2 : at + 2 + n_steps]
        out.append({first + i: n for i, n in enumerate(counts) if n})
        at += 2 + n_steps
    return out
