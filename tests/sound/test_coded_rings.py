"""Rings as coders and lost packets leave them: counted all the same.

GSM makes of two lines 50 Hz apart, the United Kingdom's ring, now the one and now the other
stronger, and a lost packet is a hole in a ring. Of made calls at most one in 20 may be miscounted.
"""

import numpy as np
import pytest

from simulator import render, runner, scenario, sweep

N_CALLS = 20
LOSSES_PCT = (0, 0, 2, 5)
TEXT = """title  rings
seed   {seed}
agent  voice studio  room {room:.1f}
line   codec {codec}  loss {loss}  comfort {comfort:.1f}  leak {leak:.1f}  tone {tone:.1f}

{start:.2f}  ring {plan} {n_rings}
+0.9  line up
+0.5  agent hello
+1.0  end
"""


def ringing(plan, codec, seed):
    """(rings in it, samples)"""
    generator = np.random.default_rng([11, seed])
    n_rings = int(generator.integers(1, 4))
    spans = {"start": (1, 2), "room": (-70, -54), "comfort": (-70, -52)}
    spans |= {"leak": (-28, -14), "tone": (-34, -18)}
    drawn = {key: float(generator.uniform(*span)) for key, span in spans.items()}
    loss = LOSSES_PCT[seed % len(LOSSES_PCT)]
    text = TEXT.format(seed=seed, codec=codec, loss=loss, plan=plan, n_rings=n_rings, **drawn)
    samples, _truth = render.render(scenario.parse(text, "rings"))
    return n_rings, samples


@pytest.mark.parametrize("plan, codec", [("uk", "gsm"), ("germany", "alaw")])
def test_rings_are_counted_through_coders_and_losses(plan, codec):
    wrong = []
    for seed in range(N_CALLS):
        n_rings, samples = ringing(plan, codec, seed)
        events = runner.run(sweep.Heard(samples)).events
        n_heard = sum(event["event"] == "RING" for event in events)
        if n_heard != n_rings:
            wrong.append((seed, n_rings, n_heard))
    assert len(wrong) <= N_CALLS // 20, wrong
