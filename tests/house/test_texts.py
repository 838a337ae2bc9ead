"""What the project's texts promise: commands and links that exist, tests that run.

And what they never hold: places of one machine, package hosts, copies to be kept in step by hand.
"""

import ast
import re

import pytest

from host_tools.cli import COMMANDS
from tests.house.source import FOLDERS, ROOT, modules, texts, write

# Spelt in parts, so that this file does not contain what it looks for.
STRAY = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|home|Users)/\w"),
    "a package host": re.compile(
        r"(?:py"
        r"pi\.org|pythonhost"
        r"ed\.org|registry\.npm"
        r"js|deb\.deb"
        r"ian\.org"
        r"|archive\.ubun"
        r"tu\.com|security\.deb"
        r"ian\.org)"
    ),  # fmt: skip
    "the number of an issue": re.compile(r"\bissue" r" #?\d", re.IGNORECASE),
    "a copy to be kept in step by hand": re.compile(r"\bmust" r" match\b", re.IGNORECASE),
}
NEVER_IN_TESTS = {"skip", "skipif", "skipunless", "xfail", "importorskip", "expectedfailure"}
NEVER_IN_TESTS |= {"magicmock"}


def stray_findings(root):
    out = []
    for path, text in texts(root):
        for n_line, line in enumerate(text.splitlines(), 1):
            for what, pattern in STRAY.items():
                if pattern.search(line):
                    out.append(f"{path}:{n_line}: {what}")
    return out


def skip_findings(root):
    out = []
    for module in modules(root, "tests"):
        for node in ast.walk(module.tree):
            name = getattr(node, "attr", "") or getattr(node, "id", "") or ""
            if isinstance(node, (ast.Attribute, ast.Name)) and name.lower() in NEVER_IN_TESTS:
                out.append(f"{module.at(node)}: {name} in a test")
    return out


def command_findings(root):
    """`make x` in a guide, where the Makefile has no x."""
    known = set(re.findall(r"^([\w-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    out = []
    for path, text in texts(root):
        if path.endswith(".md"):
            code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
            for name in re.findall(r"(?<![\w-])make ([a-z][\w-]*)", "\n".join(code)):
                if name not in known:
                    out.append(f"{path}: make {name} is not in the Makefile")
    return out


def verb_findings(root, known):
    """`callclip x` in a guide, where the program has no x."""
    out = []
    for path, text in texts(root):
        if path.endswith(".md"):
            code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
            for name in re.findall(r"(?<![\w/.-])callclip ([a-z]+)", "\n".join(code)):
                if name not in known:
                    out.append(f"{path}: callclip {name} is not a command")
    return out


def link_findings(root):
    """Relative links and pictures in guides that lead nowhere."""
    out = []
    for path, text in texts(root):
        if not path.endswith(".md"):
            continue
        prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", prose):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            there = (root / path).parent / file if file else root / path
            if not there.exists():
                out.append(f"{path}: {target} leads nowhere")
            elif anchor and anchor not in _anchors(there.read_text(encoding="utf-8")):
                out.append(f"{path}: {target} has no such heading")
    return out


def _anchors(text):
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dependency_findings(text):
    """Dependencies of pyproject.toml that do not say what they are for."""
    out = []
    is_in_list = False
    for line in text.splitlines():
        if re.match(r"\w+ = \[$", line):
            is_in_list = line.split()[0] in ("dependencies", "dev", "world")
        elif line.startswith("]"):
            is_in_list = False
        elif is_in_list and re.match(r'\s+"', line) and "#" not in line:
            out.append(line.strip())
    return out


def test_no_stray_places():
    assert not stray_findings(ROOT)


def test_no_test_is_skipped():
    assert not skip_findings(ROOT)


def test_commands_of_the_guides_exist():
    assert not command_findings(ROOT)


def test_verbs_of_the_guides_exist():
    assert not verb_findings(ROOT, set(COMMANDS))


def test_links_of_the_guides_lead_somewhere():
    assert not link_findings(ROOT)


def test_dependencies_say_what_they_are_for():
    assert not dependency_findings((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "line", ["cd /ho" "me/ann", "see iss" "ue 7", "# mus" "t match b.py", "deb.deb" "ian.org"]
)  # fmt: skip
def test_a_stray_place_is_found(line, tmp_path):
    write(tmp_path, "docs/a.md", f"fine\n{line}\n")
    assert len(stray_findings(tmp_path)) == 1


def test_other_breaches_are_found(tmp_path):
    write(tmp_path, "Makefile", "run:\n\techo\n")
    write(tmp_path, "README.md", "`make run` and `make coffee`, then `callclip dance`\n\n# A b\n")
    write(tmp_path, "docs/a.md", "[x](b.md) [y](../README.md#a-b) [z](../README.md#c) [w](#no)\n")
    write(tmp_path, "tests/a.py", "import pytest\n@pytest.mark.skip\ndef test():\n    pass\n")
    assert command_findings(tmp_path) == ["README.md: make coffee is not in the Makefile"]
    assert verb_findings(tmp_path, {"run"}) == ["README.md: callclip dance is not a command"]
    assert len(link_findings(tmp_path)) == 3
    assert len(skip_findings(tmp_path)) == 1
    text = 'dependencies = [\n    "a>=1",  # why\n    "b>=1",\n]\npackages = [\n    "c",\n]\n'
    assert dependency_findings(text) == ['"b>=1",']


def test_every_folder_with_code_is_checked():
    """A new folder of Python files must be named in FOLDERS, or no rule would see it."""
    found = {path.split("/")[0] for path, _text in texts(ROOT) if path.endswith(".py")}
    assert found <= set(FOLDERS)
