"""How far a calibration is, why one failed, what it sets and means: for the unit and what asks it.

Called by: calibration, calibrating, rules/levels, host_tools. Known levels in dB(A) times 100.
Ref: ITU-T P.64 (a voice has -4.7 dBPa at the mouth reference point).
"""

IDLE, LISTENING, DONE, FAILED = range(4)
NO_REASON, NO_SOUND, UNSTEADY, CLIPPED, LOST, NOT_KEPT = range(6)
REASONS = (
    "",
    "no sound of that level came; check the calibrator, the level and which microphone it is at",
    "the sound was not steady for three seconds; hold calibrator and microphone still",
    "the sound overdrives the microphone; use a lower level",
    "sound was lost meanwhile; try again",
    "the configuration cannot be written",
)
LEAST_KNOWN_CDB, MOST_KNOWN_CDB = 6000, 12500  # dB(A) times 100
KEYS = ("spl_offset_cdb", "shock_peak_cdb")  # of the configuration, set together
AGENT_KEYS = ("agent_offset_cdb",)  # of the agent's microphone
# The agent's limits are given for a voice of -2600 where it has 89.3 dB SPL.
AGENT_OFFSET_CDB = 11530


def at_the_mouth(config, limit_cdb):
    """A limit for the agent's level, in what this unit's microphone tells of that sound."""
    if config.agent_offset_cdb:
        return limit_cdb + AGENT_OFFSET_CDB - config.agent_offset_cdb
    return limit_cdb
