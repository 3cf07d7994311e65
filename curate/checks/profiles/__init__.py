"""Profiles: which rules run, how much each is worth, and what consumers make of data. Data only."""

from curate.checks.profiles.base import (
    ALL,
    DEFAULT,
    EFFECTS,
    LINT,
    PROFILES,
    READ_BY_SOME,
    SEVERITIES,
    Effect,
    EffectName,
    Length,
    Level,
    Profile,
    TooLong,
    Trained,
    TrainedOn,
    worst,
)
from curate.checks.profiles.reading import consumer_names, consumer_profile

__all__ = [
    "ALL",
    "DEFAULT",
    "EFFECTS",
    "LINT",
    "PROFILES",
    "READ_BY_SOME",
    "SEVERITIES",
    "Effect",
    "EffectName",
    "Length",
    "Level",
    "Profile",
    "TooLong",
    "Trained",
    "TrainedOn",
    "consumer_names",
    "consumer_profile",
    "worst",
]
