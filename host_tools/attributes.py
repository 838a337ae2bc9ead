"""Short names for private attributes and methods, shared by classes that have nothing in common.

An attribute's name takes memory of the unit once, however many classes have it. Two names stay
different when they occur in the same module, or in modules of which one's classes descend from the
other's: so no object ever gets one name for two things.
Called by: linker.py.
"""

import ast


def short_names(sources):
    """{private attribute: its name in the linked text} for the Sources of one program."""
    families = _families(sources)
    kept = set().union(*(source.kept for source in sources))
    made = set().union(*(source.made for source in sources)) - kept
    used_in = {}
    for source, family in zip(sources, families, strict=True):
        for _place, name in source.attributes:
            if name in made:
                used_in.setdefault(name, set()).add(family)
    out = {}
    taken = {}  # family -> numbers
    for name in sorted(used_in, key=lambda name: (-len(used_in[name]), name)):
        number = 0
        while any(number in taken.setdefault(family, set()) for family in used_in[name]):
            number += 1
        for family in used_in[name]:
            taken[family].add(number)
        out[name] = f"_{number}"
    return out


def _families(sources):
    """A number for each Source, the same for those whose classes are related."""
    families = list(range(len(sources)))
    home = {}
    for i, source in enumerate(sources):
        for node in source.statements:
            if isinstance(node, ast.ClassDef):
                home.setdefault(node.name, []).append(i)
    for i, source in enumerate(sources):
        for node in source.statements:
            for base in getattr(node, "bases", ()):
                name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                for other in home.get(name, ()):
                    joined, gone = families[i], families[other]
                    families = [joined if family == gone else family for family in families]
    return families
