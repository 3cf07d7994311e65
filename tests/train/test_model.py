"""Bases of other kinds than `tiny`, loaded from folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from curate.errors import BackendError
from train.model import load_base, make_tiny, name_base, quiet
from train.recipe import ModelSection

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def gpt2(plan_of: Callable[..., Any], tmp_path: Path) -> Path:
    """A random GPT-2 of two layers, with the tokenizer of the small dataset."""
    from transformers import GPT2Config, GPT2LMHeadModel

    quiet()
    base = plan_of().prepared.base
    folder = tmp_path / "gpt2"
    size, eos = base.tokenizer.size, base.tokenizer.eos_id
    config = GPT2Config(vocab_size=size, n_embd=64, n_layer=2, n_head=2, n_positions=128)
    config.eos_token_id = config.bos_token_id = eos
    config.attn_pdrop = config.embd_pdrop = config.resid_pdrop = 0.0
    GPT2LMHeadModel(config).save_pretrained(folder)
    for name, text in base.files.items():
        (folder / name).write_text(text)
    return folder


def losses(folder: Path) -> list[float]:
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [held["loss"] for held in map(json.loads, lines) if "loss" in held]


def test_a_local_folder_is_trained(
    gpt2: Path, train_of: Callable[..., Any], tmp_path: Path
) -> None:
    for name in ("per_document", "sdpa"):
        train_of(
            f"model.base={gpt2}",
            "data.packing=bfd",
            f"model.attention={name}",
            f"output={tmp_path / name}",
        )
    one, other = losses(tmp_path / "per_document"), losses(tmp_path / "sdpa")
    assert one == pytest.approx(other, abs=2e-5)
    manifest = json.loads((tmp_path / "sdpa" / "manifest.json").read_text())
    assert manifest["base"] == {"kind": "folder", "name": "../gpt2", "revision": None}


def test_an_adapter_finds_its_base_again(
    gpt2: Path, train_of: Callable[..., Any], tmp_path: Path
) -> None:
    from train import runs
    from train.generate import Sampling, generate, user_row

    outcome = train_of(f"model.base={gpt2}", "adapter.r=4", "adapter.target_modules=[c_attn]")
    run = runs.open_run(str(outcome.folder))
    assert run.base_folder() == gpt2
    assert len(list(generate(run, [user_row("Hi")], Sampling(max_new_tokens=3)))) == 1


def test_a_base_that_is_too_short_or_too_small_is_refused(
    gpt2: Path, plan_of: Callable[..., Any]
) -> None:
    plan = plan_of(f"model.base={gpt2}", "data.max_length=256")
    assert [refusal.code for refusal in plan.refusals] == ["RUN017"]
    path = gpt2 / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"vocab_size": 20}))
    plan = plan_of(f"model.base={gpt2}")
    assert [refusal.code for refusal in plan.refusals] == ["RUN025"]


def test_a_template_that_needs_absent_tokens_is_refused(
    gpt2: Path, plan_of: Callable[..., Any]
) -> None:
    path = gpt2 / "tokenizer.json"
    path.write_text(path.read_text().replace("<|im_start|>", "<|other|>"))
    plan = plan_of(f"model.base={gpt2}", "data.template=chatml")
    assert [refusal.code for refusal in plan.refusals] == ["RUN011"]
    assert "<|im_start|>" in plan.refusals[0].message


def test_a_tokenizers_own_template(gpt2: Path, plan_of: Callable[..., Any]) -> None:
    source = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    (gpt2 / "chat_template.jinja").write_text(source)
    plan = plan_of(f"model.base={gpt2}", "data.template=tokenizer")
    assert plan.refusals == ()
    assert plan.prepared.template.name == "tokenizer"


def test_the_tiny_model_is_the_same_each_time(plan_of: Callable[..., Any], tmp_path: Path) -> None:
    plan = plan_of()
    for name in ("a", "b"):
        make_tiny(plan.prepared.base, plan.recipe, tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "model.safetensors" in files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_pickled_weights_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(BackendError, match="holds no safetensors"):
        load_base(tmp_path, ModelSection(base=str(tmp_path)))


def test_an_adapters_config_names_no_path_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "/home/me"}')
    name_base(tmp_path, "../base")
    assert "/home/me" not in (tmp_path / "adapter_config.json").read_text()
