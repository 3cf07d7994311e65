"""What one conversion or validation is asked to do; plain data, so that it crosses processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from curate.checks import PerFile
from curate.files.inputs import Container
from curate.files.limits import DEFAULT_LIMITS, Limits
from curate.row import Kind
from curate.sources.base import Reading

Payload = Literal["none", "arrow", "jsonl", "csv"]
FixLevel = Literal["none", "safe", "unsafe"]


@dataclass(frozen=True, slots=True)
class Settings:
    """One run's settings.

    Attributes:
        source_format: Read every record as this format; None lets each record's shape decide.
        container: Read every file as this container; None lets its bytes decide.
        kind: Keep rows of this kind and set the others aside; None takes the first row's kind and
            refuses a mixture.
        per_row: Rows of several formats in one input are meant.
        mapping: `(field, column)` pairs: the column is read as the field.
        prompt: Template of the prompt over the record's columns, or None.
        completion: Template of the completion.
        labels: `(text, label)` pairs that turn label words into true and false.
        margin: `A-B`: the columns whose difference is a pair's margin, or None.
        reading: How mailboxes, chats and other exports are read.
        redact: Private content is redacted before it leaves; False was typed.
        repairs: `(name, argument)` of the repairs that are made, in order.
        as_kind: The kind that rows of other kinds are made to be; None keeps each row's own,
            unless `to` names a format of one kind.
        reasoning: Where reasoning goes: a key of the message, or a <think> block of its text; None
            leaves it where it stands.
        pair: The rule by which judged answers become pairs, or None.
        template: The chat template by which conversations become text, or None.
        reverse: Turn every exchange round: the response asks for the instruction.
        consumers: The trainers that the output is for.
        to: The format that is written; `row` is the row itself.
        payload: What a chunk's rows are turned into.
        keep_source_columns: Whether `extra` is put back as columns (files) or left out (tables).
        profiles: The profiles whose rules are run, and the consumers whose effects are counted.
        select: Codes or their beginnings that are run instead of the profiles'.
        ignore: Codes or their beginnings that are not.
        extend_select: The same, run beside the profiles' or beside `select`.
        per_file_ignores: Patterns of inputs, each with codes that are not reported of them.
        patterns_may_miss: A pattern that names no input is no finding: it stands in a file of
            settings that serves other runs too.
        allow_loss: LOS codes whose error losses do not keep a row out.
        fix: Which fixes are applied before the rules are run.
        diff: Tell what fixes change.
        media_root: The folder that the files of media lie in; None looks at no file.
        user_schema: A JSON Schema of the user's that records must pass, or None.
        traits: Count what tells dialects apart, for `curate inspect`.
        whole: Run the selected rules about whole files and sets too.
        tokenizer: The tokenizer whose tokens are counted and checked, as typed, or None.
        chat_template: The chat template to render rows by; None takes the tokenizer's own.
        max_length: The length in tokens at which a trainer cuts, or None.
        limits: Bounds on reading.
    """

    source_format: str | None = None
    container: Container | None = None
    kind: Kind | None = None
    per_row: bool = False
    mapping: tuple[tuple[str, str], ...] = ()
    prompt: str | None = None
    completion: str | None = None
    labels: tuple[tuple[str, bool], ...] = ()
    margin: str | None = None
    reading: Reading = Reading()
    redact: bool = True
    repairs: tuple[tuple[str, str], ...] = ()
    as_kind: Kind | None = None
    reasoning: Literal["field", "inline"] | None = None
    pair: Literal["first", "all"] | None = None
    template: str | None = None
    reverse: bool = False
    consumers: tuple[str, ...] = ()
    to: str = "row"
    payload: Payload = "arrow"
    keep_source_columns: bool = False
    profiles: tuple[str, ...] = ("default",)
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: PerFile = ()
    patterns_may_miss: bool = False
    allow_loss: frozenset[str] = frozenset()
    fix: FixLevel = "none"
    diff: bool = False
    media_root: str | None = None
    user_schema: str | None = None
    traits: bool = False
    whole: bool = False
    tokenizer: str | None = None
    chat_template: str | None = None
    max_length: int | None = None
    limits: Limits = DEFAULT_LIMITS
