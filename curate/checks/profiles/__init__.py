"""Profiles: which rules run, and how much each is worth. Data only."""

from curate.checks.profiles.base import ALL, DEFAULT, LINT, PROFILES, SEVERITIES, Level, Profile

__all__ = ["ALL", "DEFAULT", "LINT", "PROFILES", "SEVERITIES", "Level", "Profile"]
