"""A learned ringer as a file on this computer: the template's JSON, checked.

Called by: cmd_sim_run, cmd_sim_ringer. Ref: core/ringtemplate.py.
"""

import json

from callclip.core import ringtemplate

from host_tools.failure import Failure
from host_tools.output import reason_of


def load(path):
    """The template in a file. Failure when it is none."""
    try:
        with open(path) as file:
            template = json.load(file)
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({reason_of(error)})") from error
    except ValueError as error:
        raise Failure(f"{path}: is not JSON; make it with callclip sim ringer") from error
    problem = ringtemplate.problem(template)
    if problem:
        raise Failure(f"{path}: is no learned ringer: {problem}; make it with callclip sim ringer")
    return template
