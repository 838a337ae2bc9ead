"""`callclip keygen FILE`: a new site key, or a supervisor's or an agent's key derived from it.

The file is made for its owner alone (mode 0600), never overwritten, and no key is ever printed.
Ref: docs/security.md, core/keys.py.
"""

import re

import click

from host_tools import keyfile, options
from host_tools.failure import Failure
from host_tools.output import say, show, show_json

_UNIT_ID = re.compile(r"[0-9a-z_-]{1,32}")
_SAYS = {
    "site": "the site key: it opens every unit that gets its keys from it. Keep it on IT's computer"
    " alone, and a copy in a safe place: without it units must be flashed anew",
    "supervisor": "a supervisor's key: reads, keeps and verifies the logs of all units of the site",
    "agent": "an agent's key: reads what is stored about unit {}, and nothing else",
}


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--from", "site", metavar="SITE", help="The site key from which to derive.")
@click.option("--supervisor", is_flag=True, help="A supervisor's key, for all units of the site.")
@click.option("--agent", "unit", metavar="UNIT", help="An agent's key, for the unit with this id.")
@options.as_json
def command(file, site, supervisor, unit, is_json):
    """Make a key and write it to FILE: a new site key, or one derived from it with --from.

    The id of a unit is in `callclip devices`.
    """
    if supervisor and unit:
        raise click.UsageError("--supervisor and --agent exclude each other")
    is_derived = supervisor or unit is not None
    if is_derived != (site is not None):
        raise click.UsageError("--supervisor and --agent go with --from SITE, none goes alone")
    if unit is not None and not _UNIT_ID.fullmatch(unit):
        raise Failure(f"{unit}: is no unit id; `callclip devices` lists them")
    made = keyfile.new_site_key()
    if is_derived:
        made = keyfile.load_site(site).derived("agent" if unit else "supervisor", unit or "")
    keyfile.write(file, made)
    if is_json:
        show_json({"file": file, "kind": made.kind, "unit": made.unit})
    else:
        show(f"{file}: {_SAYS[made.kind].format(unit)}")
        say("only you can read it" + ("; hand it on by a way that you trust" if is_derived else ""))
