"""Answers: read from files, through the run's own template, repeatable."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from curate.build.reverse import reverse_row as turned_round
from curate.errors import InputError, UsageError
from train import runs
from train.generate import Sampling, generate, read_prompts, reverse_row, user_row

pytestmark = pytest.mark.filterwarnings("ignore")


def test_prompts_are_read_in_three_shapes() -> None:
    lines = [
        {"prompt": "a"},
        {"instruction": "b", "input": "c"},
        {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "d"}]},
    ]
    text = "\n\n".join(map(json.dumps, lines))
    found = list(read_prompts(io.StringIO(text), "x"))
    assert found[0] == user_row("a")
    assert found[1] == user_row("b", "c")
    assert json.loads(found[1]["layout"]) == {"alpaca_split": 1}
    assert found[2]["messages"][0]["role"] == "system"


def test_a_text_is_asked_for_its_instruction_as_reversed_data_is_trained() -> None:
    asked = list(read_prompts(io.StringIO('{"text": "Dear all"}'), "x", reverse=True))
    trained = turned_round(
        {
            "messages": [
                {"role": "user", "content": "Write a mail."},
                {"role": "assistant", "content": "Dear all"},
            ]
        },
        [],
    )
    assert asked == [reverse_row("Dear all")]
    assert asked[0]["messages"][0] == trained["messages"][0]
    assert json.loads(asked[0]["layout"]) == trained["layout"]
    with pytest.raises(InputError, match=r"^x:1: "):
        list(read_prompts(io.StringIO('{"prompt": "a"}'), "x", reverse=True))


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"prompt": 3}', '{"input": "x"}', '{"messages": [{"role": "gpt"}]}']
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(InputError, match=r"^x:2: "):
        list(read_prompts(io.StringIO('{"prompt": "a"}\n' + line), "x"))


def test_a_model_that_learned_answers_as_it_was_taught(train_of: Callable[..., Any]) -> None:
    outcome = train_of(
        "training.max_steps=120", "training.learning_rate=3e-3", "training.num_train_epochs=30"
    )
    run = runs.open_run(str(outcome.folder))
    rows = [user_row("How do I paint a river?"), user_row("How do I carry a lamp?")]
    found = list(generate(run, rows, Sampling(max_new_tokens=40)))
    assert found[0][0] == "### Instruction:\nHow do I paint a river?\n\n### Response:\n"
    taught = re.compile(r"To \w+ a \w+, take the \w+ and \w+ it \d times\.")
    assert all(taught.fullmatch(answer) for _, answer in found)
    assert "</s>" not in found[0][1]
    assert list(generate(run, rows, Sampling(max_new_tokens=40))) == found
    hot = Sampling(max_new_tokens=12, temperature=2.0, seed=1)
    assert list(generate(run, rows, hot)) == list(generate(run, rows, hot))
    with pytest.raises(UsageError) as caught:
        list(generate(run, [{"messages": [{"role": "system", "content": "s"}]}], Sampling()))
    assert caught.value.code == "RUN009"


def test_only_a_finished_run_is_opened(tmp_path: Any) -> None:
    with pytest.raises(InputError) as caught:
        runs.open_run(str(tmp_path))
    assert caught.value.code == "RUN026"
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(InputError, match="not finished"):
        runs.open_run(str(tmp_path))
