"""The configuration file /config.json: read at boot, replaced as a whole, never half written.

Holds only the keys that were given; the rest is the schema's default. A file that cannot be read,
or a key this firmware refuses, never stops the unit: it runs on the default and says so in HELLO.
Values: integers in the schema's units.
Called by: app (load), service (save). Ref: core/config.SCHEMA.
"""

import json
import os

from callclip.core import config


class Settings:
    """`values`: what is in the file and allowed. `problem`: why something in it was left out."""

    def __init__(self, path="/config.json"):
        self._path = path
        self.values = {}
        self.problem = ""
        self.n_writes = 0  # times flash was written, or tried: each costs sound

    def load(self):
        """Read the file; returns `values`. A missing file is the factory state, no problem."""
        self.values = {}
        self.problem = ""
        try:
            with open(self._path) as file:
                values = json.load(file)
        except OSError:
            return self.values
        except ValueError:
            self.problem = "{} is not JSON: defaults in force".format(self._path)
            return self.values
        if not isinstance(values, dict):
            self.problem = "{} holds no keys: defaults in force".format(self._path)
            return self.values
        for key, sentence in config.problems(values):
            del values[key]
            self.problem = "{}: {}: {}".format(self._path, key, sentence)
        self.values = values
        return values

    def save(self, values):
        """Replace the file by checked values. OSError: the old file is still there and whole."""
        self.n_writes += 1
        new_path = self._path + ".new"
        with open(new_path, "w") as file:
            json.dump(values, file)
            file.flush()
        os.rename(new_path, self._path)  # littlefs: atomic, also over a file that is there
        self.values = dict(values)
        self.problem = ""
