"""A tokenizer of bytes: what is trained can be read back as text, and nothing is downloaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from exchange import turn

TEMPLATE = """\
{%- if tools %}<tools>{% for tool in tools %}{{ tool | tojson }}{% endfor %}</tools>{% endif -%}
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>
{%- elif message.thinking %}<think>{{ message.thinking }}</think>{% endif -%}
{%- if message.content is string %}{{ message.content }}
{%- elif message.content is iterable and message.content is not none -%}
{%- for part in message.content %}{{ part.text if part.type == 'text' else '<' ~ part.type ~ '>' }}
{%- endfor -%}
{%- endif -%}
{%- for call in message.tool_calls or [] %}<call>{{ call.function.name }}
{{- call.function.arguments | tojson }}</call>{% endfor -%}
<|im_end|>
{% endfor -%}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif -%}
"""
SPECIAL = ["<pad>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_tokenizer() -> Any:
    """Return a fast tokenizer with one token a byte, ChatML's two marks and its template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *alphabet])}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(SPECIAL)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made,
        eos_token="<|im_end|>",
        pad_token="<pad>",
        model_max_length=1 << 20,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE
    return fast


def trained(tokenizer: Any, labels: list[int]) -> str:
    """Return the text of the labels that are not masked, a bar between separate stretches."""
    text, held = [], []
    for label in [*labels, -100]:
        if label != -100:
            held.append(label)
        elif held:
            text.append(tokenizer.decode(held, skip_special_tokens=False))
            held = []
    return "|".join(text)


_TURN = re.compile(r"<\|im_start\|>(\w+)\n(.*?)<\|im_end\|>\n?", re.DOTALL)
_NAME = re.compile(r"([\w.-]*)(.*)", re.DOTALL)
_CALL = re.compile(r"<call>(.*?)</call>", re.DOTALL)


def rendered_view(text: str) -> dict[str, Any]:
    """Return the view that a text of the template holds: what a model sees of a row."""
    view: dict[str, Any] = {}
    head, mark, rest = text.partition("</tools>")
    if head.startswith("<tools>") and mark:
        view["tools"] = list(_objects(head.removeprefix("<tools>")))
        text = rest
    turns = []
    for role, said in _TURN.findall(text):
        calls = []
        for called in _CALL.findall(said):
            name, arguments = _NAME.match(called).groups()
            calls.append({"name": name, "arguments": json.loads(arguments)})
        turns.append(turn(role, _CALL.sub("", said), calls or None))
    return view | {"turns": turns}


def _objects(text: str) -> Iterator[Any]:
    """Yield the JSON values that follow one another in a text."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
