"""Small safe expressions: claims, quantities and paths with ``+ - * / ( ) min max``.

``+`` and ``-`` need a space on both sides, as in CSS ``calc``, so that ``read-p99 - hop`` is a
difference and ``read-p99`` a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from atlas.quantity.parse import parse
from atlas.quantity.quantity import Quantity, QuantityError

MAX_LENGTH = 500
MAX_DEPTH = 20

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>\d[\d.]*(?:,\d{3})*(?:e[+-]?\d+)?[kKMBT]?(?![A-Za-z])"
    r"(?:\s?(?:%|x\b|(?!min\s*\(|max\s*\()[A-Za-zµμ]+)(?:/[A-Za-z]+)?|/(?=[A-Za-z])(?:s|min|h|day|week|month|quarter|year)\b)?)"
    r"|(?P<call>(?:min|max)(?=\s*\())"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:[-.][A-Za-z0-9_]+)*)"
    r"|(?P<sum>(?<=\s)[+-](?=\s))"
    r"|(?P<mark>[*/(),])"
    r")"
)

Lookup = Callable[[str], Quantity]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def evaluate(expression: str, lookup: Lookup) -> Quantity:
    """The value of an expression; ``lookup`` gives the quantity of a name.

    Raises ``QuantityError`` for syntax, unknown names (from ``lookup``), dimensions that do not fit and
    division by zero.
    """
    result = _Parser(_tokens(expression), lookup, expression).whole()
    return replace(result, text="") if result.text else result


def references(expression: str) -> tuple[str, ...]:
    """The names an expression uses, in order, each once."""
    return tuple(dict.fromkeys(t.text for t in _tokens(expression) if t.kind == "name"))


def _tokens(expression: str) -> list[_Token]:
    if len(expression) > MAX_LENGTH:
        raise QuantityError(f"the expression is longer than {MAX_LENGTH} characters")
    tokens: list[_Token] = []
    at, end = 0, len(expression.rstrip())
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None or match.end() == at:
            rest = expression[at:].strip()
            tip = "+ and - need a space on both sides" if rest[:1] in "+-" else ""
            raise QuantityError(f"cannot read {rest[:30]!r} in the expression {expression!r}", tip)
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], at))
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent: sum of products of atoms."""

    def __init__(self, tokens: list[_Token], lookup: Lookup, expression: str) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._expression = expression
        self._at = 0
        self._depth = 0

    def whole(self) -> Quantity:
        result = self._sum()
        if self._at != len(self._tokens):
            raise self._error()
        return result

    def _sum(self) -> Quantity:
        result = self._product()
        while (token := self._peek()) is not None and token.kind == "sum":
            self._at += 1
            other = self._product()
            result = result + other if token.text == "+" else result - other
        return result

    def _product(self) -> Quantity:
        result = self._atom()
        while (token := self._peek()) is not None and token.text in ("*", "/"):
            self._at += 1
            other = self._atom()
            result = result * other if token.text == "*" else result / other
        return result

    def _atom(self) -> Quantity:
        token = self._peek()
        if token is None:
            raise QuantityError(f"the expression {self._expression!r} ends too early")
        self._at += 1
        if token.kind == "number":
            return parse(token.text)
        if token.kind == "name":
            return self._lookup(token.text)
        if token.kind == "call":
            return self._call(token.text)
        if token.text == "(":
            return self._bracket()
        self._at -= 1
        raise self._error()

    def _bracket(self) -> Quantity:
        self._enter()
        result = self._sum()
        self._expect(")")
        return result

    def _call(self, function: str) -> Quantity:
        self._expect("(")
        self._enter()
        arguments = [self._sum()]
        while (token := self._peek()) is not None and token.text == ",":
            self._at += 1
            arguments.append(self._sum())
        self._expect(")")
        first = arguments[0]
        for other in arguments[1:]:
            if other.dimension != first.dimension:
                raise QuantityError(f"cannot compare {first.dimension.name} and {other.dimension.name}")
        return (min if function == "min" else max)(arguments, key=lambda q: q.mid)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QuantityError(f"more than {MAX_DEPTH} brackets in one expression")

    def _expect(self, text: str) -> None:
        token = self._peek()
        if token is None or token.text != text:
            raise QuantityError(f"expected {text!r} in the expression {self._expression!r}")
        self._at += 1

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _error(self) -> QuantityError:
        token = self._tokens[self._at]
        return QuantityError(f"unexpected {token.text!r} at character {token.at + 1} of {self._expression!r}")
