"""False tones: every voice clip there is on the line, and no ring, busy tone or beep among them.

The clips of both parts' voices and those that are committed, or those of the part abroad, are said
one after the other by the customer, some in a call and some on a line that just came up. Prompts
that are tones themselves are left out. Each clip with a frame of the state TONE is a false tone,
unless it does hold a machine's tone (a censor's bleep within the words), told by its own spectrum
in floating point; and so is each RING, each end by tone and each hold by beep, without that mercy.
Called by: __main__.py.
"""

import numpy as np

from benches.detection import made, parts
from benches.detection.events import of_kind
from benches.detection.frames import FRAME_MS, STATE_CODES, frame_of

RATE_HZ = 16000
CLIPS_A_CALL = 12
TONE_WINDOW = 800  # samples, 50 ms; a tone fills four in a row
TONE_WINDOWS = 4
TONE_SHARE = 0.97  # of a window's power within TONE_WIDTH_HZ of its strongest line
TONE_WIDTH_HZ = 50.0
TONE_DRIFT_HZ = 8.0
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


def holds_tone(samples):
    """Whether a machine's tone of 200 ms is in it: one line that stands still, and nothing else."""
    window = np.hanning(TONE_WINDOW)
    hz = np.fft.rfftfreq(8 * TONE_WINDOW, 1 / RATE_HZ)
    places = []
    for at in range(0, len(samples) - TONE_WINDOW + 1, TONE_WINDOW):
        power = np.abs(np.fft.rfft(samples[at : at + TONE_WINDOW] * window, 8 * TONE_WINDOW)) ** 2
        place = hz[power.argmax()]
        is_line = power[np.abs(hz - place) <= TONE_WIDTH_HZ].sum() >= TONE_SHARE * power.sum() > 0
        is_same = not places or abs(place - places[-1]) <= TONE_DRIFT_HZ
        places = [*(places if is_same else []), place] if is_line else []
        if len(places) == TONE_WINDOWS:
            return True
    return False


def _with_tone(heard, names):
    """[start_ms, end_ms] of the clips that hold a tone, among those where the bead says so."""
    from simulator import clips

    return [
        said[:2]
        for said, name in zip(heard.truth["customer_said"], names, strict=True)
        if _is_tonal(heard, *said[:2]) and holds_tone(clips.samples(name))
    ]


def _is_tonal(heard, start_ms, end_ms):
    is_tone = heard.rows["line_state"] == STATE_CODES["TONE"]
    return bool(is_tone[frame_of(start_ms) : frame_of(end_ms) + 10].any())


def false_tones(heard, names):
    """(spurts with a frame of TONE, events that only a tone calls for, clips with a tone of their
    own); names: the clips said."""
    tones = _with_tone(heard, names)
    n_spurts = sum(
        _is_tonal(heard, start, end) and not any(a <= start < b for a, b in tones)
        for start, end in heard.truth["customer"]
    )
    n_events = len(of_kind(heard.events, "RING"))
    n_events += sum(e["cause"] == "TONE" for e in of_kind(heard.events, "CALL_ENDED"))
    n_events += sum(e["cause"] == "BEEP" for e in of_kind(heard.events, "HOLD_STARTED"))
    return n_spurts, n_events, len(tones)


def measure(run):
    given = list(texts(run))
    calls = made.heard_of_texts(given, run)
    by_voice = {}
    n_bleeps = 0
    for heard, (_name, text) in zip(calls, given, strict=True):
        voice = heard.name.split()[0]
        row = by_voice.setdefault(
            voice, {"voice": voice, "spurts": 0, "minutes": 0.0, "tone": 0, "events": 0}
        )
        names = [line.split()[-1] for line in text.splitlines() if " customer " in line]
        n_spurts, n_events, n_own = false_tones(heard, names)
        n_bleeps += n_own
        row["spurts"] += len(heard.truth["customer"])
        row["minutes"] += heard.n_frames * FRAME_MS / 60_000
        row["tone"] += n_spurts
        row["events"] += n_events
    rows = list(by_voice.values())
    return {
        "title": "False tones over voice clips",
        "clips": sum(text.count(" customer ") for _name, text in given),
        "minutes": sum(row["minutes"] for row in rows),
        "clips_with_a_tone": n_bleeps,
        "false_tones": sum(row["tone"] + row["events"] for row in rows),
        "rows": [row for row in rows if row["tone"] or row["events"]],
    }
