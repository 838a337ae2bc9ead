"""Active speech level: what CALL_ENDED tells against P.56 in floating point, -46 to -16 dBFS.

Calls are made in which one side's level goes through the range while the other stays at -26 dBFS,
several voices a level. True is the active speech level (method B) of the person's own sound at the
own microphone, without noise and leak.
Called by: __main__.py. Ref: ITU-T P.56; simulator/sound.py. Units: dB.
"""

import numpy as np

from benches.detection import made
from benches.detection.events import of_kind
from benches.detection.parts import evenly

LEVELS_DB = (-46, -41, -36, -31, -26, -21, -16)
OTHER_DB = -26
N_VOICES = 6
CLOSE_DB = 0.5
SPEECH_S = 9.0
TEXT = """title  level
seed   {seed}
agent  voice {agent}  level {agent_db}  room -78  leak -50
customer  voice {customer}  level {customer_db}
line   comfort -74  leak -35

1.0   ring germany 1
+0.8  line up
+0.6  agent {agent_clips}
+0.7  customer {customer_clips}
+0.7  agent {agent_clips}
+0.7  customer {customer_clips}
+0.9  busy germany 5
+0.0  line dead
+3.0  end
"""


def texts(run):
    voices = made.voices_of(run)
    chosen = evenly(voices, min(N_VOICES, len(voices)))
    for n, voice in enumerate(chosen):
        other = voices[(voices.index(voice) + 1) % len(voices)]
        for level_db in LEVELS_DB:
            for side in ("agent", "line"):
                agent_db, customer_db = (
                    (level_db, OTHER_DB) if side == "agent" else (OTHER_DB, level_db)
                )
                agent, customer = (voice, other) if side == "agent" else (other, voice)
                text = TEXT.format(
                    seed=100 * n - level_db,
                    agent=agent,
                    customer=customer,
                    agent_db=agent_db,
                    customer_db=customer_db,
                    agent_clips=" ".join(made.names_for(agent, SPEECH_S, n)),
                    customer_clips=" ".join(made.names_for(customer, SPEECH_S, n)),
                )
                yield f"{side} {level_db} {voice}", text


def error_db(heard):
    """Reported minus true, or None without a CALL_ENDED."""
    side = heard.name.split()[0]
    ended = of_kind(heard.events, "CALL_ENDED")
    if not ended:
        return None
    who = "agent" if side == "agent" else "customer"
    return ended[0][f"asl_{who}_cdb"] / 100 - heard.truth[f"asl_{who}_db"]


def measure(run):
    calls = made.heard_of_texts(list(texts(run)), run)
    rows = []
    for side in ("agent", "line"):
        for level_db in LEVELS_DB:
            some = [h for h in calls if h.name.startswith(f"{side} {level_db} ")]
            errors = [error_db(heard) for heard in some]
            told = [error for error in errors if error is not None]
            rows.append(
                {
                    "channel": side,
                    "level dBFS": level_db,
                    "calls": len(errors),
                    "without a level": len(errors) - len(told),
                    "mean error dB": float(np.mean(told)) if told else None,
                    "worst error dB": max(told, key=abs) if told else None,
                }
            )
    return summed([error_db(heard) for heard in calls], rows)


def summed(errors, rows):
    """A level that was not told is as wrong as it can be."""
    far = [abs(error) if error is not None else float("inf") for error in errors]
    return {
        "title": "Active speech level, reported minus P.56",
        "n": len(far),
        "worst_db": max(far),
        "within": sum(error <= CLOSE_DB for error in far) / len(far),
        "rows": rows,
    }
