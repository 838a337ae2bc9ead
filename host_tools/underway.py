"""What a unit does by itself for a while: started, told of as it goes on, stopped by Ctrl-C.

Called by: cmd_calibrate, cmd_ringer. Ref: docs/protocol.md, RINGER and CALIBRATE.
"""

import time

from host_tools.output import say

ASK_EVERY_S = 0.25


def wait_over(ask, start, tell, stop, words_of):
    """The unit's last answer, once it is over. ask(action) -> its answer; words_of(answer) -> how
    far it is, said whenever that is news, "" when there is nothing to say, None when it is over."""
    told = ask(start)
    said = ""
    try:
        while (words := words_of(told)) is not None:
            if words and words != said:
                said = words
                say(words)
            time.sleep(ASK_EVERY_S)
            told = ask(tell)
    except KeyboardInterrupt:
        ask(stop)
        raise
    return told
