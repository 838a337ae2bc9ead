"""Somebody's own speech as it adds up through a call: when had he said so many seconds?

Speech counts in joined spurts, ms, clip by clip with its level (dB) and syllables.
Called by: levels.py; talk.py takes EDGE_MS.
"""

COUNTED_PCT = (75, 140)  # ears count less or more of the same speech, pauses and onsets
LATE_MS = 600
EDGE_MS = 20  # a clip begins up to a window before its first spurt, from which a call is counted


class OwnSpeech:
    def __init__(self, said, from_ms=0, to_ms=1 << 40):
        self.said = [row for row in said if row[0] + EDGE_MS >= from_ms and row[1] <= to_ms]
        self.total_ms = sum(row[4] for row in self.said)

    def when(self, ms):
        """The moment at which so much has been said, or None."""
        for start, end, _level, _syllables, speech_ms in self.said:
            if ms <= speech_ms:
                return start + ms * (end - start) // speech_ms
            ms -= speech_ms
        return None

    def window(self, ms):
        """(t_ms, early_ms, late_ms, is it sure?) of what comes after so much own speech."""
        t_ms = self.when(ms)
        if t_ms is None:
            return None
        first_ms = self.when(ms * COUNTED_PCT[0] // 100)
        last_ms = self.when(ms * COUNTED_PCT[1] // 100)
        is_sure = last_ms is not None
        late_ms = (last_ms if is_sure else self.said[-1][1]) - t_ms + LATE_MS
        return t_ms, t_ms - first_ms, late_ms, is_sure
