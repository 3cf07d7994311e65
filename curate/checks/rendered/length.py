"""LEN: rows and the length at which a trainer cuts."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot
from curate.checks.rendered.base import READ, rendered_rule
from curate.checks.rendered.fate import kept_by_llama_factory
from curate.checks.rendered.reading import Reading


@rendered_rule("LEN001", "row-over-max-length", severity="warning", kinds=READ)
def row_over_max_length(reading: Reading) -> Iterator[Spot]:
    """A row has more tokens than --max-length, so a trainer cuts it or leaves it out.

    Why: a cut answer has no end, and a model that learns from it does not learn to stop; a row
    that is left out is missing from training without a word. TRL and Unsloth keep the first
    max_length tokens (1,024 unless set), torchtune too and writes EOS over the last of them,
    LLaMA-Factory shortens the prompt and the answer in proportion and logs nothing, axolotl and
    ms-swift drop the row, OpenAI cuts it at the model's limit.
    Example: a row of 1,312 tokens with `--max-length 1024`
    Fix: raise max_length where memory allows, split or shorten the row, or have it dropped and
    counted (`too_long: drop` of a train recipe).
    Source: TRL 1.16 `trainer/sft_trainer.py` (Truncate to max_length); LLaMA-Factory 0.9.5
    `processor_utils.py:infer_seqlen`; axolotl 0.19 `utils/data/utils.py` (excess_length_strategy);
    ms-swift 4.6 `template/base.py` (truncation_strategy); torchtune 0.6.1 `data/_utils.py`;
    hiyouga/LLaMA-Factory#3995, #5231.
    """
    limit = reading.rendering.max_length
    for side, encoded in reading.read():
        if limit is None or side.length <= limit:
            continue
        total, kept = side.trained, sum(encoded.trained[:limit])
        if total and not kept:
            continue
        about = f"a cut there loses {total - kept:,} of {total:,} trained tokens and the end"
        if not total:
            about = f"a cut there loses the last {side.length - limit:,}"
        elif total == kept:
            about = "a cut there loses no trained token"
        yield Spot(
            side.pointer_at(limit),
            f"{side.length:,} tokens, max_length is {limit:,}: {about}"
            f"{_fates(reading, encoded.trained, limit)}",
            side.length,
        )


@rendered_rule("LEN002", "prompt-fills-max-length", severity="error", kinds=READ)
def prompt_fills_max_length(reading: Reading) -> Iterator[Spot]:
    """The prompt alone has --max-length tokens, so nothing of the answer is left to train on.

    Why: TRL drops such a row without a word, and with packing keeps it at a loss of zero; where
    all rows are like it, training ends in "num_samples=0".
    Example: a document of 4,000 tokens with one question, cut at 1,024
    Fix: raise max_length, shorten the prompt, or remove the row.
    Source: TRL 1.16 `trainer/sft_trainer.py` (Dropping fully masked examples);
    huggingface/trl#6668, #6320.
    """
    limit = reading.rendering.max_length
    said: set[str] = set()
    for side, encoded in reading.read():
        if limit is None or side.length <= limit or not side.trained:
            continue
        pointer = side.pointer_at(limit - 1)
        if pointer not in said and not any(encoded.trained[:limit]):
            said.add(pointer)
            prompt = encoded.trained.index(True)
            yield Spot(
                pointer,
                f"{prompt:,} tokens before the first trained one, max_length is {limit:,}: a cut "
                f"there leaves none of {side.trained:,}{_fates(reading, encoded.trained, limit)}",
                side.length,
            )


@rendered_rule("LEN003", "no-trained-token", severity="error", kinds=READ)
def no_trained_token(reading: Reading) -> Iterator[Spot]:
    """Not one token of the row carries loss, at any length.

    Why: the row costs time and teaches nothing. TRL drops it without a word, axolotl too; in a
    packed run it is kept at a loss of zero.
    Example: every answer has weight 0, or the template writes nothing for the answer
    Fix: remove the row, or give an answer its weight back.
    Source: TRL 1.16 `trainer/sft_trainer.py` (Dropping fully masked examples); axolotl 0.19
    `utils/trainer.py:drop_no_trainable_tokens`.
    """
    for side, encoded in reading.read():
        if reading.answered and side.unmasked is None and not any(encoded.trained):
            column = "/messages" if "messages" in reading.row else ""
            yield Spot(column, f"none of {side.length:,} tokens is trained", side.length)


def _fates(reading: Reading, trained: list[bool], limit: int) -> str:
    """Say what each trainer does with a row over its length, where that is known of its kind."""
    if reading.kind in ("text", "segments"):
        return "; packing splits it instead"
    total = sum(trained)
    if reading.kind != "sft" or not total:
        return "; trainers cut it or drop it"
    cutting = "TRL, Unsloth, torchtune and OpenAI cut it there"
    if not any(trained[:limit]):
        cutting = "TRL and Unsloth drop it, torchtune and OpenAI cut it there"
    prompt, answer = kept_by_llama_factory(trained, limit)
    return (
        f"; {cutting}, LLaMA-Factory keeps {prompt:,} of {len(trained) - total:,} prompt and "
        f"{answer:,} of {total:,} answer tokens, axolotl and ms-swift drop it"
    )


RULES = (row_over_max_length, prompt_fills_max_length, no_trained_token)
