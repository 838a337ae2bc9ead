"""The United Kingdom's rings through GSM and lost packets: counted all the same.

Of two lines 50 Hz apart GSM makes now the one and now the other stronger. Of made calls at most one
in 20 may be miscounted.
"""

import numpy as np

from simulator import render, runner, scenario, sweep

N_CALLS = 20
LOSSES_PCT = (0, 0, 2, 5)
TEXT = """title  rings
seed   {seed}
agent  voice studio  room {room:.1f}
line   codec gsm  loss {loss}  comfort {comfort:.1f}  leak {leak:.1f}  tone {tone:.1f}

{start:.2f}  ring uk {n_rings}
+0.9  line up
+0.5  agent hello
+1.0  end
"""


def ringing(seed):
    """(rings in it, samples)"""
    generator = np.random.default_rng([11, seed])
    n_rings = int(generator.integers(1, 4))
    spans = {"start": (1, 2), "room": (-70, -54), "comfort": (-70, -52)}
    spans |= {"leak": (-28, -14), "tone": (-34, -18)}
    drawn = {key: float(generator.uniform(*span)) for key, span in spans.items()}
    loss = LOSSES_PCT[seed % len(LOSSES_PCT)]
    text = TEXT.format(seed=seed, loss=loss, n_rings=n_rings, **drawn)
    samples, _truth = render.render(scenario.parse(text, "rings"))
    return n_rings, samples


def test_rings_are_counted_through_gsm_and_losses():
    wrong = []
    for seed in range(N_CALLS):
        n_rings, samples = ringing(seed)
        events = runner.run(sweep.Heard(samples)).events
        n_heard = sum(event["event"] == "RING" for event in events)
        if n_heard != n_rings:
            wrong.append((seed, n_rings, n_heard))
    assert len(wrong) <= N_CALLS // 20, wrong
