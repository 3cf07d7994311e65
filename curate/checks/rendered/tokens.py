"""LEN: what a tokenizer makes of a rendering."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot
from curate.checks.rendered.base import CHATS, READ, rendered_rule
from curate.checks.rendered.reading import Reading, Side
from curate.checks.walk import spoken
from curate.errors import printable

# A text shorter than this says nothing of how well its script is known.
_ENOUGH_CHARS = 200
# What `spelled` may show of a text.
_SHOWN_TOKENS = 5


@rendered_rule("LEN030", "two-bos-tokens", severity="warning", kinds=READ)
def two_bos_tokens(reading: Reading) -> Iterator[Spot]:
    """A text begins with the beginning-of-sequence token, and the tokenizer adds it once more.

    Why: the model was never trained on two of them, and gives other answers after two than after
    one. Trainers add it to a `text` column without a look.
    Example: `{"text": "<s>[INST] Hi [/INST] Hello</s>"}` with Llama 2's tokenizer
    Fix: take it out of the texts, or train on messages and let the template write it.
    Source: TRL 1.16 tokenises a text column with special tokens added (tried); huggingface/open-r1
    #462; abetlen/llama-cpp-python#1439.
    """
    tokenizer = reading.rendering.tokenizer
    bos = tokenizer.specials.bos
    if not bos:
        return
    adds = reading.kind in ("text", "segments") and tokenizer.adds[:1] == [tokenizer.id_of(bos)]
    for side, _ in reading.read():
        if side.text.startswith(bos if adds else bos + bos):
            pointer = (
                "/text" if reading.kind == "text" else side.pointers[0] if side.pointers else ""
            )
            yield Spot(pointer, f"the text begins with {bos}, and it is added once more", bos)


@rendered_rule("LEN031", "end-is-not-trained", severity="warning", once=True)
def end_is_not_trained(reading: Reading) -> Iterator[Spot]:
    """Answers end without a token of their own that is trained, so models do not learn to stop.

    Why: the loss looks healthy, and the model writes on until the limit when it is used. Either
    the template writes no end, or it puts the end behind what it marks as the assistant's, or the
    tokenizer has no such token and the end is spelled in pieces.
    Example: `{% generation %}{{ message.content }}{% endgeneration %}<|im_end|>`
    Fix: put the end of the turn into the marked part, or use a template that fits the tokenizer.
    Source: TRL 1.16 `is_chat_template_stop_token_trained`; huggingface/trl#734.
    """
    for side, ends in _ends(reading):
        if not ends.endswith(reading.rendering.tokenizer.added_tokens):
            pointer = _last_answer(side)
            shown = printable(ends[-20:], 40)
            yield Spot(
                pointer, f"what is trained ends with {shown!r}, which is no token of its own"
            )


def _ends(reading: Reading) -> Iterator[tuple[Side, str]]:
    """Yield each side with the text of its last trained span, without white space at its end."""
    for side, _ in reading.read():
        if side.rendered is not None and side.rendered.spans and side.unmasked is None:
            start, end = side.rendered.spans[-1]
            yield side, side.rendered.text[start:end].rstrip()


def _last_answer(side: Side) -> str:
    roles = [message["role"] for message in side.messages]
    if "assistant" not in roles:
        return ""
    return side.pointers[len(roles) - 1 - roles[::-1].index("assistant")]


@rendered_rule("LEN032", "bos-by-template-and-tokenizer", severity="info", once=True)
def bos_by_template_and_tokenizer(reading: Reading) -> Iterator[Spot]:
    """The template writes the beginning-of-sequence token, and the tokenizer adds one of its own.

    Why: a trainer that tokenises messages gets one of them; whoever renders to text first and
    tokenises the text (a formatting function, a `text` column, some servers) gets two.
    Example: Llama 3's template and tokenizer
    Fix: tokenise rendered text with `add_special_tokens=False`.
    Source: huggingface/open-r1#462; sgl-project/sglang#888; abetlen/llama-cpp-python#1439.
    """
    tokenizer = reading.rendering.tokenizer
    bos = tokenizer.specials.bos
    if bos and tokenizer.adds[:1] == [tokenizer.id_of(bos)]:
        for side, _ in reading.read():
            if side.text.startswith(bos):
                yield Spot("", f"both write {bos}", bos)


@rendered_rule("LEN033", "control-token-in-text", severity="warning")
def special_token_in_text(reading: Reading) -> Iterator[Spot]:
    """A text spells one of the tokenizer's special tokens.

    Why: trainers and servers read it as the control token: a turn ends in the middle of a text, or
    a user's text begins a turn of the system. `train` splits it and keeps it text.
    Example: a question about `<|im_end|>`, with Qwen's tokenizer
    Fix: put a space or a zero-width sign into it, or take such rows out where the trainer is not
    `train`.
    Source: TRL 1.16 encodes it as the control token without a word (tried);
    huggingface/transformers `split_special_tokens`.
    """
    specials = reading.rendering.tokenizer.special_tokens
    for side, _ in reading.read():
        if side.rendered is None or len(side.text) == len(side.rendered.text):
            continue
        for pointer, message in zip(side.pointers, side.messages, strict=True):
            text = spoken(message)
            found = [token for token in specials if token in text]
            if found:
                named = ", ".join(sorted(found, key=len, reverse=True)[:_SHOWN_TOKENS])
                yield Spot(f"{pointer}/content", f"the text spells {named}", found[0])


@rendered_rule("LEN034", "unknown-token", severity="warning", kinds=READ)
def unknown_token(reading: Reading) -> Iterator[Spot]:
    """The tokenizer has no token for something in the row, and writes its unknown token.

    Why: what was there is lost, and where it is trained the model learns to write the unknown
    token. Such tokenizers do not fall back to bytes.
    Example: an emoji under a WordPiece vocabulary
    Fix: use a tokenizer that falls back to bytes, or take the characters out.
    Source: huggingface/tokenizers (`unk_token` of WordPiece, WordLevel and Unigram).
    """
    tokenizer = reading.rendering.tokenizer
    others = tokenizer.specials.others or {}
    unknown = others.get("unk_token")
    if unknown in (None, tokenizer.specials.eos, others.get("pad_token")):
        return
    number = tokenizer.id_of(str(unknown))
    for side, encoded in reading.read():
        count = encoded.ids.count(number) if number is not None else 0
        if count and number is not None:
            first = encoded.ids.index(number)
            trained = sum(
                encoded.trained[n] for n, each in enumerate(encoded.ids) if each == number
            )
            yield Spot(
                side.pointer_at(first),
                f"{count:,} of {side.length:,} tokens are {unknown}, {trained:,} of them trained; "
                f"the first stands for {_spelled(side, first)}",
                unknown,
            )


def _spelled(side: Side, token: int) -> str:
    if side.encoded is None or side.rendered is None:
        return ""
    start = side.encoded.starts[token]
    behind = (each for each in side.encoded.starts[token + 1 :] if each > start)
    return repr(printable(side.rendered.text[start : next(behind, start + 10)], 20))


@rendered_rule("LEN035", "text-in-unknown-script", severity="warning", kinds=READ)
def text_in_unknown_script(reading: Reading) -> Iterator[Spot]:
    """A text of 200 characters or more takes more than one token a character.

    Why: the tokenizer spells it in bytes, so the text costs several times its length, fills
    max_length soon, and is written badly by a model that never learnt words of it.
    Example: Tibetan or Amharic under GPT-2's tokenizer: two tokens and more a character
    Fix: use a model whose tokenizer knows the script, or count such rows out.
    Source: Petrov et al. 2023, "Language model tokenizers introduce unfairness between languages"
    (arXiv:2305.15425).
    """
    tokenizer = reading.rendering.tokenizer
    for side, _ in reading.read():
        texts = [
            (f"{p}/content", spoken(m)) for p, m in zip(side.pointers, side.messages, strict=True)
        ]
        for pointer, text in texts or [(f"/{reading.kind}", side.text)]:
            if len(text) < _ENOUGH_CHARS or text.isascii() or side.length <= len(text):
                continue
            count = tokenizer.count(text)
            if count > len(text):
                yield Spot(
                    pointer,
                    f"{count:,} tokens for {len(text):,} characters, expected fewer than one each",
                    round(count / len(text), 2),
                )


@rendered_rule("LEN036", "prompt-is-no-prefix", severity="warning")
def prompt_is_no_prefix(reading: Reading) -> Iterator[Spot]:
    """The end of the prompt and the beginning of the answer make one token together.

    Why: the tokens of the prompt alone are then not those that it has before its answer, so at use
    the model reads others than in training. TRL says so once and goes on; trainers that tokenise
    the two apart train tokens that no text has, `train` and LLaMA-Factory among them.
    Example: a prompt that ends on a space before an answer "Yes": " Yes" is one token
    Fix: end the prompt on a line break or a special token, or take the space off.
    Source: TRL 1.16 `trainer/sft_trainer.py`, `data_utils.py:common_prefix_length`.
    """
    for side, encoded in reading.read():
        if encoded.merged:
            yield Spot(
                _last_answer(side), "a token holds the end of the prompt and the answer's start"
            )


@rendered_rule("LEN037", "pad-is-eos", severity="info", kinds=READ, once=True)
def pad_is_eos(reading: Reading) -> Iterator[Spot]:
    """The tokenizer's padding token is its end-of-sequence token, or it has none.

    Why: a trainer that masks every padding token masks the ends of answers too, and the model
    does not learn to stop. TRL and `train` mask by length and are safe; collators that compare
    ids are not.
    Example: `tokenizer.pad_token = tokenizer.eos_token`
    Fix: name a reserved token as `pad_token`, or see that the collator masks by length.
    Source: transformers `DataCollatorForLanguageModeling` (labels of pad_token_id become -100);
    mlabonne/llm-course#33, unslothai/unsloth#416.
    """
    specials = reading.rendering.tokenizer.specials
    pad = (specials.others or {}).get("pad_token")
    if pad in (None, specials.eos) and any(True for _ in reading.read()):
        found = "there is no pad token" if pad is None else f"the pad token is {pad}"
        yield Spot("", f"{found}, the eos token is {specials.eos}", pad)


@rendered_rule("LEN038", "answer-ends-on-another-token", severity="info", once=True)
def answer_ends_on_another_token(reading: Reading) -> Iterator[Spot]:
    """Answers end on a special token that is not the tokenizer's end-of-sequence token.

    Why: the model learns to write that token, and generation waits for another unless it is told;
    the answer then goes on to the limit.
    Example: ChatML's `<|im_end|>` with a base model whose eos token is `<|endoftext|>`
    Fix: name it as the eos token (`SFTConfig(eos_token="<|im_end|>")`) and in
    `generation_config.json`.
    Source: TRL 1.16 `SFTConfig.eos_token`; meta-llama/llama-cookbook#640.
    """
    tokenizer = reading.rendering.tokenizer
    for side, ends in _ends(reading):
        if ends.endswith(tokenizer.added_tokens) and not ends.endswith(tokenizer.specials.eos):
            last = max((t for t in tokenizer.added_tokens if ends.endswith(t)), key=len)
            eos = tokenizer.specials.eos
            yield Spot(_last_answer(side), f"answers end on {last}, the eos token is {eos}", last)


@rendered_rule(
    "LEN039", "template-token-not-in-tokenizer", severity="warning", kinds=CHATS, once=True
)
def template_token_not_in_tokenizer(reading: Reading) -> Iterator[Spot]:
    """The template is made of tokens that the tokenizer does not have.

    Why: `<|im_start|>` is then six or more tokens of plain text, which costs length in every turn,
    and turns end on text that a user can type.
    Example: `--chat-template chatml` with Llama 2's tokenizer
    Fix: use the tokenizer's own template, or zephyr, which needs none. `train` refuses the plan.
    Source: the shipped templates; `train plan` (RUN011).
    """
    tokenizer, template = reading.rendering.tokenizer, reading.rendering.template
    absent = [t for t in (template.tokens if template else ()) if tokenizer.id_of(t) is None]
    if absent and template is not None:
        yield Spot("", f"template {template.name} writes {', '.join(absent)}, which it has not")


@rendered_rule("LEN040", "prompt-is-rendered-otherwise", severity="warning", once=True)
def prompt_is_rendered_otherwise(reading: Reading) -> Iterator[Spot]:
    """The template renders a prompt alone in another way than the same prompt before its answer.

    Why: at use the model begins behind a text that was never there in training: a `<think>` that
    the answers of the data do not begin with, or an empty block of thoughts.
    Example: DeepSeek-R1's template, which ends a prompt on `<think>` and shows answers without
    Fix: train with a template that agrees with the one of use, or write the block into the answers.
    Source: TRL 1.16 `data_utils.py:common_prefix_length` (Gemma 4's empty thought block);
    `chat_templates/deepseek_r1_distill.jinja` (tried).
    """
    for side, _ in reading.read():
        if side.asks_otherwise:
            template = reading.rendering.template
            name = f"template {template.name}" if template is not None else "the template"
            yield Spot("", f"{name} renders a prompt alone otherwise than before its answer")


@rendered_rule("LEN041", "template-asks-for-no-answer", severity="warning", once=True)
def template_asks_for_no_answer(reading: Reading) -> Iterator[Spot]:
    """The template writes a header before an answer, and not at the end of a prompt that asks.

    Why: `add_generation_prompt` does nothing, so at use the model has to write the header itself,
    and may go on with the user's part. Where answers are found by prefixes the header is trained.
    Unsloth refuses to load such a tokenizer.
    Example: `{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}`
    Fix: end the template on `{% if add_generation_prompt %}assistant: {% endif %}`.
    Source: unslothai/unsloth#1404, #1312 (`tokenizer_utils.py:fix_chat_template`).
    """
    for side, _ in reading.read():
        if side.unasked:
            template = reading.rendering.template
            name = f"template {template.name}" if template is not None else "the template"
            header = printable(side.unasked, 40)
            yield Spot("", f"{name} does not end a prompt on {header!r}, with which answers begin")


RULES = (
    two_bos_tokens,
    end_is_not_trained,
    bos_by_template_and_tokenizer,
    special_token_in_text,
    unknown_token,
    text_in_unknown_script,
    prompt_is_no_prefix,
    pad_is_eos,
    answer_ends_on_another_token,
    template_token_not_in_tokenizer,
    prompt_is_rendered_otherwise,
    template_asks_for_no_answer,
)
