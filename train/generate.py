"""Answers of a run, through the template that it was trained with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from curate.errors import InputError, printable
from curate.render import REVERSE_INSTRUCTION
from train.runs import Run

if TYPE_CHECKING:
    from curate.render.template import Template
    from curate.render.tokenizer import Tokenizer
    from curate.row import Row


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen.

    Attributes:
        max_new_tokens: The longest answer.
        temperature: None is greedy: always the likeliest token.
        top_p: With a temperature: sample from the likeliest tokens of this share, 0–1.
        seed: With a temperature: the seed; each prompt starts from it.
    """

    max_new_tokens: int = 256
    temperature: float | None = None
    top_p: float = 1.0
    seed: int = 42


def user_row(prompt: str, context: str | None = None) -> Row:
    """Return the row of one question; `context` is the Input of the templates that have one."""
    if not context:
        return {"messages": [{"role": "user", "content": prompt}]}
    return {
        "messages": [{"role": "user", "content": f"{prompt}\n{context}"}],
        "layout": json.dumps({"alpaca_split": len(prompt)}),
    }


def reverse_row(text: str) -> Row:
    """Return the row that asks for the instruction of a text, as `--reverse` data is trained."""
    return user_row(REVERSE_INSTRUCTION, text)


def read_prompts(stream: TextIO, name: str, *, reverse: bool = False) -> Iterator[Row]:
    """Yield a row for each line of a JSON Lines file.

    A line has `prompt`, or `instruction` with an optional `input`, or `messages`; with `reverse`
    it has `text`.

    Raises:
        InputError: At the first line that is none of these.
    """
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"{name}:{number}: not JSON: {error}") from None
        read = _text_row if reverse else _row
        row = read(record) if isinstance(record, dict) else None
        if row is None:
            wanted = (
                "`text`" if reverse else "`prompt`, or `instruction` and `input`, or `messages`"
            )
            raise InputError(
                f"{name}:{number}: found {printable(line.strip())}",
                hint=f"give each line {wanted}",
            )
        yield row


def _text_row(record: dict[str, Any]) -> Row | None:
    text = record.get("text")
    return reverse_row(text) if isinstance(text, str) else None


def _row(record: dict[str, Any]) -> Row | None:
    messages = record.get("messages")
    if isinstance(messages, list) and messages:
        shaped = all(
            isinstance(m, dict) and isinstance(m.get("content"), str) and _role(m) for m in messages
        )
        return {"messages": messages} if shaped else None
    prompt = record.get("prompt", record.get("instruction"))
    context = record.get("input")
    if not isinstance(prompt, str) or not isinstance(context, str | None):
        return None
    return user_row(prompt, context)


def _role(message: dict[str, Any]) -> bool:
    return message.get("role") in ("system", "user", "assistant")


def load_run(run: Run) -> Any:
    """Load a run's model as it was trained: the base, quantized as it was, with the adapter."""
    from dataclasses import replace

    from train.model import load_adapter, load_base, quiet

    quiet()
    how = replace(run.model, attention="sdpa")
    if not run.is_adapter:
        whole: Any = load_base(run.weights, how, quantized=False, full=True)
        return whole.eval()
    return load_adapter(load_base(run.base_folder(), how), run.weights).eval()


def generate(run: Run, rows: Sequence[Row], sampling: Sampling) -> Iterator[tuple[str, str]]:
    """Yield (prompt as the model read it, answer) for each row, in order.

    Raises:
        UsageError: If the run's template has no place for a row.
    """
    from curate.render.tokenizer import load_tokenizer

    tokenizer, template = load_tokenizer(run.tokenizer_folder), run.template()
    prompts = [template.prompt(row, tokenizer.specials) for row in rows]
    model = load_run(run)
    for row, prompt in zip(rows, prompts, strict=True):
        yield prompt, answer(model, tokenizer, template, row, sampling)


def answer(
    model: Any, tokenizer: Tokenizer, template: Template, row: Row, sampling: Sampling
) -> str:
    """Return the model's answer to one row, without the token that ends it."""
    import torch
    from transformers import GenerationConfig

    ids = tokenizer.prompt_ids(template.prompt(row, tokenizer.specials), template)
    ends = [tokenizer.eos_id]
    ends += [i for i in map(tokenizer.id_of, ("<|im_end|>", "<|eot_id|>")) if i is not None]
    sampled = sampling.temperature is not None
    settings: dict[str, Any] = {
        "max_new_tokens": sampling.max_new_tokens,
        "do_sample": sampled,
        "eos_token_id": sorted(set(ends)),
        "pad_token_id": tokenizer.eos_id,
    }
    if sampled:
        settings |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
        torch.manual_seed(sampling.seed)
    config: Any = GenerationConfig
    was_training = model.training
    model.eval()
    inputs = torch.tensor([ids], device=next(model.parameters()).device)
    with torch.no_grad():
        out = model.generate(
            input_ids=inputs,
            attention_mask=torch.ones_like(inputs),
            generation_config=config(**settings),
        )
    model.train(was_training)
    new = out[0, len(ids) :].tolist()
    while new and new[-1] in ends:
        new.pop()
    return tokenizer.decode(new)
