"""Chat templates run here and nowhere else: sandboxed, bounded, without clock or files.

A template comes with a model, so it is foreign code. It runs in Jinja's immutable sandbox, and
whatever could take the machine's memory is bounded as well. The surroundings are those that chat
templates expect (`trim_blocks`, `lstrip_blocks`, loop controls, `raise_exception`, `tojson`
without ASCII escapes, `{% generation %}`); `strftime_now` is absent, because a rendering must not
depend on the day.

Source: transformers 5.23 `utils/chat_template_utils.py` for the surroundings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Unicode noncharacters mark places in a rendering; content that holds one is refused.
GENERATION_START = "\ufdd0"
GENERATION_END = "\ufdd1"
BREAK = "\ufdd2"
MARKS = frozenset((GENERATION_START, GENERATION_END, BREAK))

MAX_OUTPUT_CHARS = 1 << 26
_WIDENING = frozenset(("center", "expandtabs", "format", "format_map", "ljust", "rjust", "zfill"))


class TemplateError(Exception):
    """A template is wrong, refused the conversation, or went over a limit."""


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}`: what the assistant writes, marked at both ends."""

    tags = {"generation"}  # noqa: RUF012 - jinja's own way to declare tags

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        call = self.call_method("_marked")
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _marked(self, caller: Callable[[], str]) -> str:
        return f"{GENERATION_START}{caller()}{GENERATION_END}"


class _Generator(CodeGenerator):
    """Compiles `a ~ b` into a join that is bounded."""

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:
        self.write("environment.concat((")
        for part in node.nodes:
            self.write("str(")
            self.visit(part, frame)
            self.write("), ")
        self.write("))")


def _bounded_join(pieces: Iterable[str]) -> str:
    held = list(pieces)
    _bounded(sum(map(len, held)))
    return "".join(held)


def _bounded(size: int) -> None:
    if size > MAX_OUTPUT_CHARS:
        raise SecurityError(f"text longer than {MAX_OUTPUT_CHARS} characters")


class _Sandbox(ImmutableSandboxedEnvironment):
    """The immutable sandbox, with bounds on what repeats, joins and widens text."""

    intercepted_binops = frozenset(("*", "**", "%", "+"))
    code_generator_class = _Generator
    concat = staticmethod(_bounded_join)

    def call_binop(
        self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any
    ) -> Any:
        if operator == "%" and isinstance(left, str):
            raise SecurityError("text formatting with % is not allowed in a chat template")
        if operator == "**":
            raise SecurityError("powers are not allowed in a chat template")
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            _bounded(len(left) + len(right))
        if operator == "*":
            text = next((v for v in (left, right) if isinstance(v, str | list | tuple)), None)
            times = right if text is left else left
            if text is not None and isinstance(times, int):
                _bounded(len(text) * times)
        return super().call_binop(context, operator, left, right)

    def call(self, context: jinja2.runtime.Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        text, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(text, str) and name in _WIDENING:
            raise SecurityError(f"str.{name} is not allowed in a chat template")
        if isinstance(text, str) and name == "replace" and len(args) > 1:
            return _replace(text, *args)
        if isinstance(text, str) and name == "join" and args:
            return _join(args[0], text)
        return super().call(context, obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Any:
        if super().wrap_str_format(value) is None:
            return None
        raise SecurityError("str.format is not allowed in a chat template")


def _replace(text: str, old: Any, new: Any, count: Any = None) -> str:
    old, new = str(old), str(new)
    _bounded(len(text) + text.count(old) * len(new))
    return text.replace(old, new, -1 if count is None else int(count))


def _join(values: Any, separator: Any = "", attribute: Any = None) -> str:
    if attribute is not None:
        values = [value[attribute] for value in values]
    held = [str(value) for value in values]
    _bounded(sum(map(len, held)) + len(str(separator)) * len(held))
    return str(separator).join(held)


def _raise(message: str) -> None:
    raise TemplateError(f"the template refused the conversation: {message}")


def _to_json(value: Any, indent: int | None = None, **options: Any) -> str:
    allowed = {k: v for k, v in options.items() if k in ("separators", "sort_keys")}
    return json.dumps(value, ensure_ascii=False, indent=indent, **allowed)


@lru_cache(maxsize=1)
def _environment() -> _Sandbox:
    sandbox = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols])
    sandbox.filters["tojson"] = _to_json
    for name in ("center", "format", "indent", "wordwrap"):
        sandbox.filters.pop(name)
    sandbox.filters |= {"indent": _indent, "join": _join, "replace": _replace}
    sandbox.globals["raise_exception"] = _raise
    for name in ("lipsum", "cycler"):
        sandbox.globals.pop(name)
    return sandbox


def _indent(text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:
    """Indent lines as Jinja's filter does, by at most 64 spaces."""
    if not isinstance(width, int) or not 0 <= width <= 64:
        raise SecurityError("indent by more than 64")
    lines = text.splitlines()
    indented = [(" " * width + line) if line or blank else line for line in lines]
    if lines and not first:
        indented[0] = lines[0]
    return "\n".join(indented)


@lru_cache(maxsize=64)
def compiled(source: str) -> jinja2.Template:
    """Compile a chat template for the sandbox.

    Raises:
        TemplateError: If it is not a Jinja template.
    """
    try:
        return _environment().from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(f"line {error.lineno}: {error.message}") from None


def render(source: str, **variables: Any) -> str:
    """Render a template; `{% generation %}` blocks stand between their two marks.

    Raises:
        TemplateError: If the template is wrong, refuses, or goes over a limit.
    """
    template = compiled(source)
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.generate(**variables):
            size += len(piece)
            if size > MAX_OUTPUT_CHARS:
                raise TemplateError(f"the rendering is longer than {MAX_OUTPUT_CHARS} characters")
            pieces.append(piece)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise TemplateError(f"{type(error).__name__}: {error}") from None
    except (AttributeError, RecursionError, MemoryError) as error:
        raise TemplateError(f"{type(error).__name__}: {error}") from None
    return "".join(pieces)
