"""Command line options that several commands share.

Called by: cmd_pull, cmd_configure, cmd_devices, cmd_check, cmd_live.
"""

import math

import click

MAX_TIMEOUT_S = 600


class Seconds(click.ParamType):
    """A waiting time above 0, at most MAX_TIMEOUT_S."""

    name = "seconds"

    def convert(self, value, param, ctx):
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds <= MAX_TIMEOUT_S:
            self.fail(f"'{value}' is no time from above 0 to {MAX_TIMEOUT_S} seconds", param, ctx)
        return seconds


def timeout(default_s):
    """--timeout SECONDS, handed to the command as timeout_s."""
    return click.option(
        "--timeout",
        "timeout_s",
        default=default_s,
        show_default=True,
        metavar="SECONDS",
        type=Seconds(),
        help="How long the unit may be silent.",
    )


as_json = click.option("--json", "is_json", is_flag=True, help="The result as JSON on stdout.")


def _load_key(_ctx, _param, path):
    from host_tools import keyfile  # here: most commands are used without keys

    return keyfile.load(path) if path else None


def load_keys(ctx, param, paths):
    """The same for an option that may be given more than once."""
    return [_load_key(ctx, param, path) for path in paths]


key = click.option(
    "--key", metavar="FILE", envvar="CALLCLIP_KEY", show_envvar=True, callback=_load_key,
    help="Key file, for units that have keys.",
)  # fmt: skip
