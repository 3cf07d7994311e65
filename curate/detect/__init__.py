"""Secrets and personal data in a text, found by form and, where there is one, by check digit.

Nothing here removes anything.
"""

from curate.detect.personal import PERSONAL, personal
from curate.detect.secrets import SECRETS, secrets
from curate.detect.span import Detector, Place, masked

__all__ = ["PERSONAL", "SECRETS", "Detector", "Place", "masked", "personal", "secrets"]
