"""The program `callclip`: a table of commands, each in a module of its own that is imported on use.

To add a command: write host_tools/cmd_<verb>.py with a click command named `command`, and give it
one row here. Only this file turns exceptions into exit codes and sentences.
"""

import os
import signal
import sys

import click

from host_tools.failure import BAD_INPUT, PARTLY, Failure, did_you_mean
from host_tools.output import STANDARD_OUTPUT, name_standard_output, reason_of

# name -> (module, what it does); `--help` shows the second without importing the first
COMMANDS = {
    "demo": ("host_tools.cmd_demo", "a morning at the desk: the bead live, log and report"),
    "sim": ("host_tools.cmd_sim", "run the firmware's own code on this computer"),
    "devices": ("host_tools.cmd_devices", "list the units attached"),
    "keygen": ("host_tools.cmd_keygen", "make a site's, a supervisor's or an agent's key"),
    "configure": ("host_tools.cmd_configure", "check a configuration, give it and keys to units"),
    "ringer": ("host_tools.cmd_ringer", "teach a unit the ringer of its own phone"),
    "calibrate": ("host_tools.cmd_calibrate", "tell a unit the sound pressure at the ear"),
    "check": ("host_tools.cmd_check", "self-test of units"),
    "image": ("host_tools.cmd_image", "build the unit's file system"),
    "flash": ("host_tools.cmd_flash", "put MicroPython and the firmware on units"),
    "update": ("host_tools.cmd_update", "bring units' application up to date; the rest stays"),
    "live": ("host_tools.cmd_live", "show what a unit hears and shows, as it happens"),
    "pull": ("host_tools.cmd_pull", "fetch and verify a unit's session log"),
    "report": ("host_tools.cmd_report", "what the pulled logs say, for supervisors"),
}

INTERRUPTED = 130  # 128 + SIGINT, as shells expect
TERMINATED = 143  # 128 + SIGTERM


class LazyGroup(click.Group):
    """A group whose commands are rows of a table: name -> (module, help)."""

    def __init__(self, *args, table=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = table or {}

    def list_commands(self, ctx):
        return list(self.table)

    def get_command(self, ctx, cmd_name):
        row = self.table.get(cmd_name)
        if row is None:
            return None
        module = __import__(row[0], fromlist=["command"])
        return module.command

    def format_commands(self, ctx, formatter):
        with formatter.section("Commands"):
            formatter.write_dl([(name, row[1]) for name, row in self.table.items()])

    def resolve_command(self, ctx, args):
        name = args[0]
        if name not in self.table and not name.startswith("-"):
            ctx.fail(f"unknown command '{name}'{did_you_mean(name, self.table)}")
        return super().resolve_command(ctx, args)


def _show_version(ctx, _param, wanted):
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"callclip {version('callclip')}")
    ctx.exit()


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and exit.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show the details of a failure, too.")
def root(debug):
    """callclip: a bead on the headset that prompts the agent and never keeps audio."""


def _usage_sentence(error):
    """click's complaint as one sentence with the way to help."""
    where = error.ctx.command_path if error.ctx else "callclip"
    text = error.format_message().strip().replace("\n", " ")
    text = text[:1].lower() + text[1:].rstrip(".")
    ending = "" if text.endswith("?") else ";"
    return f"{where}: {text}{ending} see {where} --help"


def _tell(sentence):
    if not sentence.startswith("callclip"):
        sentence = f"callclip: {sentence}"
    sys.stderr.write(sentence + "\n")


def _run(argv, is_debug):
    """Run one command line and return its exit code; deliberate endings become sentences."""
    try:
        result = root.main(args=argv, prog_name="callclip", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except Failure as failure:
        if is_debug and failure.detail:
            sys.stderr.write(failure.detail.rstrip() + "\n")
        _tell(failure.sentence)
        return failure.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return BAD_INPUT
    except click.UsageError as error:
        _tell(_usage_sentence(error))
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        _tell("stopped")
        return INTERRUPTED


def _show_traceback():
    import traceback

    traceback.print_exc()


def _os_sentence(error):
    if error.filename == STANDARD_OUTPUT:
        return f"{STANDARD_OUTPUT}: {reason_of(error)}; send it to another place"
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{reason_of(error)}; see callclip --debug for the details"


def _mute_stdout():
    """What it still holds cannot be written: Python would complain once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run_guarded(argv):
    is_debug = "--debug" in argv[:1] or bool(os.environ.get("CALLCLIP_DEBUG"))
    try:
        exit_code = _run(argv, is_debug)
        sys.stdout.flush()
        return exit_code
    except BrokenPipeError:
        _mute_stdout()  # the reader (head, less) has gone
        return PARTLY
    except OSError as error:
        if is_debug:
            _show_traceback()
        _tell(_os_sentence(error))
        if error.filename == STANDARD_OUTPUT:
            _mute_stdout()
        return BAD_INPUT
    except Exception as error:
        if is_debug:
            _show_traceback()
        name = type(error).__name__
        _tell(f"unexpected {name}: {error}; run it again as callclip --debug … and report it")
        return PARTLY


def main(argv=None):
    """Entry point of the console script; never returns."""
    # A polite kill unwinds like Ctrl-C, so that no temporary file and no child is left behind.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(TERMINATED))
    name_standard_output()
    try:
        exit_code = _run_guarded(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:  # it came while another ending was being told
        exit_code = INTERRUPTED
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
