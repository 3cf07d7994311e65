"""Shipped files are found in a checkout and in an installed package."""

from pathlib import Path

import pytest

from curate import resources


def test_a_checkout_uses_its_own_folders() -> None:
    assert resources.resource("recipes", "demo.yaml").is_file()


def test_an_installed_package_uses_what_it_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_schemas").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.folder("schemas") == tmp_path / "_schemas"
    assert resources.folder("recipes") == tmp_path.parent / "recipes"
