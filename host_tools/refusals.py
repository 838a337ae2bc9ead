"""What a unit's answer, or its silence, means for who asked: a sentence with a remedy, a code.

Called by: link. Ref: docs/protocol.md, section 4 (status); host_tools/failure.py (exit codes).
"""

from callclip.core import protocol, roles

from host_tools.failure import BAD_INPUT, NOT_REACHABLE, NOT_VERIFIED, PARTLY, Failure

# What a command ends with that is refused so; else PARTLY.
_EXIT_CODES = {
    protocol.NOT_LOGGED_IN: BAD_INPUT,
    protocol.NOT_ALLOWED: BAD_INPUT,
    protocol.WRONG_KEY: NOT_VERIFIED,
}
_WHOSE = {roles.IT: "the site key", roles.SUPERVISOR: "a supervisor's", roles.AGENT: "an agent's"}


class Silence(Failure):
    """Nothing answered in time."""


class Refused(Failure):
    """The unit answered with an error code and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence, _EXIT_CODES.get(code, PARTLY))
        self.code = code


class Answer(dict):
    """An answer's fields. One that should be there and is not is told, not stumbled over."""

    def __init__(self, values, words):
        super().__init__(values)
        self._words = words

    def __missing__(self, name):
        words = f"{self._words} lacks {name}; bring the unit up to date with `callclip flash`"
        raise Failure(words, NOT_REACHABLE)


def refusal(port, mtype, status, words, key=None):
    """The Refused for an answer with that status; key: the KeyFile that was used, if any."""
    if status == protocol.NOT_LOGGED_IN and key is None:
        words = "has keys; name the file with yours (--key FILE, or CALLCLIP_KEY)"
        return Refused(status, f"{port}: the unit {words}")
    if status == protocol.WRONG_KEY and key is not None:
        words = f"{words}; {key.path} is another site's, or older than the unit's keys"
    elif status == protocol.NOT_ALLOWED and key is not None:
        needed = " or ".join(whose for role, whose in _WHOSE.items() if roles.may(role, mtype))
        words = f"it takes {needed}, and {key.path} is {_WHOSE[key.role]}"
    return Refused(status, f"{port}: the unit refused {protocol.MESSAGES[mtype][0]}: {words}")


def wrong_level(port, level):
    """The Failure for a unit that speaks another protocol level: which side to update."""
    words = f"{port}: the unit speaks protocol level {level}, this program {protocol.LEVEL}"
    if level < protocol.LEVEL:
        words += "; bring the unit up to date with `callclip flash`"
    else:
        words += "; bring callclip on this computer up to date"
    return Failure(words, NOT_REACHABLE)
