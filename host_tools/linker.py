"""Links the firmware's modules into few: a name that need not exist takes no memory of the unit.

Each module of MicroPython has a dictionary and a table of names in the heap, and an import copies
entries from one into the other. Linked, a module's text stands behind those of the modules that it
imports; names that occur twice are told apart; whole numbers with a name stand where the name
stood, and bytes where something would make them; what nothing uses is left out; arguments, private
attributes and methods are numbered.
Lines stay lines, each module's behind a comment with its path, so that a line of a traceback can be
looked up in the linked text (`make firmware` puts it beside the compiled set).
Called by: image.for_unit, `make firmware`. See docs/decisions/0017.
"""

import ast
import itertools
from dataclasses import dataclass, field

from host_tools import attributes, facts, loading, scopes
from host_tools.failure import Failure

PACKAGE = "callclip"
ENTRIES = ("callclip.ports.watchdog", "callclip.unit")  # what app loads, in that order
TABLES = "callclip.core.tables"
KERNELS = "callclip.core.kernels"  # linked by themselves: all else is bytecode, for any chip
APART = ("callclip.app", "callclip.boards")  # these stay as they are
_ARGUMENTS = 24  # _0 to _23 are names of arguments, those from here on of all else
_SMALL_INT = 1 << 30  # a larger number is an object: one with a name is better than one a use
_LARGE_INT = 1 << 64  # and one beyond this is written with an operator


@dataclass(frozen=True)
class Symbol:
    """A global: of which module (dotted), and its name there. None: the module itself."""

    module: str
    name: str | None


@dataclass
class _Module:
    dotted: str
    source: scopes.Source
    names: dict = field(default_factory=dict)  # each global name's Symbol
    made: dict = field(default_factory=dict)  # statement -> the Symbols that it defines
    imports: list = field(default_factory=list)  # dotted, in order
    uses: list = field(default_factory=list)  # (Use, its Symbol, how many of its names that is)


def link(files, entries=ENTRIES):
    """{path: source}, the package's modules linked; Failure says what cannot be.

    entries: dotted names of what is loaded, in that order.
    """
    modules = {dotted: _Module(dotted, source) for dotted, source in _sources(files).items()}
    program = _Program(modules, entries)
    out = {path: data for path, data in files.items() if _dotted(path) not in modules}
    for name in (KERNELS, *entries):
        out[modules[name].source.path] = program.text_of(name)
    for path in list(out):
        folders = path.split("/")[1:-1]
        for n in range(1, len(folders) + 1):
            init = "/".join(["", *folders[:n], "__init__.py"])
            out.setdefault(init, files.get(init, b""))
    return dict(sorted(out.items()))


def words_in(files):
    """What kernels read in flash word by word, and so must lie at a multiple of four; else b""."""
    sources = _sources(files)
    return loading.load(TABLES, sources, {})["WORDS"] if TABLES in sources else b""


def _sources(files):
    """{dotted name: scopes.Source} of the modules that are linked."""
    dotted = {path: _dotted(path) for path in files if path.startswith(f"/{PACKAGE}/")}
    return {
        name: scopes.read(path, files[path])
        for path, name in dotted.items()
        if not name.startswith(APART)
    }


def _dotted(path):
    return path.strip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class _Program:
    def __init__(self, modules, entries):
        self._modules = modules
        self._entries = entries
        for module in modules.values():
            _bind(module, modules)
        self._home = {}  # module -> the one of KERNELS and ENTRIES in whose text it is
        self._order = {name: [] for name in (KERNELS, *entries)}
        for entry in entries:
            self._follow(entry, entry)
        self._linked = [modules[dotted] for dotted in self._home]
        for module in self._linked:
            module.uses = [(use, *self._symbol(module, use.names)) for use in module.source.uses]
        self._replaced = {}  # Symbol -> what stands where its name stood
        self._bytes = {}
        self._spaces = {}
        self._find_values()
        linked = {module.dotted: module for module in self._linked}
        self._facts = facts.Facts(linked, self._spaces)
        for module in self._linked:
            self._leave_out(module, self._facts.gone[module.dotted])
        self._replaced.update(self._find_single_uses(self._find_live()))
        self._live = self._find_live()
        self._final = self._find_names()
        self._keywords = set().union(*(module.source.keywords for module in self._linked))
        others = [self._other_attributes(module) for module in self._linked]
        sources = [module.source for module in self._linked]
        self._attributes = attributes.short_names(sources, _ARGUMENTS, others)

    def _follow(self, dotted, entry):
        """The order of the texts: each behind those it imports."""
        if dotted not in self._home:
            home = KERNELS if dotted.startswith(KERNELS) else entry
            self._home[dotted] = home
            for other in self._modules[dotted].imports:
                self._follow(other, entry)
            self._order[home].append(dotted)

    def _symbol(self, module, names):
        """(what names mean in a module, how many of them do); (None, 0): something built in."""
        symbol = module.names.get(names[0])
        if symbol is None:
            return None, 0
        n_names = 1
        if symbol.name is None and symbol.module in self._modules:
            if len(names) == 1:
                raise Failure(f"{module.source.path}: the module {names[0]} is used as an object")
            symbol = Symbol(symbol.module, names[1])
            n_names = 2
        while symbol.module in self._modules:
            meant = self._modules[symbol.module].names.get(symbol.name)
            if meant is None:
                raise Failure(f"{module.source.path}: {symbol.module} has no {symbol.name}")
            if meant == symbol:
                break
            symbol = meant
        return symbol, n_names

    def _find_values(self):
        """What is known before the unit runs: whole numbers, and bytes that something makes."""
        sources = {dotted: module.source for dotted, module in self._modules.items()}
        for module in self._linked:
            space = loading.load(module.dotted, sources, self._spaces)
            for index, made in module.made.items():
                node = module.source.statements[index]
                values = [space[symbol.name] for symbol in made]
                if not isinstance(node, ast.Assign):
                    continue
                if all(type(value) is int and _is_small(value) for value in values):
                    texts = [f"({value})" if value < 0 else str(value) for value in values]
                    self._replaced.update(zip(made, texts, strict=True))
                elif type(values[0]) is bytes and isinstance(node.value, ast.Call):
                    self._bytes[made[0]] = values[0]
                    module.uses = [use for use in module.uses if use[0].statement != index]

    def _leave_out(self, module, nodes):
        """Nothing of these nodes is used, nor will be there."""
        for node in nodes:
            module.uses = [
                use for use in module.uses if not node.lineno <= use[0].place[0] <= node.end_lineno
            ]

    def _other_attributes(self, module):
        """Attributes that a module has beside those in its source's accesses."""
        out = {
            use.names[1] for use, symbol, n in module.uses if self._is_own_object(use, symbol, n)
        }
        return out | ({facts.WORDS} if self._facts.edits[module.dotted] else set())

    def _is_own_object(self, use, symbol, n_names):
        """Whether a use is of an attribute of one of the program's own globals."""
        return n_names == 1 and len(use.names) == 2 and symbol.module in self._modules

    def _find_live(self):
        """What is used, from the entries' public names on."""
        live = set()
        waiting = [
            symbol
            for entry in self._entries
            for made in self._modules[entry].made.values()
            for symbol in made
            if not symbol.name.startswith("_")
        ]
        while waiting:
            symbol = waiting.pop()
            if symbol not in live and symbol not in self._replaced:
                live.add(symbol)
                module = self._modules.get(symbol.module)
                waiting.extend(_used_by(symbol, module) if module else [])
        return live

    def _find_single_uses(self, live):
        """{Symbol: text} of the constants that are used in one place: they need no name."""
        places = {}
        for module in self._linked:
            for use, symbol, n_names in module.uses:
                made = module.made[use.statement]
                if symbol in live and symbol not in made and live.intersection(made):
                    places.setdefault(symbol, []).append(n_names == len(use.names))
        out = {}
        for symbol, are_whole in places.items():
            if are_whole == [True] and symbol.module in self._home:
                value = self._spaces[symbol.module][symbol.name]
                if _is_constant(value) and not self._is_looked_for(symbol):
                    out[symbol] = repr(value)
        return out

    def _is_looked_for(self, symbol):
        """Whether what is not linked may want it by its name."""
        return symbol.module in self._entries and not (symbol.name or "").startswith("_")

    def _find_names(self):
        """{Symbol: name}: its own, unless that is taken or would be hidden where it is used."""
        hidden = {}
        taken = set()
        for module in self._linked:
            for use, symbol, _n_names in module.uses:
                hidden.setdefault(symbol, set()).update(use.hidden)
                if symbol is None:
                    taken.add(use.names[0])
        final = {}
        for symbol in sorted(self._live, key=lambda symbol: (symbol.module, symbol.name or "")):
            for name in self._candidates(symbol):
                if name not in taken and name not in hidden.get(symbol, ()):
                    break
            final[symbol] = name
            taken.add(name)
        return final

    def _candidates(self, symbol):
        """Names for a global, best first. Its own only where somebody else looks for it by that, or
        is told it, as an exception's."""
        own = symbol.name or symbol.module
        if symbol.module in self._modules and not self._is_looked_for(symbol):
            value = self._spaces[symbol.module][symbol.name]
            if not (isinstance(value, type) and issubclass(value, BaseException)):
                yield from (f"_{n}" for n in itertools.count(_ARGUMENTS))
        yield own
        yield from (f"{own}_{n}" for n in itertools.count(2))

    def text_of(self, entry):
        parts = [self._edited(self._modules[dotted]) for dotted in self._order[entry]]
        return b"\n".join([*self._imports(entry), *parts]) + b"\n"

    def _imports(self, entry):
        """Lines for what a text takes from outside it."""
        lines = set()
        for dotted in self._order[entry]:
            for use, symbol, _n_names in self._modules[dotted].uses:
                is_alive = self._live.intersection(self._modules[dotted].made[use.statement])
                if is_alive and symbol in self._live and self._home.get(symbol.module) != entry:
                    lines.add(self._import(symbol))
        return [line.encode() for line in sorted(lines)]

    def _import(self, symbol):
        name = self._final[symbol]
        if symbol.name is None:
            return f"import {symbol.module} as {name}"
        home = self._home.get(symbol.module)
        if home == self._entries[-1]:
            raise Failure(f"{symbol.module} cannot be linked: what is loaded before uses it")
        there = self._final[symbol] if home else symbol.name
        return f"from {home or symbol.module} import {there} as {name}"

    def _edited(self, module):
        """A module's text with its names put right, and blank where nothing is used."""
        lines = list(module.source.lines)
        for (line, start, end), new in sorted(self._edits(module), reverse=True):
            text = lines[line - 1]
            lines[line - 1] = text[:start] + new.encode() + text[end:]
        for node in self._facts.gone[module.dotted]:
            lines[node.lineno - 1 : node.end_lineno] = [b""] * (node.end_lineno - node.lineno + 1)
        for index, node in enumerate(module.source.statements):
            alive = self._live.intersection(module.made.get(index, ()))
            made = [symbol for symbol in alive if symbol in self._bytes]
            if made or not alive:
                first = min(part.lineno for part in (node, *getattr(node, "decorator_list", ())))
                lines[first - 1 : node.end_lineno] = [b""] * (node.end_lineno - first + 1)
            for symbol in made:
                value = f"{self._final[symbol]} = {self._bytes[symbol]!r}"
                lines[node.lineno - 1] = value.encode()
        return b"\n".join([f"# {module.source.path}".encode(), *lines])

    def _edits(self, module):
        for use, symbol, n_names in module.uses:
            line, start, end = use.place
            if n_names < len(use.names):
                end = start + len(use.names[0])
            if symbol in self._replaced:
                yield (line, start, end), self._replaced[symbol]
            elif symbol in self._final:
                yield (line, start, end), self._final[symbol]
            if self._is_own_object(use, symbol, n_names) and use.names[1] in self._attributes:
                line, _start, end = use.place
                yield (line, end - len(use.names[1]), end), self._attributes[use.names[1]]
        for argument in module.source.arguments:
            if argument.name != "self" and argument.name not in self._keywords:
                if argument.number >= _ARGUMENTS:
                    raise Failure(f"{module.source.path}: too many arguments: {argument.name}")
                for place in argument.places:
                    yield place, f"_{argument.number}"
        words = dict(self._facts.edits[module.dotted])
        facts_name = self._attributes.get(facts.WORDS, facts.WORDS)
        for access in module.source.accesses:
            if access.place in words:
                yield access.place, f"{facts_name}[{words[access.place]}]"
            elif access.name in self._attributes:
                yield access.place, self._attributes[access.name]


def _bind(module, modules):
    """What each of a module's global names stands for."""
    for index, node in enumerate(module.source.statements):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                module.names[alias.asname or alias.name] = _imported(module, node, alias, modules)
            continue
        module.made[index] = [Symbol(module.dotted, name) for name in _names(node)]
        for symbol in module.made[index]:
            if symbol.name in module.names:
                raise Failure(f"{module.source.path}:{node.lineno}: {symbol.name} is there twice")
            module.names[symbol.name] = symbol


def _imported(module, node, alias, modules):
    if isinstance(node, ast.Import):
        symbol = Symbol(alias.name, None)
    elif f"{node.module}.{alias.name}" in modules:
        symbol = Symbol(f"{node.module}.{alias.name}", None)
    else:
        symbol = Symbol(node.module, alias.name)
    if symbol.module in modules:
        module.imports.append(symbol.module)
    return symbol


def _names(node):
    """Names that a top-level statement defines, in order."""
    if isinstance(node, ast.Assign):
        parts = [part for target in node.targets for part in ast.walk(target)]
        return [part.id for part in parts if isinstance(part, ast.Name)]
    return [node.name]


def _is_small(value):
    return -_SMALL_INT <= value < _SMALL_INT


def _is_constant(value):
    if type(value) is tuple:
        return all(map(_is_constant, value))
    return type(value) in (str, bytes) or type(value) is int and abs(value) < _LARGE_INT


def _used_by(symbol, module):
    """Symbols that the definition of one of a module's symbols names."""
    statement = next(index for index, made in module.made.items() if symbol in made)
    return [
        other
        for use, other, _n_names in module.uses
        if use.statement == statement and other is not None
    ]
