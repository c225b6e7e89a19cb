"""One sign of one function of the reference at a time turned round: each such mistake must be noticed.

The suite tries one sign of every rule; `make every-sign` tries them all, which takes several minutes more.
"""

import ast
import inspect
import itertools
import os
import textwrap
import zlib
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import pytest

from tests.reference import (
    accounts,
    consumers,
    firms,
    gains,
    hours,
    indicators,
    life,
    lifetime,
    markets,
    merchants,
    money,
    month,
    opening,
    platforms,
    programmes,
    services,
    start,
    state,
    support,
    work,
)

MODULES = (
    state,
    consumers,
    markets,
    hours,
    opening,
    support,
    gains,
    merchants,
    accounts,
    life,
    lifetime,
    platforms,
    programmes,
    services,
    money,
    firms,
    work,
    month,
    indicators,
    start,
)
TURNED: dict[type[ast.AST], type[Any]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


class Rule(NamedTuple):
    """A function of a module, or a method of one of its classes (`owner`)."""

    module: ModuleType
    owner: Any
    name: str

    def __str__(self) -> str:
        owner = "" if self.owner is self.module else f"{self.owner.__name__}."
        return f"{self.module.__name__.rpartition('.')[2]}.{owner}{self.name}"


class Mutant(NamedTuple):
    """A rule with one sign turned, and the line it stands in."""

    rule: Rule
    line: str
    tree: ast.Module


class Turn(ast.NodeTransformer):
    """Turns the sign of one number, counted in the order of the source, and remembers its line."""

    def __init__(self, sign: int) -> None:
        self.left, self.line = sign, 0

    def visit(self, node: ast.AST) -> ast.AST:
        signs = node.ops if isinstance(node, ast.Compare) else [getattr(node, "op", None)]
        for place, sign in enumerate(signs):
            if type(sign) in TURNED or isinstance(sign, ast.USub):
                self.left -= 1
                if self.left == -1:
                    self.line = node.lineno  # type: ignore[attr-defined]
                    return self.turned(node, place)
        return self.generic_visit(node)

    def turned(self, node: ast.AST, place: int) -> ast.AST:
        if isinstance(node, ast.UnaryOp):
            return node.operand
        if isinstance(node, ast.Compare):
            node.ops[place] = TURNED[type(node.ops[place])]()
        elif isinstance(node, ast.BinOp | ast.AugAssign):
            node.op = TURNED[type(node.op)]()
        return node


def rules(modules: Iterable[ModuleType] = MODULES) -> Iterator[Rule]:
    """Functions and public methods written in modules of the reference."""
    for module in modules:
        for name, thing in list(vars(module).items()):
            if getattr(thing, "__module__", None) != module.__name__:
                continue
            if isinstance(thing, FunctionType):
                yield Rule(module, module, name)
            elif inspect.isclass(thing):
                yield from (Rule(module, thing, key) for key, f in vars(thing).items() if is_plain(key, f))


def is_plain(name: str, thing: object) -> bool:
    return isinstance(thing, FunctionType) and not name.startswith("_")


def mutants_of(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule; none when it has no sign."""
    source = textwrap.dedent(inspect.getsource(getattr(rule.owner, rule.name)))
    for sign in itertools.count():
        turn = Turn(sign)
        tree = ast.parse(source)
        turn.visit(tree)
        if turn.line == 0:
            return
        yield Mutant(rule, source.splitlines()[turn.line - 1].strip(), ast.fix_missing_locations(tree))


def tried(rule: Rule) -> list[Mutant]:
    """The mutants of a rule that the tests try: one of them, or all with UNTACT_EVERY_SIGN set (`make every-sign`)."""
    every = list(mutants_of(rule))
    if os.environ.get("UNTACT_EVERY_SIGN") or not every:
        return every
    return [every[zlib.crc32(str(rule).encode()) % len(every)]]


def put_in(mutant: Mutant, patch: pytest.MonkeyPatch) -> None:
    """Replace the rule by its mutant wherever a module knows it."""
    rule = mutant.rule
    original, made = getattr(rule.owner, rule.name), dict[str, Any]()
    exec(compile(mutant.tree, str(rule), "exec"), vars(rule.module), made)
    if rule.owner is not rule.module:
        patch.setattr(rule.owner, rule.name, made[rule.name])
    for module in (*MODULES, rule.module):
        if vars(module).get(rule.name) is original:
            patch.setattr(module, rule.name, made[rule.name])
