"""The one way a command fails on purpose: a sentence for people and an exit code for scripts.

The sentence names the place, the value and the remedy; `host_tools.cli.main` prints it on stderr.
Raised by: every command and what it calls. Caught by: cli.main only.
Ref: exit codes 0 done, 1 partly done, 2 wrong usage or bad input, 3 not reachable, 4 not verified.
"""

DONE = 0
PARTLY = 1
BAD_INPUT = 2
NOT_REACHABLE = 3
NOT_VERIFIED = 4


class Failure(Exception):  # noqa: N818  a failure to tell, not a defect
    """Ends the command with `exit_code`; `detail` (say, a child's traceback) shows with --debug."""

    def __init__(self, sentence, exit_code=BAD_INPUT, detail=""):
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code
        self.detail = detail


def did_you_mean(word, known):
    """'; did you mean X?' for a word close to a known one, else a list of them."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; there are: {', '.join(known)}"
