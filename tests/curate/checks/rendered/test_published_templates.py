"""Chat templates of published models, as TRL ships them, leave out what is known of them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from curate.checks.rendered import RULES
from tests.curate.checks.rendered.tiny import rendering, write


def folder() -> Path:
    found = importlib.util.find_spec("trl")
    if found is None or found.origin is None:
        pytest.skip("trl is not installed")
    return Path(found.origin).parent / "chat_templates"


def message(role: str, content: str | None, **more: Any) -> dict[str, Any]:
    return {"role": role, **({} if content is None else {"content": content}), **more}


CALL = {"id": "c12345678", "type": "function", "name": "weather", "arguments": '{"city": "Rome"}'}
ABOUT = {"name": "weather", "description": "Tells it.", "parameters": {"type": "object"}}
TOOL = {"type": "function", "function": ABOUT}
ASK, SAY = message("user", "What boils?"), message("assistant", "Water does.")
ROWS: dict[str, dict[str, Any]] = {
    "plain": {"messages": [ASK, SAY]},
    "system": {"messages": [message("system", "Be brief now."), ASK, SAY]},
    "middle": {"messages": [ASK, SAY, message("system", "Be brief now."), ASK, SAY]},
    "developer": {"messages": [message("developer", "Be brief now."), ASK, SAY]},
    "twice": {"messages": [ASK, ASK, SAY]},
    "calls": {
        "messages": [
            ASK,
            message("assistant", None, tool_calls=[CALL]),
            message("tool", "It is mild.", tool_call_id="c12345678", name="weather"),
            SAY,
        ],
        "tools": json.dumps([TOOL]),
    },
    "thoughts": {
        "messages": [ASK, SAY | {"reasoning": "Steam is."}, ASK, SAY | {"reasoning": "It is hot."}]
    },
    "spaces": {"messages": [message("user", "  What boils?\n"), SAY]},
}
FACTS = {
    "llama3": {"calls": "LEN013 LEN016", "spaces": "LEN018", "thoughts": "LEN012 LEN012"},
    "gemma": {"system": "LEN010", "twice": "LEN010", "developer": "LEN010"},
    "phi3": {"calls": "LEN013 LEN014 LEN016 LEN022", "developer": "LEN021", "system": ""},
    "lfm2": {"calls": "LEN013"},
    "qwen3": {"developer": "LEN021", "thoughts": "LEN012 LEN022", "spaces": ""},
    "qwen3_training": {"thoughts": "", "calls": ""},
    "qwen3_vl": {"middle": "LEN020"},
    "deepseekv3": {"calls": "LEN016 LEN022 LEN024", "plain": "LEN022 LEN040"},
    "gptoss": {"plain": "", "calls": ""},
    "idefics3": {"plain": "", "system": ""},
}
OF_THE_TOKENIZER = {"LEN023", "LEN031", "LEN036", "LEN037", "LEN038"}


@pytest.mark.parametrize("name", FACTS)
def test_what_a_published_template_leaves_out(name: str) -> None:
    path = folder() / f"{name}.jinja"
    if not path.is_file():
        pytest.skip(f"this version of trl has no {path.name}")
    made = rendering("bytes", path.read_text("utf-8"), None)
    for title, expected in FACTS[name].items():
        reading = made.read(ROWS[title], "sft")
        found = [rule.code.code for rule in RULES for _ in rule.spots(reading)]
        shown = " ".join(code for code in found if code not in OF_THE_TOKENIZER)
        assert f"{title}: {shown}" == f"{title}: {expected}"


TOLD = [
    {"messages": [ASK, SAY]},
    {"messages": [message("system", "Be brief."), ASK, message("assistant", "Wåter\n\n💚 does. ")]},
    {"messages": [ASK, SAY, message("user", "And 12,345 more?"), SAY]},
]


@pytest.mark.parametrize("name", ["llama3", "qwen2_5", "qwen3", "glm4moe", "cohere"])
def test_tokens_and_masks_are_those_of_transformers(name: str, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    path = folder() / f"{name}_training.jinja"
    if not path.is_file():
        pytest.skip(f"this version of trl has no {path.name}")
    source = path.read_text("utf-8")
    write(tmp_path)
    theirs = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(tmp_path / "tokenizer.json"), bos_token="<s>", eos_token="</s>"
    )
    ours = rendering("bytes", source, None)
    for row in TOLD:
        expected = theirs.apply_chat_template(
            row["messages"],
            chat_template=source,
            return_assistant_tokens_mask=True,
            return_dict=True,
        )
        [side] = ours.read(row, "sft").sides
        assert side.encoded is not None
        assert side.encoded.ids == expected["input_ids"]
        assert [int(flag) for flag in side.encoded.trained] == expected["assistant_masks"]
