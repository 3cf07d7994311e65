"""Keys under `extra`, checked without importing TRL."""

import dataclasses

import pytest

from train.extra import COVERED, extra_faults


def test_known_keys_pass() -> None:
    assert extra_faults({}) == []
    assert extra_faults({"adam_beta2": 0.95, "neftune_noise_alpha": 5, "loss_type": "dft"}) == []


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("learning_rate", "is set by training.learning_rate"),
        ("adam_beta22", "did you mean `adam_beta2`?"),
        ("zzz", "is not a key of TRL's SFTConfig"),
        ("trust_remote_code", "code of models is never run"),
    ],
)
def test_other_keys_do_not(key: str, expected: str) -> None:
    (fault,) = extra_faults({key: 1})
    assert fault.startswith(f"extra.{key} ")
    assert expected in fault


def test_every_covered_key_is_trls() -> None:
    from trl.trainer.sft_config import SFTConfig

    names = {field.name for field in dataclasses.fields(SFTConfig)}
    assert COVERED.keys() - names <= {"use_cpu"}
