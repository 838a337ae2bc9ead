"""Speech on a noisy line: calls made at 10 dB between the customer's voice and the line's noise.

Both take turns for a minute over a leak of -20 dB; each kind of noise in several voices, babble of
the part's other voices among them. Scored like speech.py, beside the peers, by kind of noise.
Called by: __main__.py. Units: F1 0..1, dB.
"""

from benches.detection import hear, made, speech

KINDS = ("white", "pink", "hum", "telephone", "room", "keyboard", "babble")
NO_BABBLE = "all but babble"
GROUPS = {NO_BABBLE: KINDS[:-1], **{kind: (kind,) for kind in KINDS}}
N_CALLS = 5  # of each kind
SNR_DB = 10.0
LEVELS_DB = (-26.0, -22.0, -30.0)
TALK_S = 60.0
TEXT = """title  noisy speech
seed   {seed}
crowd  {crowd}
agent  voice {agent}
customer  voice {customer}  level {level_db}
line   comfort -72  leak -20

1.0   line up
+0.0  noise {kind} {noise_db}
{talk}
+1.0  end
"""


def texts(run):
    voices = made.voices_of(run)
    for k, kind in enumerate(KINDS):
        for n in range(N_CALLS):
            at = (N_CALLS * k + n) % len(voices)
            agent, customer, *rest = voices[at:] + voices[:at]
            level_db = LEVELS_DB[n % len(LEVELS_DB)]
            text = TEXT.format(
                seed=100 * k + n,
                crowd=" ".join((rest or [agent])[:6]),
                agent=agent,
                customer=customer,
                level_db=level_db,
                kind=kind,
                noise_db=level_db - SNR_DB,
                talk=_turns(agent, customer, 7 * n),
            )
            yield f"{kind} {n}", text


def _turns(agent, customer, at):
    """Rows in which both speak alternately, with pauses of 0.5 to 2 s."""
    rows, seconds = [], 0.0
    while seconds < TALK_S:
        who, voice = (("customer", customer), ("agent", agent))[len(rows) % 2]
        pause_s = (0.5, 1.2, 0.8, 2.0)[len(rows) % 4]
        (name,) = made.names_for(voice, 0.1, at + len(rows))
        rows.append(f"+{pause_s} {who} {name}")
        seconds += pause_s + made.length_s(name)
    return "\n".join(rows)


def heard(name, text, is_beside_peers):
    from simulator import render, scenario

    samples, truth = render.render(scenario.parse(text, name))
    call = hear.hear_samples(name, samples, truth)
    return hear.with_peers(call, samples) if is_beside_peers else call


def measure(run):
    given = [(name, text, run.is_beside_peers) for name, text in texts(run)]
    calls = hear.in_parallel(heard, given, run.n_jobs, run.on_done)
    figures = {}
    for name, kinds in GROUPS.items():
        some = [call for call in calls if call.name.split()[0] in kinds]
        figures[name] = speech.measure(some)["line"]["detectors"]
    rows = []
    for kind, detectors in figures.items():
        peer = speech.best_peer(detectors, "all")
        ours = detectors["callclip"]
        row = {
            "noise": kind,
            "F1": ours["f1"]["all"],
            "found": ours["found"],
            "wrong": ours["wrong"],
        }
        if peer:
            row |= {"best gated peer": peer[0], "its F1": peer[1]}
        rows.append(row)
    return {
        "title": f"Line speech at {SNR_DB:g} dB above the noise, leak -20 dB, frames",
        "detectors": figures,
        "rows": rows,
    }
