"""False tones: every voice clip there is on the line, and no ring, busy tone or beep among them.

The clips of both parts' voices and those that are committed, or those of the part abroad, are said
one after the other by the customer, some in a call and some on a line that just came up. Prompts
that are tones themselves are left out. Each clip with a frame of the state TONE is a false tone,
and so is each RING, each end by tone and each hold by beep.
Called by: __main__.py.
"""

from benches.detection import made, parts
from benches.detection.events import of_kind
from benches.detection.frames import FRAME_MS, STATE_CODES, frame_of

CLIPS_A_CALL = 12
UP_CLIPS = 6  # so many, then the line drops and comes up again
TEXT = """title  clips
seed   {seed}
customer  voice {voice}
line   comfort {comfort_db}

{rows}
+1.0  end
"""


def _voices(run):
    from simulator.world import abroad, cast

    known = made.voices_of(run)  # that they are there
    if run.part in (abroad.PART, parts.SCENARIOS):
        return known
    return [*made.COMMITTED_VOICES, *(voice.name for voice in cast.voices())]


def texts(run):
    from simulator import clips
    from simulator.world import voices

    for voice in _voices(run):
        names = [name for name in clips.names_of(voice) if not voices.is_tone(name)]
        for at in range(0, len(names), CLIPS_A_CALL):
            rows = ["1.0 line up"]
            for n, name in enumerate(names[at : at + CLIPS_A_CALL]):
                if n and n % UP_CLIPS == 0:
                    rows += ["+0.6 line dead", "+3.6 line up"]
                rows.append(f"+0.7 customer {name}")
            comfort_db = (-68, -60, -54)[at // CLIPS_A_CALL % 3]
            text = TEXT.format(seed=at, voice=voice, comfort_db=comfort_db, rows="\n".join(rows))
            yield f"{voice} {at}", text


def false_tones(heard):
    """(spurts with a frame of TONE, events that only a tone calls for)."""
    is_tone = heard.rows["line_state"] == STATE_CODES["TONE"]
    n_spurts = sum(
        bool(is_tone[frame_of(start) : frame_of(end) + 10].any())
        for start, end in heard.truth["customer"]
    )
    n_events = len(of_kind(heard.events, "RING"))
    n_events += sum(e["cause"] == "TONE" for e in of_kind(heard.events, "CALL_ENDED"))
    n_events += sum(e["cause"] == "BEEP" for e in of_kind(heard.events, "HOLD_STARTED"))
    return n_spurts, n_events


def measure(run):
    given = list(texts(run))
    calls = made.heard_of_texts(given, run)
    by_voice = {}
    for heard in calls:
        voice = heard.name.split()[0]
        row = by_voice.setdefault(
            voice, {"voice": voice, "spurts": 0, "minutes": 0.0, "tone": 0, "events": 0}
        )
        n_spurts, n_events = false_tones(heard)
        row["spurts"] += len(heard.truth["customer"])
        row["minutes"] += heard.n_frames * FRAME_MS / 60_000
        row["tone"] += n_spurts
        row["events"] += n_events
    rows = list(by_voice.values())
    return {
        "title": "False tones over voice clips",
        "clips": sum(text.count(" customer ") for _name, text in given),
        "minutes": sum(row["minutes"] for row in rows),
        "false_tones": sum(row["tone"] + row["events"] for row in rows),
        "rows": [row for row in rows if row["tone"] or row["events"]],
    }
