"""What TRL, OpenAI and LLaMA-Factory read in the files that are written for them.

The expected side is built here from the rows of a dataset folder; nothing of an encoder is used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from curate.build import Settings, convert, load

Record = dict[str, Any]


def _user(text: str) -> Record:
    return {"role": "user", "content": text}


def _answer(text: str) -> Record:
    return {"role": "assistant", "content": text}


def _calls(*calls: Record, **more: Any) -> Record:
    return {"role": "assistant", "content": None, "tool_calls": list(calls), **more}


def _call(call_id: str, name: str, **arguments: Any) -> Record:
    function = {"name": name, "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def _result(call_id: str, name: str, text: str) -> Record:
    return {"role": "tool", "tool_call_id": call_id, "name": name, "content": text}


def _tool(name: str, **properties: str) -> Record:
    typed = {key: {"type": kind} for key, kind in properties.items()}
    parameters = {"type": "object", "properties": typed}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


_WEATHER = _tool("weather", city="string", day="string", unit=["string", "null"])
_ADD = _tool("add", a="number", b="number", opts="object")
TOOLS = json.dumps([_WEATHER, _ADD])
TRACE = [
    _user("Weather in Óslo, and 1 + 2?"),
    _calls(
        _call("c1", "weather", city="Óslo", day="2024-01-02", unit=None),
        _call("c2", "add", b=2, a=1.5, opts={"round": True, "to": ["1", 2]}),
    ),
    _result("c1", "weather", '{"sky": "☀"}'),
    _result("c2", "add", "3"),
    _answer("Sunny; 3."),
]
# Texts that readers are known to turn into something else.
TRICKY = ["42", "1.0", "null", "true", "2024-01-02", '{"a": 1}', "[]", "NaN", " x ", "a\u2028b\r\n"]

CHATS: list[Record] = [
    {"messages": [_user("Hi"), _answer("Hello 🙂 – здравствуй")]},
    {"messages": [{"role": "system", "content": "Be brief."}, _user("Hi"), _answer("Yo")]},
    {"messages": [_user("a"), _answer("b"), _user("c"), _answer("d")], "category": "chat"},
    {"messages": TRACE, "tools": TOOLS},
    {"messages": [_user("thanks"), {**_answer("!"), "reasoning_content": "be kind"}], "tools": ""},
    {"messages": [_user("a"), {**_answer("b"), "thinking": "hm"}], "tools": "[]"},
    {"id": "own-1", "messages": [_user("q"), _answer("w")], "note": "2024", "score": 1},
    {"id": "own-2", "messages": [_user("q"), _answer("w")], "note": "x", "tags": ["1", "b"]},
    *({"messages": [_user(text), _answer(text)], "category": text} for text in TRICKY),
]
PAIRS: list[Record] = [
    {"prompt": [_user("2+2?")], "chosen": [_answer("4")], "rejected": [_answer("5")]},
    {
        "id": "own-1",
        "prompt": [{"role": "system", "content": "S"}, _user("a"), _answer("b"), _user("c")],
        "chosen": [_answer("2024-01-02")],
        "rejected": [_answer("null")],
        "category": "dates",
        "note": "42",
    },
    {
        "prompt": TRACE[:1],
        "chosen": TRACE[1:],
        "rejected": [_answer("No idea.")],
        "tools": TOOLS,
    },
    {"prompt": [_user("ü")], "chosen": [_answer("ß\u2028")], "rejected": [_answer("42")]},
]
MARGINS = [{**pair, "margin": n / 4} for n, pair in enumerate(PAIRS)]
TEXT_PAIRS = [
    {"prompt": "The sky is", "chosen": " blue", "rejected": " green"},
    {"prompt": "2024-01-02", "chosen": "42", "rejected": "null", "id": "own", "category": "c"},
    {"prompt": "ü", "chosen": "x", "rejected": "y", "note": "1"},
]
JUDGED: list[Record] = [
    {"prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
    | {key: pair[key] for key in ("tools", "category", "note") if key in pair}
    for pair in PAIRS
    for side in ("chosen", "rejected")
]
TEXT_JUDGED = [
    {"prompt": "The sky is", "completion": " blue", "label": True},
    {"prompt": "2024-01-02", "completion": "42", "label": False, "category": "c"},
    {"prompt": "ü", "completion": "x", "label": True, "id": "own"},
]
COMPLETIONS = [
    {"prompt": "The sky is", "completion": " blue"},
    {"prompt": "42", "completion": "2024-01-02", "category": "c"},
    {"prompt": "ü", "completion": "null", "id": "own", "note": "1"},
]
TEXTS = [{"text": text, "category": "c"} for text in TRICKY] + [
    {"text": "Once upon a time 🙂", "id": "own", "note": "42"}
]

_CORPORA = {
    "alpaca": "alpaca_en_demo",
    "glaive": "glaive_toolcall_en_demo",
    "dpo": "dpo_en_demo",
    "kto": "kto_en_demo",
}
_WRITTEN: dict[str, tuple[list[Record], str]] = {
    "chats": (CHATS, "trl-messages"),
    "completions": (COMPLETIONS, "trl-prompt-completion"),
    "pairs": (PAIRS, "trl-preference"),
    "margins": (MARGINS, "trl-preference"),
    "text pairs": (TEXT_PAIRS, "trl-preference"),
    "judged": (JUDGED, "trl-kto"),
    "text judged": (TEXT_JUDGED, "trl-kto"),
    "texts": (TEXTS, "text"),
}
_TARGETS = {
    "chats": ["trl-messages", "trl-prompt-completion"],
    "alpaca": ["trl-messages", "trl-prompt-completion"],
    "glaive": ["trl-messages", "trl-prompt-completion"],
    "completions": ["trl-prompt-completion", "trl-messages"],
    "pairs": ["trl-preference", "trl-preference-implicit"],
    "margins": ["trl-preference", "trl-preference-implicit"],
    "text pairs": ["trl-preference", "trl-preference-implicit"],
    "dpo": ["trl-preference", "trl-preference-implicit"],
    "judged": ["trl-kto"],
    "text judged": ["trl-kto"],
    "kto": ["trl-kto"],
    "texts": ["text"],
}
_CONTAINERS = ["jsonl", "arrow", "parquet"]
CASES = [
    pytest.param(source, to, container, id=f"{source}-{to}-{container}")
    for source, targets in _TARGETS.items()
    for to in targets
    for container in _CONTAINERS
]


@dataclass
class Written:
    """A converted input: what was written, the rows that it holds, and how TRL opens it."""

    out: Path
    rows: list[Record]
    count: int
    findings: dict[str, int]

    def dataset(self) -> Any:
        import datasets

        datasets.disable_progress_bars()
        cache = str(self.out.parent / "cache")
        if self.out.is_dir():
            return datasets.load_dataset(str(self.out), split="train", cache_dir=cache)
        files = str(self.out)
        return datasets.load_dataset("json", data_files=files, split="train", cache_dir=cache)


@pytest.fixture
def write(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Written]:
    """Convert an input to its rows and to a target: `write("chats", "trl-messages", "arrow")`."""

    def run(source: str | list[Record], to: str, container: Any, **settings: Any) -> Written:
        path = tmp_path / "in.jsonl"
        if source in list(_CORPORA):
            path = request.getfixturevalue("data") / "hiyouga+LLaMA-Factory" / "data"
            path /= f"{_CORPORA[str(source)]}.json"
        else:
            records, form = _WRITTEN[source] if isinstance(source, str) else (source, None)
            settings.setdefault("source_format", form)
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
        asked = Settings(allow_loss=frozenset({"LOS017"}), **settings)
        convert([str(path)], str(tmp_path / "rows"), settings=asked)
        is_file = container == "jsonl"
        out = tmp_path / ("out.jsonl" if is_file else "out")
        more = {} if is_file else {"container": container}
        report = convert([str(path)], str(out), to=to, settings=asked, **more)
        rows = list(load(tmp_path / "rows").rows())
        assert report.ledger.rows_out == len(rows)
        if isinstance(source, str) and source in _WRITTEN:
            assert len(rows) == len(_WRITTEN[source][0])
        return Written(out, rows, report.ledger.rows_out, dict(report.ledger.findings))

    return run


# What a row says, in TRL's words.


def _messages(messages: list[Record]) -> list[Record]:
    found = []
    for message in messages:
        item = {k: message[k] for k in ("role", "content", "tool_call_id", "name") if k in message}
        for call in message.get("tool_calls", ()):
            function = {"name": call["name"], "arguments": json.loads(call["arguments"])}
            ids = {"id": call["id"]} if "id" in call else {}
            item.setdefault("tool_calls", []).append(
                {**ids, "type": call["type"], "function": function}
            )
        if "reasoning" in message:
            item["reasoning"] = message["reasoning"]
        found.append(item)
    return found


def _last_answer(messages: list[Record], start: int | None) -> int:
    answers = [n for n, message in enumerate(messages) if message["role"] == "assistant"]
    return answers[-1] if start is None else start


def _expected(row: Record, to: str, texts: bool) -> Record:
    """Return the columns that TRL reads of a row, its messages as texts where they came so."""
    layout = json.loads(row.get("layout", "{}"))
    sides = {k: _messages(row[k]) for k in ("messages", "prompt", "chosen", "rejected") if k in row}
    if to == "text":
        return {"text": row["text"]}
    if "completion" in row:
        sides["completion"] = _messages(row["completion"])
    if to == "trl-prompt-completion":
        whole = sides.pop("messages")
        cut = _last_answer(whole, layout.get("completion_from"))
        sides = {"prompt": whole[:cut], "completion": whole[cut:]}
    if to == "trl-preference-implicit":
        prompt = sides.pop("prompt")
        sides = {name: prompt + side for name, side in sides.items()}
    elif texts and layout.get("prompt") == "string" and to != "trl-messages":
        sides = {name: side[0]["content"] for name, side in sides.items()}
    return sides | {key: row[key] for key in ("label", "margin") if key in row}


def _read_message(message: Record) -> Record:
    found = {key: value for key, value in message.items() if value is not None}
    for carrier in ("reasoning_content", "thinking"):
        if carrier in found:
            found["reasoning"] = found.pop(carrier)
    if calls := found.get("tool_calls"):
        found["tool_calls"] = [{k: v for k, v in c.items() if v is not None} for c in calls]
    return found


def _read(record: Record, expected: Record) -> Record:
    """Return a loaded record's columns of those names, less the nulls that columns add."""
    found = {}
    for key in expected:
        value = record[key]
        whole = isinstance(value, list) and key != "text"
        found[key] = [_read_message(message) for message in value] if whole else value
    return found


@pytest.mark.parametrize(("source", "to", "container"), CASES)
def test_datasets_loads_what_the_rows_hold(
    write: Callable[..., Written], source: str, to: str, container: str
) -> None:
    written = write(source, to, container)
    loaded = written.dataset()
    assert len(loaded) == written.count == len(written.rows)
    for row, record in zip(written.rows, loaded, strict=True):
        expected = _expected(row, to, texts=container == "jsonl")
        assert _read(record, expected) == expected
        assert json.loads(record.get("tools") or "null") == json.loads(row.get("tools", "null"))
        assert record.get("category") == row.get("category")
        if not row["id"].startswith(row["origin"]["sha256"][:16]):
            assert record["id"] == row["id"]
        extra = json.loads(row.get("extra", "{}"))
        beside = record if container == "jsonl" else json.loads(record["extra"] or "{}")
        assert {key: beside[key] for key in extra} == extra


@pytest.mark.parametrize("container", ["arrow", "parquet"])
@pytest.mark.parametrize("source", ["chats", "margins", "judged", "texts"])
def test_a_folder_of_rows_is_the_same_to_datasets_and_to_curate(
    write: Callable[..., Written], source: str, container: str
) -> None:
    written = write(source, "row", container)
    assert written.dataset().to_list() == load(written.out).arrow.to_pylist()
    assert list(load(written.out).rows()) == written.rows


def test_arrow_keeps_texts_that_all_look_like_dates(write: Callable[..., Written]) -> None:
    records = [{"prompt": f"Day {n}?", "completion": f"2024-01-0{n}"} for n in range(1, 4)]
    loaded = write(records, "trl-prompt-completion", "arrow").dataset()
    assert [row["completion"][0]["content"] for row in loaded] == [
        record["completion"] for record in records
    ]


@pytest.mark.parametrize(
    ("to", "names"),
    [
        ("trl-messages", {"prompt", "completion", "chosen", "labels"}),
        ("trl-prompt-completion", {"chosen", "text", "labels"}),
    ],
)
def test_columns_by_which_trl_takes_a_row_for_another_type_are_left_out(
    write: Callable[..., Written], to: str, names: set[str]
) -> None:
    extra = {name: "x" for name in names | {"note"}}
    record = {"messages": [_user("a"), _answer("b")], **extra}
    written = write([record], to, "jsonl", source_format="openai")
    own = {"messages"} if to == "trl-messages" else {"prompt", "completion"}
    assert set(written.dataset().column_names) == own | {"note"}
    assert written.findings["LOS032"] == len(names)
    folder = write([record], to, "arrow", source_format="openai").dataset()
    assert json.loads(folder[0]["extra"]).keys() >= {"note", "chosen"}


def test_a_full_prompt_beside_whole_conversations_is_left_out(
    write: Callable[..., Written],
) -> None:
    record = {"chosen": [_user("a"), _answer("b")], "rejected": [_user("a"), _answer("c")]}
    record |= {"prompt": "a", "messages": record["chosen"]}
    written = write(
        [record], "trl-preference-implicit", "jsonl", source_format="trl-preference-implicit"
    )
    assert set(written.dataset().column_names) == {"chosen", "rejected"}


@pytest.mark.parametrize("container", ["jsonl", "arrow"])
def test_a_legacy_call_is_written_as_a_call(write: Callable[..., Written], container: str) -> None:
    legacy = {"name": "add", "arguments": '{"a": 1}'}
    messages = [
        _user("1+1?"),
        {"role": "assistant", "content": None, "function_call": legacy},
        {"role": "function", "name": "add", "content": "2"},
        _answer("2"),
    ]
    (loaded,) = write([{"messages": messages}], "trl-messages", container).dataset()
    call = _read_message(loaded["messages"][1])["tool_calls"][0]
    assert call["function"] == {"name": "add", "arguments": {"a": 1}}
    assert loaded["messages"][2]["role"] == "tool"


def test_a_call_that_is_no_function_call_keeps_its_row_out(tmp_path: Path) -> None:
    call = {"id": "a", "type": "custom", "custom": {"name": "add", "input": "{}"}}
    path = tmp_path / "in.jsonl"
    messages = [_user("a"), _calls(call), _result("a", "add", "1"), _answer("1")]
    path.write_text(json.dumps({"messages": messages}))
    report = convert([str(path)], str(tmp_path / "out.jsonl"), to="trl-messages")
    assert report.ledger.removed == {"LOS010": 1}


# TRL's trainers.

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
    sides = _expected(row, to, texts)
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
    for source, targets in _TARGETS.items():
        for to in targets:
            for container in _CONTAINERS[:2] if source in _CORPORA else _CONTAINERS:
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


# OpenAI's fine-tuning line and LLaMA-Factory's converters, each by its own rules.

SFT_SOURCES = ["chats", "alpaca", "glaive"]


def _openai_faults(line: Record) -> Iterator[str]:
    """Yield what OpenAI's specification of a fine-tuning line does not allow."""
    if not line["messages"]:
        yield "no messages"
    known: set[str] = set()
    for message in line["messages"]:
        role, content = message["role"], message.get("content")
        calls = message.get("tool_calls")
        if role not in ("developer", "system", "user", "assistant", "tool"):
            yield f"role {role}"
        if not isinstance(content, str) and not (role == "assistant" and calls):
            yield f"content {content!r}"
        if calls is not None and (role != "assistant" or not calls):
            yield "calls"
        for call in calls or ():
            if call.keys() != {"id", "type", "function"} or call["type"] != "function":
                yield f"call {call}"
            if call["function"].keys() != {"name", "arguments"}:
                yield f"function {call}"
            if not isinstance(json.loads(call["function"]["arguments"]), dict):
                yield "arguments"
            known.add(call["id"])
        if role == "tool" and message.get("tool_call_id") not in known:
            yield "an answer to no call"
        if "weight" in message and message["weight"] not in (0, 1):
            yield "weight"
    for tool in line.get("tools", ()):
        name = tool["function"]["name"]
        if tool["type"] != "function" or not 0 < len(name) <= 64:
            yield f"tool {name}"


def _llama_factory_faults(record: Record) -> Iterator[str]:
    """Yield why LLaMA-Factory would drop an SFT or KTO record, or stop at it."""
    if "kto_tag" in record and not isinstance(record["kto_tag"], bool):
        yield "kto_tag"
    if "instruction" in record:
        texts = [record["instruction"], record.get("input") or "", record["output"]]
        texts += [record.get("system") or ""]
        pairs = record.get("history") or []
        if not all(isinstance(text, str) for text in (*texts, *sum(pairs, []))):
            yield "no text"
        if any(len(pair) != 2 for pair in pairs):
            yield "history"
        return
    turns = record["conversations"]
    turns = turns[1:] if turns and turns[0]["from"] == "system" else turns
    if not turns or len(turns) % 2:
        yield f"{len(turns)} turns"
    for n, turn in enumerate(turns):
        allowed = ("gpt", "function_call") if n % 2 else ("human", "observation")
        if turn["from"] not in allowed or not isinstance(turn["value"], str):
            yield f"turn {n} {turn['from']}"
        if turn["from"] == "function_call":
            called = json.loads(turn["value"].rpartition("</think>")[2])
            for call in called if isinstance(called, list) else [called]:
                if not {"name", "arguments"} <= call.keys():
                    yield f"call {n}"
    if tools := record.get("tools"):
        listed = json.loads(tools)
        if not isinstance(listed, list) or not all("name" in t.get("function", t) for t in listed):
            yield "tools"


def _convert_all(tmp_path: Path, request: pytest.FixtureRequest, source: str, to: str) -> Any:
    """Convert without the promise that no row is lost: these formats cannot hold every row."""
    if source in _CORPORA:
        path = request.getfixturevalue("data") / "hiyouga+LLaMA-Factory" / "data"
        path /= f"{_CORPORA[source]}.json"
    else:
        path = tmp_path / "in.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in _WRITTEN[source][0]))
    out = tmp_path / "out.jsonl"
    report = convert([str(path)], str(out), to=to, settings=Settings(per_row=True))
    lines = [json.loads(line) for line in out.read_bytes().split(b"\n")[:-1]]
    assert len(lines) == report.ledger.rows_out
    errors = [code for code in report.ledger.removed if not code.startswith("LOS")]
    assert source not in _WRITTEN or errors == []
    return lines


@pytest.mark.parametrize("source", SFT_SOURCES)
def test_every_openai_line_keeps_to_the_specification(
    tmp_path: Path, request: pytest.FixtureRequest, source: str
) -> None:
    lines = _convert_all(tmp_path, request, source, "openai")
    assert len(lines) > 10
    assert [fault for line in lines for fault in _openai_faults(line)] == []


@pytest.mark.parametrize(
    ("source", "to"),
    [(source, "sharegpt") for source in SFT_SOURCES]
    + [("chats", "alpaca"), ("alpaca", "alpaca")]
    + [(source, to) for source in ("judged", "kto") for to in ("alpaca-kto", "sharegpt-kto")],
)
def test_llama_factory_takes_every_record(
    tmp_path: Path, request: pytest.FixtureRequest, source: str, to: str
) -> None:
    lines = _convert_all(tmp_path, request, source, to)
    assert len(lines) > 3
    assert [fault for line in lines for fault in _llama_factory_faults(line)] == []
    if to.endswith("-kto"):
        assert {line["kto_tag"] for line in lines} == {True, False}
