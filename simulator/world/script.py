"""Writes one call's text row by row, knowing how long everything lasts.

A Script holds the time (seconds) at which the next thing may happen and the two people's clips.
Times come out absolute, to the hundredth of a second. Called by: kinds.py.
"""

from simulator import tones
from simulator.world import conditions as drawing


class Script:
    def __init__(self, random, cast, catalog, troupe):
        self.random = random
        self.cast = cast  # {"agent": voice name, "customer": voice name}
        self.catalog = catalog
        self.pieces = troupe.pieces
        self.fast_agents = troupe.fast_agents
        self.conditions = drawing.drawn(random)
        self.rows = []
        self.t_s = round(random.uniform(0.8, 2.5), 2)
        self.unused = {who: self.shuffled(who) for who in cast}

    def shuffled(self, who):
        rows = self.catalog[self.cast[who]]
        out = {
            "words": [name for name, row in rows.items() if row["kind"] == "words"],
            "lines": [name for name, row in rows.items() if row["kind"] in (who, "any")],
        }
        for names in out.values():
            self.random.shuffle(names)
        return out

    def clip(self, who, kind="lines"):
        """A clip this person has not used for long."""
        names = self.unused[who][kind] or self.unused[who]["lines"]
        name = names.pop(0)
        names.append(name)
        return name

    def length_s(self, who, name):
        return self.catalog[self.cast[who]][name]["s"] * 100.0 / self.conditions[f"{who}_pitch"]

    def row(self, t_s, text):
        self.rows.append((round(t_s, 2), text))

    def wait(self, low_s, high_s=None):
        self.t_s += low_s if high_s is None else self.random.uniform(low_s, high_s)

    def said_at(self, t_s, who, names, level=None, gap_s=0.3):
        """Somebody says clips at a time; when he ends."""
        voice = self.cast[who]
        clips = " ".join(f"{voice}/{name}" for name in names)
        loud = "" if level is None else f" level {round(level, 1)}"
        self.row(t_s, f"{who} {clips} gap {round(gap_s, 2)}{loud}")
        return t_s + sum(self.length_s(who, name) for name in names) + gap_s * (len(names) - 1)

    def say(self, who, n=1, kind="lines", level=None, gap_s=None):
        """Somebody takes a turn of n clips now; (start, end)."""
        gap_s = self.random.uniform(0.1, 0.7) if gap_s is None else gap_s
        start_s = self.t_s
        names = [self.clip(who, kind) for _n in range(n)]
        self.t_s = self.said_at(start_s, who, names, level, gap_s)
        return start_s, self.t_s

    def tone(self, action, plan, n):
        self.row(self.t_s, f"{action} {plan} {n}")
        self.t_s += tones.length_s(action, plan, n)

    def line(self, condition):
        self.row(self.t_s, f"line {condition}")

    def noise(self, kind=None, level=None, action="noise"):
        self.row(
            self.t_s, f"{action} off" if kind is None else f"{action} {kind} {round(level, 1)}"
        )

    def text(self, title, seed, crowd):
        self.row(self.t_s, "end")
        self.rows.sort(key=lambda row: row[0])  # stable: `end` was written last
        out = drawing.header(self.conditions, title, seed, crowd, self.cast)
        return "\n".join([*out, *(f"{t_s:.2f}  {text}" for t_s, text in self.rows)]) + "\n"
