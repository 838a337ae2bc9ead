"""The unit's files /config.json and /ringer.json: read at boot, replaced as a whole, never half.

Holds only the keys that were given; the rest is the schema's default. A file that cannot be read,
or a key this firmware refuses, never stops the unit: it runs on the default and says so in HELLO.
Values: integers in the schema's units.
Called by: app (load), service (save), ringing. Ref: core/config.SCHEMA.
"""

import errno
import json
import os

from callclip.core import config, ringtemplate


class Settings:
    """`values`: what is in the file and allowed. `problem`: why something in it was left out."""

    def __init__(self, path="/config.json"):
        self._path = path
        self._ringer_path = path[: path.rfind("/") + 1] + "ringer.json"
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
        self._replace(self._path, values)
        self.values = dict(values)
        self.problem = ""

    def load_ringer(self):
        """The learned ringer (core/ringtemplate), or None: none was learned, or it is spoilt."""
        try:
            with open(self._ringer_path) as file:
                template = json.load(file)
        except (OSError, ValueError):
            return None
        sentence = ringtemplate.problem(template)
        if sentence:
            self.problem = "{}: {}".format(self._ringer_path, sentence)
            return None
        return template

    def save_ringer(self, template):
        """Keep a learned ringer; None: forget it. OSError: the old one stays."""
        if template is not None:
            self._replace(self._ringer_path, template)
            return
        self.n_writes += 1
        try:
            os.remove(self._ringer_path)
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise

    def _replace(self, path, values):
        self.n_writes += 1
        new_path = path + ".new"
        with open(new_path, "w") as file:
            json.dump(values, file)
            file.flush()
        os.rename(new_path, path)  # littlefs: atomic, also over a file that is there
