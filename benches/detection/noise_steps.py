"""A step of +15 dB in the line's noise: how soon the floor follows, and what is then called speech.

Nobody speaks around the step. The floor has followed when it is within NEAR_DB of the true level of
the new noise and stays there; speech flags on the line after ALLOWED_S are false.
Called by: __main__.py. Units: s, dB, shares 0..1.
"""

import numpy as np

from benches.detection import made
from benches.detection.frames import FRAME_MS, frame_of

KINDS = ("white", "pink", "hum", "telephone", "room")
LEVELS_DB = (-70.0, -62.0, -54.0)  # before the step
STEP_DB = 15.0
NEAR_DB = 3.0
ALLOWED_S = 3.0
AFTER_S = 12.0
TEXT = """title  noise step
seed   {seed}
agent  voice {agent}
customer  voice {customer}
line   comfort -74

1.0   ring germany 1
+0.8  line up
+0.0  noise {kind} {low_db}
+0.6  agent {agent_clips}
+0.7  customer {customer_clips}
+0.7  agent {agent_clips}
+3.0  noise {kind} {high_db}
+{after_s}  customer {customer_clips}
+1.5  end
"""


def texts(run):
    voices = made.voices_of(run)
    for n, kind in enumerate(KINDS):
        for m, low_db in enumerate(LEVELS_DB):
            agent, customer = voices[n % len(voices)], voices[(n + m + 1) % len(voices)]
            text = TEXT.format(
                seed=10 * n + m,
                agent=agent,
                customer=customer,
                kind=kind,
                low_db=low_db,
                high_db=low_db + STEP_DB,
                after_s=AFTER_S,
                agent_clips=" ".join(made.names_for(agent, 4.0, n)),
                customer_clips=" ".join(made.names_for(customer, 4.0, m)),
            )
            yield f"{kind} {low_db:g}", text


def judged(floor_cdb, flags, step, end, true_db):
    """(seconds until the floor has followed, share of false speech after ALLOWED_S).

    floor_cdb and flags a frame; `step` and `end`: frames of the step and of the next speech.
    """
    far = np.abs(np.asarray(floor_cdb[step:end]) / 100 - true_db) > NEAR_DB
    seconds = (int(np.flatnonzero(far)[-1]) + 1 if far.any() else 0) * FRAME_MS / 1000
    late = np.asarray(flags[step + int(ALLOWED_S * 1000 / FRAME_MS) : end]) != 0
    return seconds, float(late.mean())


def measure(run):
    calls = made.heard_of_texts(list(texts(run)), run)
    rows = []
    for heard in calls:
        step_ms = heard.truth["noises"][1][2]
        spoken_ms = min(a for a, _b in heard.truth["customer"] if a > step_ms)
        step, end = frame_of(step_ms) + 1, frame_of(spoken_ms) - 1
        true_db = float(np.median(heard.levels_db[step:end, 1]))
        rows_of = heard.rows
        seconds, wrong = judged(
            rows_of["line_floor_cdb"], rows_of["line_speech"], step, end, true_db
        )
        kind, low_db = heard.name.split()
        rows.append(
            {
                "noise": kind,
                "from dBFS": float(low_db),
                "floor follows s": seconds,
                "false speech after": wrong,
            }
        )
    return {
        "title": f"A step of +{STEP_DB:g} dB in the line's noise",
        "slowest_s": max(row["floor follows s"] for row in rows),
        "false_speech": max(row["false speech after"] for row in rows),
        "rows": rows,
    }
