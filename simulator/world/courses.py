"""Calls told apart by who speaks when. Times in s.

Called by: kinds.py, troubles.py.
"""

from simulator import tones
from simulator.world import talk


def normal(script):
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, script.random.uniform(50, 200), script.random.choice((0.1, 0.25, 0.4)))
    talk.ending(script)


def silent(script):
    """Nobody answers: the agent follows the rule, or waits longer, or goes on asking."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    for _step in range(random.choice((2, 3, 3, 4))):
        script.wait(random.choice((5.8, 6.5, 7.5)))
        script.say("agent", 1)
    script.wait(6.5, 12.0)
    _off(script)


def one_word(script):
    """A silent call until the customer says one word."""
    random = script.random
    talk.begin(script)
    talk.opening(script)
    for _step in range(random.choice((0, 1, 2))):
        script.wait(5.8, 6.5)
        script.say("agent", 1)
    script.wait(1.5, 4.0)
    script.say("customer", 1, kind=random.choice(("words", "words", "lines")))
    script.wait(6.0, 12.0)
    script.say("agent", 1)
    script.wait(6.5, 14.0)
    _off(script)


def _off(script):
    script.noise()
    script.line("dead")
    script.wait(5.0, 8.0)


def late_answer(script):
    talk.begin(script)
    talk.opening(script, rings=script.random.randint(4, 7))
    talk.turns(script, script.random.uniform(20, 60))
    talk.ending(script)


def ring_speech(script):
    """The agent talks to a neighbour while it rings, and over the busy tone at the end."""
    random = script.random
    talk.begin(script)
    at_s = script.t_s + random.uniform(0.2, 1.0)
    script.tone("ring", script.conditions["plan"], 3)
    script.said_at(at_s, "agent", [script.clip("agent")])
    script.wait(0.5, 1.2)
    talk.connect(script)
    script.wait(0.3, 1.0)
    script.say("agent", 1)
    talk.turns(script, random.uniform(20, 60))
    script.wait(0.5, 1.5)
    busy_s = script.t_s
    talk.hang_up(script, "tone")
    script.said_at(busy_s + 3.2, "agent", [script.clip("agent", "words")])


def greeting_missing(script):
    talk.begin(script)
    talk.opening(script, has_greeting=False)
    script.wait(0.4, 1.5)
    script.say("customer", 1)
    script.wait(3.6, 5.0)
    script.say("customer", 1, kind="words")
    script.wait(0.5, 2.0)
    script.say("agent", 1)
    talk.turns(script, script.random.uniform(20, 50))
    talk.ending(script)


def dead_air(script):
    random = script.random
    talk.begin(script)
    talk.opening(script)
    talk.turns(script, random.uniform(20, 50), first="customer")
    script.wait(0.3, 0.8)
    script.say("customer", 1)
    script.wait(random.choice((11.0, 14.0, 22.5)))
    script.say("agent", 1)
    talk.turns(script, random.uniform(15, 40))
    talk.ending(script)


def custom_ringer(script):
    """A ringer that no network knows."""
    script.conditions["plan"] = script.random.choice(tones.LEARNED)
    normal(script)


def no_call(script):
    """The agent talks to a colleague beside a dead line."""
    random = script.random
    script.conditions["desk"] = "neighbour"
    script.conditions["desk_db"] = round(script.conditions["agent"] - random.uniform(18, 28), 1)
    talk.begin(script)
    for _turn in range(random.randint(5, 12)):
        script.say("agent", random.randint(1, 3))
        script.wait(1.0, 6.0)
    script.wait(2.0, 4.0)
