"""The rules by name, for reports and documentation."""

from __future__ import annotations

from curate.sources.mail.own.rule import Rule

RULES: tuple[Rule, ...] = ()
