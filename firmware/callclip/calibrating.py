"""Calibration on the unit: listens in the loop, keeps the offset in the configuration.

The finding itself is core/calibration.py. What it sets comes into force at the next start, as every
configuration does. Levels in centi-dB. Called by: service. Ref: docs/protocol.md, CALIBRATE.
"""

from callclip.core import calibstates, protocol, records
from callclip.core.calibration import Calibration, calibrated, uncalibrated
from callclip.core.config import value_of
from callclip.core.protocol import Refusal
from callclip.core.transitions import GREETING


class Calibrating:
    def __init__(self, bead, settings, journal):
        self._bead = bead
        self._settings = settings
        self._journal = journal
        self._calibration = Calibration()

    def settle(self):
        """Once a turn: hear the frame that came, keep what was found."""
        found = self._calibration
        if found.state != calibstates.LISTENING:
            return
        view = self._bead.view
        channel = view.agent if found.is_agent else view.line
        found.hear(self._bead.n_frames, channel.weighted_cdb, channel.n_clipped)
        if found.state == calibstates.DONE:
            try:
                self._keep(calibrated(self._settings.values, found.offset_cdb, found.is_agent))
            except OSError:
                found.fail(calibstates.NOT_KEPT)

    def _keep(self, values):
        self._settings.save(values)
        self._journal.log_config(values, records.CONFIG_CALIBRATED)

    def answer(self, request):
        action = request["action"]
        found = self._calibration
        if action == protocol.CALIBRATE_START:
            self._start(request["known_cdb"], 0)
        elif action == protocol.CALIBRATE_START_AGENT:
            self._start(request["known_cdb"], 1)
        elif action == protocol.CALIBRATE_STOP:
            if found.state == calibstates.LISTENING:
                self._calibration = Calibration()
        elif action == protocol.CALIBRATE_CLEAR:
            self._calibration = Calibration()
            values = self._settings.values
            if values.get("spl_offset_cdb") or values.get("agent_offset_cdb"):
                self._keep(uncalibrated(values))
        elif action != protocol.CALIBRATE_TELL:
            raise ValueError("no action {}".format(action))
        return self._told()

    def _start(self, known_cdb, is_agent):
        least, most = calibstates.LEAST_KNOWN_CDB, calibstates.MOST_KNOWN_CDB
        if not least <= known_cdb <= most:
            raise ValueError("known_cdb {} is outside {} to {}".format(known_cdb, least, most))
        if self._bead.call.state >= GREETING:  # a tone alone may pass for a ring
            raise Refusal(protocol.BUSY, "a call is going on")
        found = self._calibration
        wanted = (calibstates.LISTENING, known_cdb, is_agent)
        if (found.state, found.known_cdb, found.is_agent) != wanted:
            self._calibration = Calibration(known_cdb, self._bead.n_frames, is_agent)

    def _told(self):
        found = self._calibration
        kept = self._settings.values
        return {
            "state": found.state,
            "reason": found.reason,
            "known_cdb": found.known_cdb,
            "level_cdb": found.level_cdb,
            "spread_cdb": found.spread_cdb,
            "spl_offset_cdb": value_of(kept, "spl_offset_cdb"),
            "shock_peak_cdb": value_of(kept, "shock_peak_cdb"),
            "is_agent": found.is_agent,
            "agent_offset_cdb": value_of(kept, "agent_offset_cdb"),
        }
