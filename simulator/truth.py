"""What is true about a rendered call, as plain data that can be written as JSON.

    title, seed, duration_ms, settings, voices
    agent, customer   talk spurts, [[start_ms, end_ms], ...]
    line_states       [[start_ms, end_ms, state], ...] in the contract's words, without a gap
    tones             [[start_ms, end_ms, kind, plan], ...], one for each burst
    music             [[start_ms, end_ms], ...]
    noises            [[kind, level_db, start_ms, end_ms], ...] on the line
    events            what should be reported, see expected.py
Times are ms since the first sample, rounded.
Called by: render.py. Ref: contract, section 2; sound.speech_spurts for the spurt rule.
"""

from simulator import expected, sound
from simulator import scenario as scenarios

NOISE_LIMIT_DB = -50.0  # default of noise_cdb: steadier and louder than this is NOISE


def ms_from_samples(n_samples):
    return round(n_samples * 1000 / sound.SAMPLE_RATE_HZ)


def _intervals(spurts):
    """Spurts in ms; those of neighbouring clips merge like pauses inside one clip."""
    merge = sound.samples_from_s(sound.MERGE_GAP_S)
    merged = []
    for start, end in sorted(spurts):
        if merged and start - merged[-1][1] <= merge:
            merged[-1][1] = max(end, merged[-1][1])
        else:
            merged.append([start, end])
    return [[ms_from_samples(start), ms_from_samples(end)] for start, end in merged]


def _bursts(stage):
    out = []
    for row, start, _end in stage.placed:
        if row.action not in scenarios.TONES:
            continue
        _hz, on_s, off_s = scenarios.TONES[row.action][row.name]
        for n in range(int(row.number)):
            at = start + sound.samples_from_s(n * (on_s + off_s))
            last = at + sound.samples_from_s(on_s)
            out.append([ms_from_samples(at), ms_from_samples(last), row.action, row.name])
    return out


def _line_background(stage):
    """[start_ms, end_ms, state] of the line without speech, tones and music."""
    power = {}
    for _name, _level, start, end in stage.switched("line", ("dead",)):
        power[(start, end)] = stage.settings["line.comfort"]
    for _kind, level_db, start, end in stage.switched("noise", ("off",)):
        power[(start, end)] = level_db
    edges = sorted({0, stage.n_samples, *(edge for span in power for edge in span)})
    out = []
    for start, end in zip(edges, edges[1:], strict=False):
        levels = [level for (a, b), level in power.items() if a <= start and end <= b]
        if not levels:
            state = "NO_SIGNAL"
        else:
            state = "NOISE" if max(levels) > NOISE_LIMIT_DB else "COMFORT_NOISE"
        out.append([ms_from_samples(start), ms_from_samples(end), state])
    return out


def _overlaid(states, spans, state):
    """`states` with `state` wherever one of the spans is."""
    for first, last in spans:
        out = []
        for start, end, was in states:
            for a, b, name in (
                (start, min(end, first), was),
                (max(start, first), min(end, last), state),
                (max(start, last), end, was),
            ):
                if b > a:
                    out.append([a, b, name])
        states = out
    joined = []
    for start, end, name in states:
        if joined and joined[-1][2] == name:
            joined[-1][1] = end
        else:
            joined.append([start, end, name])
    return joined


def of(scenario, stage, agent_spurts, customer_spurts):
    """The truth about one rendered scenario; spurts are in samples."""
    agent, customer = _intervals(agent_spurts), _intervals(customer_spurts)
    tones = _bursts(stage)
    music = [
        [ms_from_samples(start), ms_from_samples(end)]
        for row, start, end in stage.placed
        if row.action == "music"
    ]
    states = _overlaid(_line_background(stage), music, "MUSIC")
    states = _overlaid(states, customer, "SPEECH")
    states = _overlaid(states, [tone[:2] for tone in tones], "TONE")
    noises = [
        [kind, level_db, ms_from_samples(start), ms_from_samples(end)]
        for kind, level_db, start, end in stage.switched("noise", ("off",))
    ]
    truth = {
        "title": scenario.title,
        "seed": scenario.seed,
        "duration_ms": ms_from_samples(stage.n_samples),
        "settings": dict(scenario.settings),
        "voices": dict(scenario.voices),
        "agent": agent,
        "customer": customer,
        "line_states": states,
        "tones": tones,
        "music": music,
        "noises": noises,
    }
    return {**truth, "events": expected.events(truth)}
