"""A learned ringer as data: which microphone, how loud, 16 band shares, and a rhythm.

44 small integers at the most and no more: the shares say nothing about order, the rhythm nothing
about sound, so that nobody's words can be kept in it. As JSON it is the unit's file /ringer.json.
Shares Q10, purity Q10 (what two single lines hold), level centi-dB, times in frames of 20 ms;
fill_pct: how much of its bursts is sound, dips between two notes are not.
Called by: ringer.py, ringlearn.py, ports.ringerfile, answers, simulator, host_tools.
"""

AGENT, LINE = 0, 1
N_BANDS = 16  # as the front end has
MAX_RUNS = 7  # sound, pause, sound ...: four bursts
MAX_FRAMES = 250  # of one ring
FIELDS = (
    "channel",
    "level_cdb",
    "purity_q10",
    "fill_pct",
    "pause_frames",
    "mean_q10",
    "most_q10",
    "runs",
)
_RANGES = {
    "channel": (AGENT, LINE),
    "level_cdb": (-8000, 0),
    "purity_q10": (0, 1024),
    "fill_pct": (40, 100),
    "pause_frames": (20, 600),
}


def problem(template):
    """Why this is no template, as a sentence; empty if it is one."""
    if not isinstance(template, dict) or sorted(template) != sorted(FIELDS):
        return "it does not have the keys {}".format(", ".join(FIELDS))
    for name in _RANGES:
        low, high = _RANGES[name]
        if not _is_within(template[name], low, high):
            return "{} is not a whole number from {} to {}".format(name, low, high)
    for name in ("mean_q10", "most_q10"):
        row = template[name]
        if not isinstance(row, list) or len(row) != N_BANDS:
            return "{} is not a list of {} numbers".format(name, N_BANDS)
        if not all(_is_within(share, 0, 1024) for share in row):
            return "{} has a share outside 0 to 1024".format(name)
    runs = template["runs"]
    if not isinstance(runs, list) or len(runs) % 2 == 0 or len(runs) > MAX_RUNS:
        return "runs is not a list of 1 to {} numbers, an odd count".format(MAX_RUNS)
    if not all(_is_within(run, 1, MAX_FRAMES) for run in runs) or sum(runs) > MAX_FRAMES:
        return "runs are longer than {} frames".format(MAX_FRAMES)
    return ""


def _is_within(value, low, high):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
