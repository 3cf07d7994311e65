"""Secrets and personal data in a text, found by form and, where there is one, by check digit.

`PERSONAL` and `SECRETS` are what checks report: few and sure. `REDACTED` is what redaction
replaces, which `scan` finds: rather too much than too little. Nothing here removes anything.
"""

from curate.detect.finder import CLASSES, Finder
from curate.detect.personal import PERSONAL, personal
from curate.detect.redacted import KINDS, OPTIONAL, REDACTED, scan, scan_many
from curate.detect.secrets import SECRETS, secrets
from curate.detect.span import Confidence, Detector, Place, masked

__all__ = [
    "CLASSES",
    "KINDS",
    "OPTIONAL",
    "PERSONAL",
    "REDACTED",
    "SECRETS",
    "Confidence",
    "Detector",
    "Finder",
    "Place",
    "masked",
    "personal",
    "scan",
    "scan_many",
    "secrets",
]
