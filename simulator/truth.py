"""What is true about a rendered call, as plain data that can be written as JSON.

    title, seed, duration_ms, settings, voices
    agent, customer   talk spurts, [[start_ms, end_ms], ...]
    line_states       [[start_ms, end_ms, state], ...] in the contract's words, without a gap
    tones             [[start_ms, end_ms, kind, plan], ...], one for each burst
    music             [[start_ms, end_ms], ...]
    noises            [[kind, level_db, start_ms, end_ms], ...] on the line
    rings             [[start_ms, end_ms], ...], one for each cycle of a ring
    desk              [[kind, level_db, start_ms, end_ms], ...] around the agent
    knocks, shocks    [[start_ms, end_ms, peak_db], ...] on the agent's channel, on the line
    agent_active, customer_active    activity to 5 ms, without joining pauses
    agent_states      like line_states, of the agent's channel
    asl_agent_db, asl_customer_db    active speech level at the own microphone, None if silent
    agent_syllables, customer_syllables   None unless all of the speech is synthesised
    interruptions, backchannels      [[start_ms, ms, "AGENT" or "CUSTOMER"], ...]
    agent_said, customer_said        clip by clip [[start_ms, end_ms, level_db, syllables or None,
                      ms of speech], ...]
    events            what must be reported, see expected.py
    may_events        what may be reported: near a limit, or said again
    event_kinds       the kinds that both know about
Times are ms since the first sample, rounded.
Called by: render.py. Ref: contract, section 2; sound.speech_spurts for the spurt rule.
"""

from simulator import clips, expected, overlaps, sound, tones

NOISE_LIMIT_DB = -50.0  # default of noise_cdb: steadier and louder than this is NOISE
NOTHING_DB = -75.0  # default of no_signal_cdb


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
        if row.action not in tones.PLANS:
            continue
        for n in range(int(row.number)):
            at = start + sound.samples_from_s(n * tones.cycle_s(row.action, row.name))
            for first_s, last_s in tones.bursts_s(row.action, row.name):
                edges = [at + sound.samples_from_s(s) for s in (first_s, last_s)]
                out.append([*map(ms_from_samples, edges), row.action, row.name])
    return out


def _rings(stage):
    out = []
    for row, start, _end in stage.rows("ring"):
        for n in range(int(row.number)):
            at = start + sound.samples_from_s(n * tones.cycle_s("ring", row.name))
            last_s = tones.bursts_s("ring", row.name)[-1][1]
            out.append([ms_from_samples(at), ms_from_samples(at + sound.samples_from_s(last_s))])
    return out


def _line_background(stage):
    """[start_ms, end_ms, state] of the line without speech, tones and music."""
    spans = [
        (stage.settings["line.comfort"], start, end)
        for _name, _level, start, end in stage.switched("line", ("dead",))
    ]
    spans += [span[1:] for span in stage.switched("noise", ("off",))]
    edges = sorted({0, stage.n_samples, *(edge for span in spans for edge in span[1:])})
    out = []
    for start, end in zip(edges, edges[1:], strict=False):
        levels = [level for level, a, b in spans if a <= start and end <= b]
        power = sum(sound.gain_from_db(level) ** 2 for level in levels)
        out.append([ms_from_samples(start), ms_from_samples(end), state_of(power)])
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


def _speech(stage, who):
    """(joined spurts, activity) of one person in ms."""
    joined, active = [], []
    for name, at, _level in stage.said(who) if _is_heard(stage, who) else ():
        joined += [(at + a, at + b) for a, b in clips.spurts(name, *stage.voicing(who))]
        active += [(at + a, at + b) for a, b in clips.activity(name, *stage.voicing(who))]
    return _intervals(joined), [list(map(ms_from_samples, span)) for span in sorted(active)]


def _said(stage, who):
    """Every clip; nothing on a channel that hears nothing."""
    rows = []
    for name, at, level_db in stage.said(who) if _is_heard(stage, who) else ():
        end = at + len(clips.samples(name, *stage.voicing(who)))
        edges = [ms_from_samples(at), ms_from_samples(end)]
        spurts = clips.spurts(name, *stage.voicing(who))
        speech_ms = ms_from_samples(sum(b - a for a, b in spurts))
        rows.append([*edges, level_db, clips.syllables(name), speech_ms])
    return sorted(rows)


def _is_heard(stage, who):
    channel = "agent" if who == "agent" else "line"
    return stage.settings[f"{channel}.fault"] not in ("dead", "stuck")


def _syllables(stage, who):
    counts = [clips.syllables(name) for name, _at, _level in stage.said(who)]
    return sum(counts) if counts and None not in counts else None


def _agent_background(stage):
    """[start_ms, end_ms, state] of the agent's channel without his speech."""
    if not _is_heard(stage, "agent"):  # a microphone that is out of order hears nothing
        return [[0, ms_from_samples(stage.n_samples), "NO_SIGNAL"]]
    room = sound.gain_from_db(stage.settings["agent.room"]) ** 2
    spans = stage.switched("desk", ("off",))
    edges = sorted({0, stage.n_samples, *(edge for span in spans for edge in span[2:])})
    out = []
    for start, end in zip(edges, edges[1:], strict=False):
        power = room + sum(
            sound.gain_from_db(level) ** 2 for _k, level, a, b in spans if a <= start and end <= b
        )
        out.append([ms_from_samples(start), ms_from_samples(end), state_of(power)])
    return out


def state_of(power):
    if power > sound.gain_from_db(NOISE_LIMIT_DB) ** 2:
        return "NOISE"
    return "COMFORT_NOISE" if power > sound.gain_from_db(NOTHING_DB) ** 2 else "NO_SIGNAL"


def _spans(rows):
    return [
        [ms_from_samples(start), ms_from_samples(end), row.level_db] for row, start, end in rows
    ]


def _switched_ms(stage, action):
    return [
        [kind, level_db, ms_from_samples(start), ms_from_samples(end)]
        for kind, level_db, start, end in stage.switched(action, ("off",))
    ]


def of(stage, parts):
    """The truth about one rendered scenario; `parts` are the stems of render.py."""
    scenario = stage.scenario
    agent, agent_active = _speech(stage, "agent")
    customer, customer_active = _speech(stage, "customer")
    bursts = _bursts(stage)
    music = [span[:2] for span in _spans(stage.rows("music"))]
    states = _overlaid(_line_background(stage), music, "MUSIC")
    states = _overlaid(states, customer, "SPEECH")
    states = _overlaid(states, [burst[:2] for burst in bursts], "TONE")
    truth = {
        "title": scenario.title,
        "seed": scenario.seed,
        "duration_ms": ms_from_samples(stage.n_samples),
        "settings": dict(scenario.settings),
        "voices": dict(scenario.voices),
        "agent": agent,
        "customer": customer,
        "agent_said": _said(stage, "agent"),
        "customer_said": _said(stage, "customer"),
        "agent_active": agent_active,
        "customer_active": customer_active,
        "line_states": states,
        "agent_states": _overlaid(_agent_background(stage), agent, "SPEECH"),
        "tones": bursts,
        "rings": _rings(stage),
        "music": music,
        "noises": _switched_ms(stage, "noise"),
        "desk": _switched_ms(stage, "desk"),
        "knocks": _spans(stage.rows("knock")),
        "shocks": _spans(stage.rows("shock")),
        "asl_agent_db": _asl_db(parts["agent"]),
        "asl_customer_db": _asl_db(parts["customer"]),
        "agent_syllables": _syllables(stage, "agent"),
        "customer_syllables": _syllables(stage, "customer"),
        **overlaps.of(agent, customer),
    }
    events, may_events = expected.told(truth)
    kinds = list(expected.KINDS)
    return {**truth, "events": events, "may_events": may_events, "event_kinds": kinds}


def _asl_db(stem):
    level_db = sound.active_level_db(stem)[0]
    return None if level_db <= sound.FLOOR_DB else round(float(level_db), 2)
