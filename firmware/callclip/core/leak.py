"""How loud one microphone hears what belongs to the other, measured while the unit is worn.

While the other side speaks well above everything else, this channel carries leak plus whatever else
there is, so the level difference is never below the leak: its lower quartile, followed with unequal
steps, is the estimate. Bounded to -30 dB, so that a clip that is moved is found again soon.
In and out: centi-dB. Called by: hearing.py. Ref: quantile tracking by stochastic approximation,
H. Robbins, S. Monro, Annals of Mathematical Statistics 22, 1951.
"""

from callclip.core.frontend import TELEPHONE

UP_CDB = 4
DOWN_CDB = 12
MOST_ABOVE_START_CDB = 700
CLEAR_CDB = 2500  # the other side must stand this far above its own floor


class LeakEstimate:
    """level_cdb: the leak without margin; starts at the configured worst case."""

    def __init__(self, start_cdb, least_cdb):
        self.level_cdb = start_cdb
        self._most_cdb = start_cdb + MOST_ABOVE_START_CDB
        self._least_cdb = least_cdb

    def update(self, spectrum, other, other_floor):
        """Call it in frames in which the other person is surely speaking."""
        other_cdb = other.levels_cdb[TELEPHONE]
        if other_cdb - other_floor.levels_cdb[TELEPHONE] < CLEAR_CDB:
            return
        difference_cdb = spectrum.levels_cdb[TELEPHONE] - other_cdb
        if difference_cdb > self.level_cdb:
            if self.level_cdb < self._most_cdb:
                self.level_cdb += UP_CDB
        elif self.level_cdb > self._least_cdb:
            self.level_cdb -= DOWN_CDB
