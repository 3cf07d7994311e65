"""Repairs of rows: each is made only where `--repair` names it, and counted where it is made."""

from curate.repairs import splits, turns
from curate.repairs.base import Repair

REPAIRS: tuple[Repair, ...] = (*turns.REPAIRS, *splits.REPAIRS)
BY_NAME: dict[str, Repair] = {repair.name: repair for repair in REPAIRS}

__all__ = ["BY_NAME", "REPAIRS", "Repair"]
