"""Ringers that no telephone network makes: the bead learns them once, before the call.

    template_for(truth)   ->  the learned ringer of a call's own ring, or None

The lesson is two rings on a quiet line at the usual level, whatever the call is like.
Called by: hear.py. Ref: simulator/ringer.py.
"""

import functools

from benches.detection.slots import Samples

LESSON = """line  comfort -70

1.0   ring {plan} 2
+4.0  end
"""


def template_for(truth):
    from simulator import tones

    plans = {row[3] for row in truth["tones"] if row[2] == "ring"} & set(tones.LEARNED)
    return _learned(min(plans)) if plans else None


@functools.cache
def _learned(plan):
    from simulator import render, ringer, scenario

    samples, _truth = render.render(scenario.parse(LESSON.format(plan=plan), "lesson"))
    return ringer.learn(Samples(samples))
