"""Calls with a hold: short, long, and one after which the agent says nothing. Times in s.

Called by: kinds.py.
"""

from simulator.world import talk


def hold(script):
    """The customer, or the agent, is put on hold: music, beeps, or nothing at all."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(25, 60))
    script.wait(0.3, 1.0)
    script.say("agent", 1)
    script.wait(0.5, 2.5)
    seconds = random.choice((random.uniform(12, 35), random.uniform(50, 110)))
    script.noise()
    cause = random.choice(("music", "music", "beep", "drop"))
    if cause == "music":
        script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
        script.wait(seconds)
    elif cause == "beep":
        script.wait(1.0, 3.0)
        script.tone("beep", "hold", max(3, int(seconds / 5)))
        script.wait(1.0, 3.5)
    else:
        script.line("dead")
        script.wait(seconds)
    talk.connect(script)
    script.wait(0.2, 1.5)
    script.say(random.choice(("agent", "customer")), 1)
    talk.turns(script, random.uniform(20, 50))
    talk.ending(script)


def long_hold(script):
    """A hold of more than three minutes."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(15, 25))
    script.wait(0.5, 2.0)
    script.noise()
    seconds = random.uniform(186.0, 215.0)
    if random.random() < 0.7:
        script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
        script.wait(seconds)
    else:
        script.tone("beep", "hold", int(seconds / 5) + 1)
        script.wait(1.0, 3.5)
    talk.connect(script)
    script.wait(0.3, 1.5)
    script.say("customer", 1)
    if random.random() < 0.5:
        script.wait(6.0, 7.0)
    talk.turns(script, random.uniform(10, 20), first="agent")
    talk.ending(script)


def unspoken_return(script):
    """The customer is back from hold and the agent says nothing for a while."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(15, 30))
    script.wait(0.5, 2.0)
    script.noise()
    seconds = random.uniform(15.0, 40.0)
    script.row(script.t_s, f"music {random.choice(script.pieces)} {seconds:.1f}")
    script.wait(seconds)
    talk.connect(script)
    script.wait(6.8, 9.0)
    script.say("agent", 1)
    talk.turns(script, random.uniform(15, 30))
    talk.ending(script)
