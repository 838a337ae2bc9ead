"""How far a calibration is, why one failed, and what it sets: for the unit and for what asks it.

Called by: calibration, calibrating, host_tools. Known levels in dB(A) times 100.
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
