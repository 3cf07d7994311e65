"""Redaction: who is who, what is theirs in a text, and what stands there instead.

It computes on texts and rows and reads no files but its own word lists. Same people, plan and rows
in the same order give the same result.
"""

from curate.redaction.identities import parsed_roles
from curate.redaction.labels import KINDS
from curate.redaction.plan import Plan, Remark, Tally
from curate.redaction.redactor import Redactor
from curate.redaction.walk import texts_of

__all__ = ["KINDS", "Plan", "Redactor", "Remark", "Tally", "parsed_roles", "texts_of"]
