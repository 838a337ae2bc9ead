"""QUIET_CUSTOMER, AGENT_QUIET, AGENT_LOUD, CUSTOMER_LOUD and AGENT_RAISED_VOICE from true levels.

A level within UNSURE_DB of its limit calls for nothing and forbids nothing. Levels dB re full
scale: what the script sets, active speech level of each clip.
Called by: expected.py. Ref: contract, section 3.
"""

from simulator.judges.own_speech import OwnSpeech

UNSURE_DB = 1.2
STAGES = 3
AGAIN_MS = 1 << 30  # a prompt may be said again, later, while it is still so
SETTLED_MS = 8000  # own speech before a customer has a level of his own
LOUD_STRETCH_MS = 1500
RAISED_STRETCH_MS = 2500


def judge(call):
    customer = OwnSpeech(call.truth["customer_said"], call.start_ms, call.end_ms)
    agent = OwnSpeech(call.truth["agent_said"], call.start_ms, call.end_ms)
    _quiet_customer(call, customer)
    config = call.config
    _agent(call, agent, "AGENT_QUIET", config.agent_quiet_cdb / 100, -1)
    _agent(call, agent, "AGENT_LOUD", config.agent_loud_cdb / 100, 1)
    _loud_customer(call, customer)
    _raised_voice(call, agent)


def _beyond(level_db, limit_db, sign):
    """1 surely beyond the limit, 0 surely not, None unsure."""
    over_db = (level_db - limit_db) * sign
    return None if abs(over_db) < UNSURE_DB else int(over_db > 0)


def _levels(speech):
    return {row[2] for row in speech.said}


def _tell(call, found, event, is_sure=True, **fields):
    if found:
        t_ms, early_ms, late_ms, is_enough = found
        tell = call.say if is_sure and is_enough else call.may
        tell(event, t_ms, early_ms, late_ms, **fields)


def _quiet_customer(call, speech):
    config = call.config
    states = {_beyond(level, config.quiet_customer_cdb / 100, -1) for level in _levels(speech)}
    if states <= {0}:
        return
    for stage in range(1, STAGES + 1):
        need_ms = config.quiet_customer_ms + (stage - 1) * config.quiet_customer_step_ms
        found = speech.window(need_ms)
        _tell(call, found, "QUIET_CUSTOMER", states == {1}, stage=stage)


def _agent(call, speech, event, limit_db, sign):
    states = {_beyond(level, limit_db, sign) for level in _levels(speech)}
    if states <= {0}:
        return
    found = speech.window(call.config.agent_level_ms)
    _tell(call, found, event, states == {1})
    if found:
        call.may(event, found[0], 0, AGAIN_MS)


def _loud_customer(call, speech):
    config = call.config
    limit_db = config.customer_loud_cdb / 100
    states = {_beyond(level, limit_db, 1) for level in _levels(speech)}
    if states != {0} and states:
        _tell(call, speech.window(LOUD_STRETCH_MS), "CUSTOMER_LOUD", states == {1})
        call.may("CUSTOMER_LOUD", call.start_ms, 0, AGAIN_MS)
    elif len(_levels(speech)) > 1:
        _louder_than_before(call, speech, config.customer_loud_rise_cdb / 100)


def _louder_than_before(call, speech, rise_db):
    own_db = speech.said[0][2]
    loud = [row[0] for row in speech.said if row[2] - own_db > rise_db + UNSURE_DB]
    if not loud:
        return
    before = OwnSpeech(speech.said, to_ms=loud[0])
    found = OwnSpeech(speech.said, from_ms=loud[0]).window(LOUD_STRETCH_MS)
    is_sure = before.total_ms >= 1.4 * SETTLED_MS
    _tell(call, found, "CUSTOMER_LOUD", is_sure)
    call.may("CUSTOMER_LOUD", loud[0], 0, AGAIN_MS)


def _raised_voice(call, speech):
    """The agent's rise counts from the first stage of a sequence; here levels are one or two."""
    begun = [e["t_ms"] for e in call.events if e["event"] in ("QUIET_CUSTOMER", "NOISY_LINE")]
    levels = sorted(_levels(speech))
    if not begun or len(levels) < 2:
        return
    rise_db = call.config.raised_voice_cdb / 100
    before = [row for row in speech.said if row[0] < min(begun)] or speech.said[:1]
    raised = [row[0] for row in speech.said if row[2] - before[-1][2] > rise_db]
    raised = [start for start in raised if start > min(begun)]
    if not raised:
        return
    is_sure = levels[-1] - before[-1][2] > rise_db + 2 * UNSURE_DB
    found = OwnSpeech(speech.said, from_ms=raised[0]).window(RAISED_STRETCH_MS)
    if found:
        t_ms, _early, late_ms, is_enough = found
        _tell(
            call, (t_ms, t_ms - raised[0], late_ms + 3000, is_enough), "AGENT_RAISED_VOICE", is_sure
        )
    call.may("AGENT_RAISED_VOICE", raised[0], 0, AGAIN_MS)
