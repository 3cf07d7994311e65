"""A tokenizer, a chat template and a length: rows to readings, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from curate.checks.rendered.probe import Probed, probe, shape_of, shows_a_question
from curate.checks.rendered.reading import Reading, Side, sides_of, unreadable
from curate.errors import InputError, MissingExtraError, UsageError
from curate.finding import Hit
from curate.row import Kind, Row

if TYPE_CHECKING:
    from curate.render.template import Rendered, Template
    from curate.render.tokenizer import Tokenizer


# Shapes of conversations that are remembered.
_SHAPES = 10_000


@dataclass(slots=True)
class Rendering:
    """What a trainer would be given beside the rows.

    Attributes:
        name: The tokenizer as typed.
        tokenizer: The tokenizer.
        template: The chat template; None where rows of messages cannot be rendered.
        max_length: The length in tokens at which a trainer cuts, or None.
    """

    name: str
    tokenizer: Tokenizer
    template: Template | None
    max_length: int | None = None
    _probed: dict[object, Probed] = field(default_factory=dict)

    def read_all(self, rows: Sequence[Row], kind: Kind) -> list[Reading]:
        """Render and tokenise rows of one kind.

        Raises:
            UsageError: If the rows hold messages and there is no template.
        """
        readings = [Reading(self, row, kind, sides_of(row, kind)) for row in rows]
        plain = kind in ("text", "segments")
        template = _plain_template() if plain else self._template()
        waiting: list[tuple[Side, Rendered]] = []
        for reading in readings:
            for side in reading.sides:
                rendered = _plain(reading.row, self) if plain else self._rendered(side, template)
                if rendered is not None:
                    side.rendered = rendered
                    waiting.append((side, rendered))
        encoded = self.tokenizer.encode_rows([each for _, each in waiting], template)
        for (side, rendered), tokens in zip(waiting, encoded, strict=True):
            side.encoded = tokens
            side.text = _readable(rendered)
        return readings

    def read(self, row: Row, kind: Kind) -> Reading:
        """Render and tokenise one row."""
        return self.read_all([row], kind)[0]

    def _template(self) -> Template:
        if self.template is not None:
            return self.template
        from curate.render.template import SHIPPED

        raise UsageError(
            f"the tokenizer {self.name} has no chat template of its own, and rows hold messages",
            hint=f"--chat-template with one of {', '.join(SHIPPED)}, or a .jinja file",
        )

    def _rendered(self, side: Side, template: Template) -> Rendered | None:
        specials = self.tokenizer.specials
        side.unreadable = unreadable(side.row)
        if side.unreadable is not None:
            return None
        found = template.row(side.row, specials, "assistant", whole=False)
        if _refused(found) and any(m.get("tool_calls") for m in side.messages):
            as_text = replace(template, text_arguments=True)
            again = as_text.row(side.row, specials, "assistant", whole=False)
            if not _refused(again):
                found, template, side.text_arguments = again, as_text, True
        if isinstance(found, Hit) and found.code in ("RUN010", "RUN011"):
            # Also a template that cannot render a beginning may render the whole.
            whole = template.row(_unweighted(side.row), specials, "all", whole=False)
            if not isinstance(whole, Hit):
                side.unmasked, found = found, replace(whole, spans=())
        if isinstance(found, Hit):
            side.refused = found
            return None
        shape = shape_of(side.row)
        if shape not in self._probed:
            if len(self._probed) >= _SHAPES:
                self._probed.clear()
            self._probed[shape] = probe(side.row, template, specials)
        side.missing, side.asks_otherwise, side.unasked = self._probed[shape]
        return found


def _refused(found: Rendered | Hit) -> bool:
    return getattr(found, "code", None) == "RUN011"


def _unweighted(row: Row) -> Row:
    kept = [{k: v for k, v in m.items() if k != "weight"} for m in row["messages"]]
    return {**row, "messages": kept}


def _plain(row: Row, rendering: Rendering) -> Rendered:
    from curate.render.template import Rendered

    if "segments" in row:
        text, spans = "", []
        for segment in row["segments"] or ():
            start, text = len(text), text + (segment.get("text") or "")
            if segment.get("train") and start < len(text):
                spans.append((start, len(text)))
        return Rendered(text, tuple(spans))
    text, eos = row.get("text") or "", rendering.tokenizer.specials.eos
    text = text if text.endswith(eos) else text + eos
    return Rendered(text, ((0, len(text)),))


def _plain_template() -> Template:
    from curate.render.template import shipped

    return shipped("none")


def _readable(rendered: Rendered) -> str:
    from curate.render.sandbox import BREAK

    text = rendered.text
    return text.replace(BREAK, "") if BREAK in text else text


def open_rendering(
    tokenizer: str | None, chat_template: str | None = None, max_length: int | None = None
) -> Rendering | None:
    """Return what `--tokenizer`, `--chat-template` and `--max-length` name; None for no tokenizer.

    Args:
        tokenizer: A folder with `tokenizer.json`, that file, or `owner/name` on the Hub.
        chat_template: A shipped template's name, `tokenizer`, or a `.jinja` file; None takes the
            tokenizer's own.
        max_length: In tokens.

    Raises:
        UsageError: If an option is given without the tokenizer, or names no template.
        InputError: If there is no such tokenizer here.
        BackendError: If the Hub's is not on this machine and cannot be fetched.
        MissingExtraError: If `tokenizers` or `jinja2` is not installed.
    """
    if tokenizer is None:
        for flag, value in (("--chat-template", chat_template), ("--max-length", max_length)):
            if value is not None:
                raise UsageError(f"{flag} needs --tokenizer", hint=f"--tokenizer FOLDER {flag} …")
        return None
    folder = _folder(tokenizer)
    try:
        from curate.render.tokenizer import load_tokenizer

        found = load_tokenizer(folder)
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "tokenizers", "tokens") from None
    return Rendering(tokenizer, found, _template_named(chat_template, found), max_length)


def _folder(name: str) -> Path:
    path = Path(name)
    if path.is_dir():
        return path
    if path.is_file():
        if path.name != "tokenizer.json":
            raise InputError(f"{name}: expected a tokenizer.json, or the folder that holds it")
        return path.parent
    if name.startswith((".", "/", "~")) or name.count("/") != 1 or name.endswith(".json"):
        raise InputError(f"{name}: there is no such folder and no such file")
    from curate.files.hub_tokenizer import fetch_tokenizer

    return fetch_tokenizer(name)


def _template_named(name: str | None, tokenizer: Tokenizer) -> Template | None:
    from curate.render.template import SHIPPED, foreign, shipped

    if name in SHIPPED:
        return shipped(str(name))
    if name is None or name == "tokenizer":
        own = tokenizer.chat_template
        if own is None and name is not None:
            raise UsageError("--chat-template tokenizer: the tokenizer has none of its own")
        return None if own is None else fitted(foreign("tokenizer", own), tokenizer)
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"there is no template {name}", hint=f"one of {', '.join(SHIPPED)}, or a .jinja file"
        )
    return fitted(foreign(path.name, path.read_text("utf-8")), tokenizer)


def fitted(template: Template, tokenizer: Tokenizer) -> Template:
    """Return a template as trainers would use it that are not ours.

    One that takes lists of parts and no texts, as those for images do, is given lists; one that
    asks for the day, and cannot do without, always gets the same.
    """
    template = replace(template, source=_dated(template.source))
    in_parts = replace(template, in_parts=True)
    if shows_a_question(template, tokenizer.specials):
        return template
    return in_parts if shows_a_question(in_parts, tokenizer.specials) else template


def _dated(source: str) -> str:
    if "strftime_now(" not in source or "strftime_now is defined" in source:
        return source
    return "{%- macro strftime_now(format) -%}2000-01-01{%- endmacro -%}" + source
