"""The time line of one call as inline SVG, and the list of its numbered events.

Only what the log holds is drawn: ringing, the call, its holds, and a mark for each event, with the
number it has in the list below. Who spoke when is not in the log; what it sums up to is drawn as
shares of the call, in a bar of its own that has no time axis.
x positions are percent of the width, so the line fits every screen and sheet without distortion.
Called by: report_page.
"""

from markupsafe import Markup, escape

from host_tools.words import clock_from_ms, figures_of, length_from_ms, signal_of, title_of

HEIGHT = 92
_BAR_TOP, _BAR_HEIGHT = 46, 18
_MARK_ROWS_Y = (34, 20, 8)
_MARK_WIDTH_PCT = 2.3
_LABEL_FROM_PCT = 9.0
_TICKS_MS = (1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000)
_MOST_TICKS = 9
_SILENT_MARKS = ("RING", "BACKCHANNEL")
_NOT_LISTED = (*_SILENT_MARKS, "CALL_STARTED", "CALL_ENDED", "HOLD_STARTED", "HOLD_ENDED")
PARTS = (
    ("agent", "agent spoke"),
    ("customer", "customer spoke"),
    ("both", "both at once"),
    ("silence", "silence"),
    ("hold", "hold"),
)


class TimeLine:
    """One call on a line from its first ring to its end."""

    def __init__(self, call):
        self.call = call
        rings = [event["t_ms"] for event in call.events if event["event"] == "RING"]
        self._from_ms = min([call.start_ms, *rings])
        last_ms = max([call.end_ms, *(event["t_ms"] for event in listed(call))])
        self._span_ms = max(1000, last_ms - self._from_ms)

    def _pct(self, t_ms):
        return round(min(100.0, max(0.0, 100 * (t_ms - self._from_ms) / self._span_ms)), 2)

    def svg(self, title):
        """The line as SVG markup; `title` and what is on it are read out by screen readers."""
        parts = [*self._bars(), *self._ticks(), *self._marks()]
        return Markup(
            '<svg class="line" role="img" width="100%" height="{}" aria-label="{}">{}</svg>'
        ).format(HEIGHT, f"{title}: {self._spoken()}", Markup("").join(parts))

    def _spoken(self):
        words = [f"lasts {length_from_ms(self.call.duration_ms)}"]
        words += [
            f"hold from {self._clock(start)} to {self._clock(end)}"
            for start, end in self.call.holds
        ]
        words += [
            f"{title_of(event)} at {self._clock(event['t_ms'])}" for event in listed(self.call)
        ]
        return "; ".join(words)

    def _clock(self, t_ms):
        return clock_from_ms(t_ms - self.call.start_ms)

    def _bars(self):
        call = self.call
        if self._from_ms < call.start_ms:
            yield self._bar("ringing", self._from_ms, call.start_ms, "ringing")
        yield self._bar("talk", call.start_ms, call.end_ms, "")
        for start_ms, end_ms in call.holds:
            yield self._bar("hold", start_ms, end_ms, f"hold {length_from_ms(end_ms - start_ms)}")

    def _bar(self, kind, start_ms, end_ms, label):
        left, right = self._pct(start_ms), self._pct(end_ms)
        bar = Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
            kind, left, _BAR_TOP, round(max(0.2, right - left), 2), _BAR_HEIGHT
        )
        if not label or right - left < _LABEL_FROM_PCT:
            return bar
        middle = round((left + right) / 2, 2)
        return bar + Markup('<text class="on-{}" x="{}%" y="{}">{}</text>').format(
            kind, middle, _BAR_TOP + 13, label
        )

    def _ticks(self):
        step_ms = next((t for t in _TICKS_MS if self._span_ms / t <= _MOST_TICKS), _TICKS_MS[-1])
        base = _BAR_TOP + _BAR_HEIGHT
        t_ms = 0
        while self.call.start_ms + t_ms <= self._from_ms + self._span_ms:
            x = self._pct(self.call.start_ms + t_ms)
            seconds = t_ms // 1000
            yield Markup(
                '<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
                '<text class="tick" x="{0}%" y="{3}"{4}>{5}</text>'
            ).format(
                x, base, base + 5, base + 18, _anchor(x), f"{seconds // 60}:{seconds % 60:02d}"
            )
            t_ms += step_ms

    def _marks(self):
        row_ends = [-_MARK_WIDTH_PCT] * len(_MARK_ROWS_Y)
        numbers = {id(event): n for n, event in enumerate(listed(self.call), 1)}
        for event in self.call.events:
            x = self._pct(event["t_ms"])
            if event["event"] in _SILENT_MARKS:
                yield Markup(
                    '<line class="quiet" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}">'
                    "<title>{3}</title></line>"
                ).format(x, _BAR_TOP - 5, _BAR_TOP, title_of(event))
            elif id(event) in numbers:
                row = next((i for i, end in enumerate(row_ends) if end <= x), None)
                if row is None:
                    row = row_ends.index(min(row_ends))
                row_ends[row] = x + _MARK_WIDTH_PCT
                yield self._mark(event, numbers[id(event)], x, _MARK_ROWS_Y[row])

    def _mark(self, event, number, x, y):
        return Markup(
            '<g class="mark {0}"><title>{1}</title>'
            '<line x1="{2}%" x2="{2}%" y1="{3}" y2="{4}"/><circle cx="{2}%" cy="{3}" r="7.5"/>'
            '<text x="{2}%" y="{5}">{6}</text></g>'
        ).format(
            rank_of(event), f"{title_of(event)}, {self._clock(event['t_ms'])}",
            x, y, _BAR_TOP, y + 3.5, number,
        )  # fmt: skip


def _anchor(x_pct):
    """The first and last label stay inside the picture."""
    if x_pct < 3:
        return Markup(' style="text-anchor:start"')
    return Markup(' style="text-anchor:end"') if x_pct > 97 else ""


def listed(call):
    """Events that have a number on the line, in order of time."""
    return [event for event in call.events if event["event"] not in _NOT_LISTED]


def rank_of(event):
    """'last', 'prompt' or 'plain': how much an event stands out, by the light it shows."""
    signal = signal_of(event)
    if signal is None or not signal.rank:
        return "plain"
    return "last" if signal.rgb == (255, 0, 0) else "prompt"


def event_list(call):
    """Rows for the list under the line: number, moment, title, figures, rank."""
    return [
        {
            "number": number,
            "clock": clock_from_ms(max(0, event["t_ms"] - call.start_ms)),
            "title": title_of(event),
            "figures": figures_of(event),
            "rank": rank_of(event),
        }
        for number, event in enumerate(listed(call), 1)
    ]


def shares(figures):
    """[(kind, words, ms, percent)] of a summary-like mapping; they add up to the whole."""
    both_ms = figures["overlap_ms"]
    parts_ms = {
        "agent": figures["talk_agent_ms"] - both_ms,
        "customer": figures["talk_customer_ms"] - both_ms,
        "both": both_ms,
        "silence": figures["silence_ms"],
        "hold": figures["hold_ms"],
    }
    whole_ms = sum(parts_ms.values()) or 1
    return [
        (kind, words, parts_ms[kind], round(100 * parts_ms[kind] / whole_ms, 1))
        for kind, words in PARTS
    ]


def share_bar(rows):
    """A bar of shares as SVG; each wide enough part carries its length."""
    left = 0.0
    parts = []
    for kind, words, ms, pct in rows:
        if pct <= 0:
            continue
        parts.append(
            Markup(
                "<g><title>{0} {1}</title>"
                '<rect class="{2}" x="{3}%" y="0" width="{4}%" height="18"/>'
            ).format(words, length_from_ms(ms), kind, round(left, 2), pct)
        )
        if pct >= _LABEL_FROM_PCT:
            parts.append(
                Markup('<text class="on-{0}" x="{1}%" y="13">{2}</text>').format(
                    kind, round(left + pct / 2, 2), length_from_ms(ms)
                )
            )
        parts.append(Markup("</g>"))
        left += pct
    spoken = "; ".join(f"{words} {length_from_ms(ms)}" for _kind, words, ms, _pct in rows)
    return Markup(
        '<svg class="shares" role="img" width="100%" height="18" aria-label="{}">{}</svg>'
    ).format(escape(spoken), Markup("").join(parts))
