"""Calibration on the unit: listens in the loop, keeps the offset in the configuration.

The finding itself is core/calibration.py. What it sets comes into force at the next start, as every
configuration does. Levels in centi-dB. Called by: service. Ref: docs/protocol.md, CALIBRATE.
"""

from callclip.core import calibstates, protocol, records
from callclip.core.calibration import Calibration, calibrated, uncalibrated
from callclip.core.config import Config
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
        line = self._bead.view.line
        found.hear(self._bead.n_frames, line.weighted_cdb, line.n_clipped)
        if found.state == calibstates.DONE:
            try:
                self._keep(calibrated(self._settings.values, found.offset_cdb))
            except OSError:
                found.fail(calibstates.NOT_KEPT)

    def _keep(self, values):
        self._settings.save(values)
        self._journal.log_config(values, records.CONFIG_CALIBRATED)

    def answer(self, request):
        action = request["action"]
        found = self._calibration
        if action == protocol.CALIBRATE_START:
            self._start(request["known_cdb"])
        elif action == protocol.CALIBRATE_STOP:
            if found.state == calibstates.LISTENING:
                self._calibration = Calibration()
        elif action == protocol.CALIBRATE_CLEAR:
            self._calibration = Calibration()
            if self._settings.values.get("spl_offset_cdb"):
                self._keep(uncalibrated(self._settings.values))
        elif action != protocol.CALIBRATE_TELL:
            raise ValueError("no action {}".format(action))
        return self._told()

    def _start(self, known_cdb):
        least, most = calibstates.LEAST_KNOWN_CDB, calibstates.MOST_KNOWN_CDB
        if not least <= known_cdb <= most:
            raise ValueError("known_cdb {} is outside {} to {}".format(known_cdb, least, most))
        if self._bead.call.state >= GREETING:  # a tone alone may pass for a ring
            raise Refusal(protocol.BUSY, "a call is going on")
        found = self._calibration
        if found.state != calibstates.LISTENING or found.known_cdb != known_cdb:
            self._calibration = Calibration(known_cdb, self._bead.n_frames)

    def _told(self):
        found = self._calibration
        kept = Config(self._settings.values).as_dict()
        return {
            "state": found.state,
            "reason": found.reason,
            "known_cdb": found.known_cdb,
            "level_cdb": found.level_cdb,
            "spread_cdb": found.spread_cdb,
            "spl_offset_cdb": kept["spl_offset_cdb"],
            "shock_peak_cdb": kept["shock_peak_cdb"],
        }
