"""TRL's trainers on what is written for them: every row, token by token, and two steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from tests.consumers.records import CHATS, CONTAINERS, CORPORA, MARGINS, PAIRS, TARGETS, Record
from tests.consumers.written import Written, expected_of

TEMPLATE = """\
{%- if tools %}<tools>{% for tool in tools %}{{ tool | tojson }}{% endfor %}</s>{% endif -%}
{%- for message in messages -%}
<{{ message.role }}>
{%- if message.reasoning_content %}<think>{{ message.reasoning_content }}</think>{% endif -%}
{%- if message.thinking and not message.reasoning_content -%}
<think>{{ message.thinking }}</think>{% endif -%}
{%- if 'content' in message %}{{ message.content }}{% endif -%}
{%- if 'tool_calls' in message -%}
{%- for call in message.tool_calls %}<call>{{ call.function.name }}
{{- call.function.arguments | tojson }}{% endfor -%}
{%- endif -%}
{%- if 'name' in message %}({{ message.name }}){% endif -%}
</s>
{%- endfor -%}
{%- if add_generation_prompt %}<assistant>{% endif -%}
"""


def _render(messages: list[Record], tools: str | None, *, asks: bool = False) -> str:
    """Return what the template renders, written out by hand."""
    named = [json.dumps(tool, ensure_ascii=False) for tool in json.loads(tools or "[]")]
    text = f"<tools>{''.join(named)}</s>" if named else ""
    for message in messages:
        text += f"<{message['role']}>"
        if "reasoning" in message:
            text += f"<think>{message['reasoning']}</think>"
        text += message.get("content", "")
        for call in message.get("tool_calls", ()):
            function = call["function"]
            arguments = json.dumps(function["arguments"], ensure_ascii=False)
            text += f"<call>{function['name']}{arguments}"
        text += f"({message['name']})" if "name" in message else ""
        text += "</s>"
    return text + ("<assistant>" if asks else "")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """Return a byte-level BPE tokenizer of at most 400 tokens with the template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    roles = [f"<{role}>" for role in ("system", "user", "assistant", "tool")]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<pad>", "</s>", *roles],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([json.dumps(CHATS, ensure_ascii=False)], trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="</s>", pad_token="<pad>")
    fast.chat_template = TEMPLATE
    return fast


def _model(tokenizer: Any, *, reward: bool) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=1 << 15,
        num_labels=1,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        **sizes,
    )
    return (LlamaForSequenceClassification if reward else LlamaForCausalLM)(config)


def _trainer(method: str, dataset: Any, tokenizer: Any, folder: Path) -> Any:
    import trl

    config, trainer = {
        "sft": (trl.SFTConfig, trl.SFTTrainer),
        "dpo": (trl.DPOConfig, trl.DPOTrainer),
        "reward": (trl.RewardConfig, trl.RewardTrainer),
        "kto": (trl.KTOConfig, trl.KTOTrainer),
    }[method]
    arguments = config(
        output_dir=str(folder / "run"),
        max_steps=2,
        per_device_train_batch_size=2,
        gradient_checkpointing=False,
        max_length=1 << 15,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
    )
    model = _model(tokenizer, reward=method == "reward")
    more = {"ref_model": _model(tokenizer, reward=False)} if method in ("dpo", "kto") else {}
    return trainer(model, args=arguments, train_dataset=dataset, processing_class=tokenizer, **more)


def _same_head(one: list[int], other: list[int]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _tokens(method: str, row: Record, to: str, texts: bool, tokenizer: Any) -> Record:
    """Return the token columns that a trainer must hold for a row."""

    def ids(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    eos, tools = "</s>", row.get("tools")
    sides = expected_of(row, to, texts)
    if to == "text":
        text = sides["text"]
        return {"input_ids": (found := ids(text + eos)), "labels": found}
    if to == "trl-messages":
        return {"input_ids": (found := ids(_render(sides["messages"], tools))), "labels": found}
    prompt = sides.get("prompt")
    if isinstance(prompt, str):
        head = ids(prompt)
        ends = {k: ids(prompt + v + eos) for k, v in sides.items() if isinstance(v, str)}
    else:
        before = prompt or []
        heads = {k: v for k, v in sides.items() if isinstance(v, list)}
        ends = {k: ids(_render(before + v, tools)) for k, v in heads.items()}
        if prompt is None:  # TRL takes the messages that both begin with
            chosen, rejected = (sides[k] for k in ("chosen", "rejected"))
            before = chosen[: _same_head(chosen, rejected)]
        head = ids(_render(before, tools, asks=True))
    ends.pop("prompt", None)
    if method == "reward":
        return {f"{k}_ids": v for k, v in ends.items()}
    cut = min(_same_head(head, end) for end in ends.values())
    if method == "sft":
        whole = ends["completion"]
        return {"input_ids": whole, "labels": [-100] * cut + whole[cut:]}
    return {"prompt_ids": head[:cut], **{f"{k}_ids": v[cut:] for k, v in ends.items()}}


_METHODS = {
    "trl-messages": ["sft"],
    "trl-prompt-completion": ["sft"],
    "text": ["sft"],
    "trl-preference": ["dpo", "reward"],
    "trl-preference-implicit": ["dpo", "reward"],
    "trl-kto": ["kto"],
}


def _runs() -> list[Any]:
    found = []
    for source, targets in TARGETS.items():
        for to in targets:
            for container in CONTAINERS[:2] if source in CORPORA else CONTAINERS:
                for method in _METHODS[to]:
                    name = f"{method}-{source}-{to}-{container}"
                    found.append(pytest.param(method, source, to, container, id=name))
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "source", "to", "container"), _runs())
def test_a_trainer_trains_on_every_row(
    write: Callable[..., Written],
    tokenizer: Any,
    tmp_path: Path,
    method: str,
    source: str,
    to: str,
    container: str,
) -> None:
    written = write(source, to, container)
    trainer = _trainer(method, written.dataset(), tokenizer, tmp_path)
    prepared = trainer.train_dataset
    assert len(prepared) == written.count
    for row, record in zip(written.rows, prepared, strict=True):
        expected = _tokens(method, row, to, container == "jsonl", tokenizer)
        assert {key: record[key] for key in expected} == expected
        if "label" in row:
            assert record["label"] is row["label"]
        if method == "reward" and "margin" in row:
            assert record["margin"] == row["margin"]
    trainer.train()
    assert trainer.state.global_step == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_table_in_which_some_rows_have_a_margin_trains(
    write: Callable[..., Written], tokenizer: Any, tmp_path: Path
) -> None:
    written = write([*MARGINS[1:], PAIRS[0]], "trl-preference", "arrow")
    trainer = _trainer("reward", written.dataset(), tokenizer, tmp_path)
    assert trainer.train_dataset["margin"] == [0.25, 0.5, 0.75, 0.0]
    trainer.train()
