"""The learned ringer on the unit: taken into force at the start, learned, told about, forgotten.

Learning itself runs frame by frame in core/ringlearn.py; here is what allocates or writes flash.
Times in ms, levels in centi-dB. Called by: service. Ref: docs/protocol.md, RINGER.
"""

from callclip.core import protocol
from callclip.core.protocol import Refusal
from callclip.core.units import ms_from_frames


class Ringing:
    def __init__(self, bead, settings):
        self._bead = bead
        self._settings = settings
        bead.ringer.use(settings.load_ringer())

    def settle(self):
        """Once a turn: two rings that were heard become a template, or a refusal."""
        learner = self._bead.learner
        if not learner.is_heard:
            return
        learner.judge()
        if learner.template is not None:
            self._bead.ringer.use(learner.template)
            self._save()

    def _save(self):
        """A file system that refuses costs the ringer at the next start, not before."""
        try:
            self._settings.save_ringer(self._bead.ringer.template)
        except OSError as error:
            self._settings.problem = "the learned ringer cannot be kept: {}".format(error)

    def answer(self, request):
        action = request["action"]
        learner = self._bead.learner
        if action == protocol.RINGER_LEARN:
            if self._bead.call.state:
                raise Refusal(protocol.BUSY, "a call is going on")
            if not learner.is_learning:
                learner.start()
        elif action == protocol.RINGER_STOP:
            learner.stop()
        elif action == protocol.RINGER_CLEAR:
            learner.stop()
            self._settings.save_ringer(None)
            self._bead.ringer.use(None)
        elif action != protocol.RINGER_TELL:
            raise ValueError("no action {}".format(action))
        return self._told()

    def _told(self):
        learner = self._bead.learner
        template = self._bead.ringer.template
        told = {
            "is_learned": 0,
            "channel": 0,
            "level_cdb": -12000,
            "n_bursts": 0,
            "ring_ms": 0,
            "pause_ms": 0,
            "learning": learner.state,
            "reason": learner.reason,
        }
        if template is not None:
            told["is_learned"] = 1
            told["channel"] = template["channel"]
            told["level_cdb"] = template["level_cdb"]
            told["n_bursts"] = (len(template["runs"]) + 1) // 2
            told["ring_ms"] = ms_from_frames(sum(template["runs"]))
            told["pause_ms"] = ms_from_frames(template["pause_frames"])
        return told
