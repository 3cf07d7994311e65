"""Every code that is not a rule's own: what reading, decoding and encoding report.

The codes of rules live with the rules, in `curate/checks/`.
"""

from curate.codes.archives import ARCHIVES
from curate.codes.balancing import BALANCING
from curate.codes.base import FAMILIES, Code, FixKind, Severity
from curate.codes.chat import CHAT
from curate.codes.decoding import DECODING
from curate.codes.dedup import DEDUP
from curate.codes.documents import DOCUMENTS
from curate.codes.effects import EFFECTS
from curate.codes.filtering import FILTERING
from curate.codes.hosted import HOSTED
from curate.codes.hub import HUB
from curate.codes.inline_tools import INLINE_TOOLS
from curate.codes.leaks import LEAKS
from curate.codes.losses import LOSSES
from curate.codes.media import MEDIA
from curate.codes.published import PUBLISHED
from curate.codes.reading import READING
from curate.codes.reasoning import REASONING
from curate.codes.redaction import REDACTION
from curate.codes.registry import REGISTRY
from curate.codes.rendered import RENDERED
from curate.codes.repairs import REPAIRS
from curate.codes.splitting import SPLITTING
from curate.codes.suppression import SUPPRESSION
from curate.codes.swift import SWIFT
from curate.codes.training import TRAINING

CODES: tuple[Code, ...] = (
    *READING,
    *REGISTRY,
    *HUB,
    *ARCHIVES,
    *DOCUMENTS,
    *CHAT,
    *DECODING,
    *INLINE_TOOLS,
    *REASONING,
    *RENDERED,
    *MEDIA,
    *LOSSES,
    *REPAIRS,
    *TRAINING,
    *PUBLISHED,
    *SWIFT,
    *HOSTED,
    *EFFECTS,
    *BALANCING,
    *SPLITTING,
    *SUPPRESSION,
    *DEDUP,
    *LEAKS,
    *FILTERING,
    *REDACTION,
)
BY_CODE: dict[str, Code] = {code.code: code for code in CODES}

__all__ = ["BY_CODE", "CODES", "FAMILIES", "Code", "FixKind", "Severity"]
