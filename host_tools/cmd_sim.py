"""`callclip sim`: the group of commands that run the firmware's own code on this computer."""

import click

from host_tools.cli import LazyGroup

COMMANDS = {
    "run": ("host_tools.cmd_sim_run", "a recording through the core: events, levels, picture"),
    "ringer": ("host_tools.cmd_sim_ringer", "learn a ringer from a recording of two rings"),
    "device": ("host_tools.cmd_sim_device", "a virtual unit with a serial port of its own"),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command():
    """Run the firmware's own code on this computer, without a unit."""
