"""Under which conditions a frame was heard: named masks over a call, told from its truth.

    masks(heard)  ->  {"clean": bool [n], "leak -20 dB": ..., "babble": ..., "codec gsm": ...}

A condition of the whole call (leak, codec) covers all its frames; a noise covers its own stretches.
"hold music" and "ring or busy" are sounds, not conditions for speech: see sounds().
Called by: speech.py, __main__.py (what the worst calls were like). Ref: simulator/truth.py.
"""

import numpy as np

from benches.detection.frames import mask

LEAK_STEPS_DB = ((-12.5, "leak -10 dB"), (-17.5, "leak -15 dB"), (-22.5, "leak -20 dB"))
LEAK_STEPS_DB += ((-27.5, "leak -25 dB"), (-np.inf, "leak -30 dB"))
SNR_DB, SNR_WIDTH_DB = 10.0, 2.0
SPARE_MS = 200  # around a sound: the edges of rings and music belong to nobody


def of(truth):
    """The call's conditions in one place."""
    settings = truth["settings"]
    return {
        "line_leak_db": settings["line.leak"],
        "agent_leak_db": settings["agent.leak"],
        "codec": settings["line.codec"],
        "loss_pct": settings["line.loss"],
        "line_snr_db": _snr_db(truth),
        "noises": sorted(noise_kinds(truth)),
    }


def noise_kinds(truth):
    """Kinds of noise on the line or around the agent."""
    return {row[0] for row in truth["noises"] + truth["desk"]}


def _snr_db(truth):
    """The customer's level above the loudest noise of the line; None without either."""
    levels = [row[1] for row in truth["noises"]]
    voice_db = truth["asl_customer_db"]
    return voice_db - max(levels) if levels and voice_db is not None else None


def leak_name(leak_db):
    return next(name for least_db, name in LEAK_STEPS_DB if leak_db >= least_db)


def masks(heard):
    """Named masks for speech by condition."""
    truth, n = heard.truth, heard.n_frames
    call = of(truth)
    whole = np.ones(n, bool)
    noisy = mask([row[2:4] for row in truth["noises"]], n)
    out = {"all": whole, leak_name(call["line_leak_db"]): whole, f"codec {call['codec']}": whole}
    if call["loss_pct"]:
        out["packet loss"] = whole
    for place, prefix in (("noises", ""), ("desk", "desk ")):
        for kind in {row[0] for row in truth[place]}:
            out[prefix + kind] = mask([row[2:4] for row in truth[place] if row[0] == kind], n)
    if not call["noises"] and not truth["music"]:
        out["clean"] = whole
    snr_db = call["line_snr_db"]
    if snr_db is not None and abs(snr_db - SNR_DB) <= SNR_WIDTH_DB:
        out["line SNR 10 dB"] = noisy
    return out


def sounds(heard):
    """Masks of sounds on the line that are no speech: frames flagged there are wrong."""
    truth, n = heard.truth, heard.n_frames
    voice = mask([[a - SPARE_MS, b + SPARE_MS] for a, b in truth["customer"]], n)
    tones = [row for row in truth["tones"] if row[2] != "beep"]
    return {
        "hold music": mask(truth["music"], n) & ~voice,
        "ring or busy": mask(tones, n) & ~voice,
    }
