"""Every threshold that was searched for and not reasoned out, in one table.

`make tune` tries other values on the tuning part of the labelled world and prints what each would
gain; docs/tuning.md has the figures of these. Logits are in Q8: 256 are odds of e to 1.
Read by: speech.py, hindsight.py, music.py, hearing.py.
"""

# Live: speech from this logit on, and down to this one. With hindsight: from, down to.
AGENT_SPEECH = (192, 0, 192, 128)
LINE_SPEECH = (96, -192, 384, 128)
SURE_SUM_Q8 = 1800  # a talk spurt counts when the logits of its active frames add up to this

# The most that one frame adds to the sum or takes; maybe music from this sum on; music from this
# one on, down to this one; the largest sum.
MUSIC_Q8 = (768, 8000, 45000, 28000, 50000)
