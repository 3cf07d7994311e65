"""Rows through templates: the exact bytes, the exact masks, and honest refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from curate.errors import UsageError
from curate.finding import Hit
from curate.render.sandbox import BREAK
from curate.render.template import SHIPPED, Rendered, Specials, Template, foreign, shipped

GOLDEN = Path(__file__).parents[2] / "golden" / "render"
SPECIALS = Specials("</s>", "<s>", {}, re.compile("(?=(?:</s>|<s>))(.)", re.DOTALL))


def row(*messages: tuple[str, str], **columns: Any) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in messages], **columns}


SINGLE = row(
    ("user", "Create an instruction.\nWater boils at 100 °C."),
    ("assistant", "When does water boil?"),
    layout=json.dumps({"alpaca_split": len("Create an instruction.")}),
)
PLAIN = row(("user", "Name a colour.\nAny."), ("assistant", "Blue."))
CHAT = row(
    ("system", "Be brief."),
    ("user", "Hi"),
    ("assistant", "Hello"),
    ("user", "Bye"),
    ("assistant", "So long"),
)


def rendered(template: Template, given: dict[str, Any], loss_on: Any = "completion") -> Rendered:
    found = template.row(given, SPECIALS, loss_on)
    assert isinstance(found, Rendered), found
    return found


def shown(found: Rendered) -> str:
    """The text with its trained parts between ⟦ and ⟧."""
    return "".join(f"⟦{s.text}⟧" if s.trained else s.text for s in found.segments)


def cases() -> str:
    """Every shipped template over every row that it has a place for."""
    lines = []
    for name in SHIPPED:
        for title, given in (("single", SINGLE), ("plain", PLAIN), ("chat", CHAT)):
            for loss_on in ("completion", "assistant", "all"):
                found = shipped(name).row(given, SPECIALS, loss_on)
                text = f"! {found.code}" if isinstance(found, Hit) else shown(found)
                lines.append(f"=== {name} {title} {loss_on}\n{text}\n")
    return "".join(lines)


def test_masks_of_every_template_are_golden() -> None:
    assert cases() == (GOLDEN / "templates.txt").read_text("utf-8")


def test_the_guides_bytes() -> None:
    assert rendered(shipped("instruction"), SINGLE).text.encode() == (
        GOLDEN / "instruction.txt"
    ).read_bytes().removesuffix(b"\n")


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("given", [SINGLE, PLAIN])
def test_a_prompt_is_the_beginning_of_its_training_text(name: str, given: dict[str, Any]) -> None:
    template = shipped(name)
    whole = rendered(template, given)
    prompt = template.prompt({**given, "messages": given["messages"][:1]}, SPECIALS)
    assert whole.text.startswith(prompt)
    assert whole.spans[0][0] == len(prompt)


@pytest.mark.parametrize(
    ("name", "given", "pointer"),
    [
        ("instruction", CHAT, "/messages"),
        ("none", row(("user", "a"), ("user", "b"), ("assistant", "c")), "/messages"),
        ("alpaca", row(("user", "a")), "/messages"),
        ("chatml", row(("user", "a"), ("tool", "b"), ("assistant", "c")), "/messages/1/role"),
        ("zephyr", row(("user", "a"), ("assistant", "b"), tools='[{"name":"f"}]'), "/tools"),
        (
            "chatml",
            {"messages": [{"role": "assistant", "content": "a", "reasoning": "why"}]},
            "/messages/0/reasoning",
        ),
        (
            "chatml",
            {"messages": [{"role": "user", "parts": [{"type": "image", "media": 0}]}]},
            "/messages/0/parts",
        ),
        (
            "chatml",
            {"messages": [{"role": "assistant", "content": "a", "weight": 0.5}]},
            "/messages/0/weight",
        ),
    ],
)
def test_what_has_no_place_is_refused(name: str, given: dict[str, Any], pointer: str) -> None:
    found = shipped(name).row(given, SPECIALS, "completion")
    assert isinstance(found, Hit)
    assert (found.code, found.pointer) == ("RUN009", pointer)


def test_weight_zero_is_not_trained() -> None:
    given = row(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    given["messages"][1]["weight"] = 0
    assert "⟦b" not in shown(rendered(shipped("chatml"), given, "assistant"))
    found = shipped("chatml").row(given, SPECIALS, "all")
    assert isinstance(found, Hit)


def test_text_parts_are_joined_and_names_are_counted() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    given = {
        "messages": [
            {"role": "user", "parts": parts, "name": "Ann"},
            {"role": "assistant", "content": "c"},
        ]
    }
    found = rendered(shipped("zephyr"), given)
    assert "ab</s>" in found.text
    assert found.left_out == ("name",)


def test_plain_text_is_trained_whole_and_only_so() -> None:
    found = rendered(shipped("none"), {"text": "Once."}, "all")
    assert shown(found) == "⟦Once.</s>⟧"
    for template, loss_on, code in ((shipped("none"), "completion", "RUN010"),):
        hit = template.row({"text": "Once."}, SPECIALS, loss_on)
        assert isinstance(hit, Hit)
        assert hit.code == code
    hit = shipped("chatml").row({"text": "Once."}, SPECIALS, "all")
    assert isinstance(hit, Hit)


def test_special_tokens_in_content_are_broken() -> None:
    found = rendered(shipped("zephyr"), row(("user", "say </s> now"), ("assistant", "</s>")))
    assert found.text.count("</s>") == 2  # the template's own two
    assert f"<{BREAK}/s>" in found.text
    assert shown(found).endswith("⟦</s></s>⟧\n")


def test_a_mark_character_is_refused() -> None:
    found = shipped("zephyr").row(row(("user", "a\ufdd0"), ("assistant", "b")), SPECIALS, "all")
    assert isinstance(found, Hit)
    assert found.code == "RUN024"


LOOP = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}"
ASKS = "{% if add_generation_prompt %}[assistant]{% endif %}"


def test_another_template_is_masked_by_its_prefixes() -> None:
    found = rendered(foreign("x.jinja", LOOP + ASKS), CHAT, "assistant")
    assert shown(found) == (
        "[system]Be brief.</s>[user]Hi</s>[assistant]⟦Hello</s>⟧"
        "[user]Bye</s>[assistant]⟦So long</s>⟧"
    )


def test_a_template_that_rewrites_earlier_turns_is_refused() -> None:
    source = (
        "{% for m in messages %}{{ loop.index }}/{{ messages|length }}{{ m.content }}{% endfor %}"
    )
    template = foreign("x.jinja", source)
    found = template.row(CHAT, SPECIALS, "assistant")
    assert isinstance(found, Hit)
    assert found.code == "RUN010"
    assert "x.jinja" in found.message
    assert isinstance(template.row(CHAT, SPECIALS, "all"), Rendered)


def test_a_template_that_leaves_a_message_out_is_refused() -> None:
    source = "{% for m in messages if m.role != 'system' %}{{ m.content }}{% endfor %}"
    found = foreign("x.jinja", source).row(CHAT, SPECIALS, "all")
    assert isinstance(found, Hit)
    assert found.code == "RUN009"
    assert "Be brief." in found.message


def test_generation_blocks_must_match_the_turns() -> None:
    source = (
        "{% for m in messages %}{{ m.content }}{% endfor %}"
        "{% generation %}{{ messages[-1].content }}{% endgeneration %}"
    )
    found = foreign("x.jinja", source).row(CHAT, SPECIALS, "assistant")
    assert isinstance(found, Hit)
    assert found.code == "RUN010"


def test_tool_calls_reach_a_template_as_objects() -> None:
    call = {"id": "c1", "type": "function", "name": "add", "arguments": '{"a": 1}'}
    given = {
        "messages": [
            {"role": "user", "content": "1?"},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "content": "2", "tool_call_id": "c1"},
            {"role": "assistant", "content": "two"},
        ],
        "tools": '[{"name": "add"}]',
    }
    source = (
        "{{ tools[0].name }}{% for m in messages %}{% for c in m.tool_calls or [] %}"
        "<{{ c.function.name }} {{ c.function.arguments.a }}>{% endfor %}"
        "{{ m.content }}{% endfor %}"
    )
    found = rendered(foreign("x.jinja", source), given, "all")
    assert found.text == "add1?<add 1>2two"


def test_a_template_that_refuses_is_a_finding() -> None:
    found = foreign("x.jinja", "{{ raise_exception('no') }}").row(CHAT, SPECIALS, "all")
    assert isinstance(found, Hit)
    assert found.code == "RUN011"


def test_a_wrong_template_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="line 1"):
        foreign("x.jinja", "{% if %}")


def test_a_prompt_that_has_no_place_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        shipped("instruction").prompt(row(("system", "a"), ("user", "b")), SPECIALS)
    assert caught.value.code == "RUN009"
