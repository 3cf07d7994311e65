"""The accelerator, found without torch, is the one that torch finds."""

from train.hardware import hardware


def test_it_agrees_with_torch() -> None:
    import torch

    found = hardware()
    assert found.cuda == torch.cuda.is_available()
    assert found.name in ("cpu", "cuda")
    if found.cuda:
        major, minor = torch.cuda.get_device_capability(0)
        assert found.capability == major * 10 + minor
