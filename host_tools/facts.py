"""A fact is read where it stands: `frame.n_rings` becomes `frame.facts[65]`.

`X = fact(5)` in a class (core/frame.py) makes a property of the word 5 of `facts`. It costs a call
at each use, and memory for what reads and writes it. Where it is certain that an attribute X is
such a word, and which, the word is put there; where every X is, the property is left out.
It is certain in `self.X` by the class, and elsewhere if nothing else in the program is called X.
Called by: linker.py.
"""

import ast

from host_tools.failure import Failure

FACT = ("callclip.core.frame", "fact")
WORDS = "facts"  # the attribute in which the words are
_NAMES_BY_TEXT = {"setattr", "namedtuple"}


class Facts:
    """modules: those that are linked, by dotted name; spaces: their globals' values."""

    def __init__(self, modules, spaces):
        self._modules = modules
        self._spaces = spaces
        self._classes = {}  # (module, name) -> its bases
        self._words = {}  # (module, name) -> {attribute: word}
        self._statements = []  # (module, class, attribute, node)
        for module in modules.values():
            for node in module.source.statements:
                if isinstance(node, ast.ClassDef):
                    self._read(module, node)
        self._others = set().union(*map(self._other_names, modules.values()))
        self._single = self._single_words()
        self._left = set()  # facts that some access still needs as a property
        self.edits = {dotted: list(self._edits(module)) for dotted, module in modules.items()}
        self.gone = {dotted: [] for dotted in modules}  # statements that are left out
        for dotted, attribute, node in self._statements:
            if attribute not in self._left:
                self.gone[dotted].append(node)

    def _read(self, module, node):
        bases = [module.names.get(base.id) for base in node.bases if isinstance(base, ast.Name)]
        key = (module.dotted, node.name)
        self._classes[key] = [(base.module, base.name) for base in bases if base]
        words = self._words[key] = {}
        for part in node.body:
            if isinstance(part, ast.Assign) and self._is_fact(module, part.value):
                name = part.targets[0].id
                words[name] = self._word(module, part.value.args[0])
                self._statements.append((module.dotted, name, part))

    def _is_fact(self, module, node):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            return False
        symbol = module.names.get(node.func.id)
        return symbol is not None and (symbol.module, symbol.name) == FACT

    def _word(self, module, node):
        code = compile(ast.Expression(node), module.source.path, "eval")
        word = eval(code, dict(self._spaces[module.dotted]))
        if not isinstance(word, int):
            raise Failure(f"{module.source.path}:{node.lineno}: a fact's word is no number")
        return word

    def _word_of(self, key, name):
        """The word of self.name in a class, by itself or a base; None: it is no fact there."""
        if name in self._words.get(key, {}):
            return self._words[key][name]
        found = (self._word_of(base, name) for base in self._classes.get(key, ()))
        return next((word for word in found if word is not None), None)

    def _is_descendants(self, key, name):
        """Whether it is a fact in a class that is made of this one."""
        return any(
            key in bases and (name in self._words[other] or self._is_descendants(other, name))
            for other, bases in self._classes.items()
        )

    def _other_names(self, module):
        """Names in a module that mean something else than a fact."""
        source = module.source
        facts = {node.targets[0].id for dotted, _name, node in self._statements}
        out = (source.made | source.kept) - facts
        if any(_NAMES_BY_TEXT.intersection(use.names) for use in source.uses):
            out |= source.texts
        for node in source.statements:
            if isinstance(node, ast.ClassDef):
                key = (module.dotted, node.name)
                out |= {
                    name
                    for name in _made_by(node)
                    if name in facts and self._word_of(key, name) is None
                }
        return out

    def _single_words(self):
        """{name: word} of the facts that are the same word wherever they are one."""
        words = {}
        for row in self._words.values():
            for name, word in row.items():
                words.setdefault(name, set()).add(word)
        return {
            name: next(iter(found))
            for name, found in words.items()
            if len(found) == 1 and name not in self._others
        }

    def _edits(self, module):
        """(place, text) for each access; notes what is left."""
        names = set().union(*self._words.values())
        for access in module.source.accesses:
            if access.name not in names or access.is_called or access.is_definition:
                continue
            word = self._single.get(access.name)
            if access.owner is not None and word is None:
                owner = (module.dotted, access.owner)
                word = self._word_of(owner, access.name)
                if word is None and not self._is_descendants(owner, access.name):
                    continue  # another attribute of that name
            if word is None:
                self._left.add(access.name)
            else:
                yield access.place, word
        for use in module.source.uses:
            if len(use.names) == 2 and use.names[1] in names and not use.is_called:
                self._left.add(use.names[1])


def _made_by(node):
    """Attributes that a class's methods give self, and its methods."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            if getattr(part.value, "id", "") == "self":
                yield part.attr
        elif isinstance(part, ast.FunctionDef):
            yield part.name
