"""CEL: the language of `when`. The operator writes it; the values in it come from agents.

A wrong expression is refused when the policy is loaded: bad syntax, names that do not exist,
results that are not true or false, patterns that are not regular expressions.
What goes wrong later is CannotEvaluateError, and the caller asks a person.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from bot.policy.facts import NAMES, Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENV = cel.NewEnv(variables=dict.fromkeys(NAMES, cel.Type.DYN))
_ERROR = re.compile(r"^(?:[A-Z_]+: )?ERROR: <input>:(-?\d+):(-?\d+): (.+)$", re.MULTILINE)
# The checker refuses `size(tags) > 1.5`, though the engine compares all numbers alike.
_NUMBERS = re.compile(
    r"found no matching overload for '_(<|<=|>|>=|==|!=)_' applied to "
    r"'\((int|uint|double), (int|uint|double)\)'"
)
_NOISE = re.compile(r"^Syntax error: | \(in container ''\)| \[[A-Z_]+\]$| expecting \{.*\}")
_LITERAL_OR_COMMENT = re.compile(
    r'''(?P<literal>
        (?<!\w)(?:[bB]?[rR]|[rR][bB])(?:"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"[^"\n]*"|'[^'\n]*')
      | (?<!\w)[bB]?(?:"""(?:\\[\s\S]|[^\\])*?"""|\'\'\'(?:\\[\s\S]|[^\\])*?\'\'\'
      | "(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    ) | //[^\n]*''',
    re.VERBOSE,
)
_MATCHES = re.compile(r"\bmatches\s*\((?:\s*'(\d+)'\s*\))?")
# The engine's words on the left, ours on the right. Its own never leave this file: some quote
# the values they are about, and those may be what the agent marked as sensitive.
_MISSING = re.compile(r'Key not found in map : "(.*)"', re.DOTALL)
_REASONS = [
    (re.compile(r'No value with name "(\w+)" found in Activation'), r"`\1` is missing"),
    (
        re.compile(r"No matching overloads found : ([\w.+*/%<>=!&|?:@()\[\], -]{1,80})$"),
        r"these values do not go together: \1",
    ),
    (re.compile("Iteration budget exceeded"), "there is too much to look through"),
    (re.compile("(?:divide|modulus) by zero"), "it divides by zero"),
    (re.compile("overflow|out of .*range"), "a number is too large"),
    (re.compile("conver(?:t|sion)"), "a value cannot be converted"),
    (re.compile("SELECT to non-message"), "a value has no fields"),
]


class CannotEvaluateError(Exception):
    """An expression has no answer for these facts. The text is a short reason for people."""


class Expression:
    """A compiled `when`."""

    def __init__(self, source: str) -> None:
        """Raises ValueError, which says what is wrong and at which character."""
        self.source = source
        self._program = _compile(source)
        bare = _check_patterns(source)
        self._names = [n for n in NAMES if re.search(rf"(?<![\w.]){n}\b", bare)]

    def matches(self, facts: Mapping[str, Any]) -> bool:
        """Whether it is true of the facts, as `facts_of` makes them.

        Raises CannotEvaluateError, also when the result is neither true nor false.
        """
        for name in self._names:
            if isinstance(fact := facts.get(name), Unusable):
                raise CannotEvaluateError(f"`{name}` {fact.why}")
        data = {name: facts[name] for name in self._names if name in facts}
        try:
            result = self._program.eval(data=data)
            kind, value = result.type().name(), result.value()
        except Exception as error:
            # The engine throws what its C++ threw. Whatever it is, there is no answer.
            raise CannotEvaluateError(_reason(str(error), self.source)) from error
        if kind == "ERROR":
            raise CannotEvaluateError(_reason(str(value), self.source))
        if kind != "BOOL":
            raise CannotEvaluateError(f"the result is {kind.lower()}, neither true nor false")
        return bool(value)


@lru_cache(maxsize=1024)
def compiled(source: str) -> Expression:
    """An Expression, compiled once. Raises ValueError."""
    return Expression(source)


def _compile(source: str) -> Any:
    try:
        program = _ENV.compile(source)
    except (RuntimeError, TypeError, UnicodeError) as error:
        mistakes = _ERROR.findall(str(error))
        if not mistakes or not all(_NUMBERS.match(words) for _, _, words in mistakes):
            raise ValueError(_mistake(str(error), mistakes)) from error
        return _ENV.compile(source, disable_check=True)
    kind = program.return_type()
    if kind not in (cel.Type.BOOL, cel.Type.DYN):
        raise ValueError(
            f"a CEL expression that is true or false; this one is {kind.name().lower()}"
        )
    return program


def _mistake(message: str, mistakes: list[tuple[str, str, str]]) -> str:
    if not mistakes or int(mistakes[0][0]) < 1:
        words = mistakes[0][2] if mistakes else message.partition("\n")[0]
        return f"a CEL expression, but {words[:200]}"
    line, column, words = mistakes[0]
    where = f"character {column}" if line == "1" else f"its line {line}, character {column}"
    words = _NOISE.sub("", words).replace("'<EOF>'", "its end")
    return f"a CEL expression, but at {where}: {words[:200]}"


def _check_patterns(source: str) -> str:
    """The source without texts and comments. Raises ValueError for a pattern that cannot be used.

    Patterns must stand in the policy itself: matching takes time linear in the text,
    but an agent that could send the pattern too would choose how much.
    """
    literals: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found["literal"] is None:
            return " "
        literals.append(found["literal"])
        return f"'{len(literals) - 1}'"

    bare = _LITERAL_OR_COMMENT.sub(number, source)
    for use in _MATCHES.finditer(bare):
        if use[1] is None:
            raise ValueError("a pattern written out in quotes: text.matches('^a+$')")
        pattern = literals[int(use[1])]
        tried = _ENV.compile(f"''.matches({pattern})").eval(data={})
        if tried.type().name() == "ERROR":
            raise ValueError(f"a regular expression in RE2 syntax, got {pattern[:60]}")
    return bare


def _reason(message: str, source: str) -> str:
    missing = _MISSING.search(message)
    if missing:
        key = missing[1]
        return f"`{key}` is missing" if key in source and len(key) < 80 else "a key is missing"
    for theirs, ours in _REASONS:
        if found := theirs.search(message):
            return found.expand(ours)
    return "the engine gave no answer"
