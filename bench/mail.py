"""What mails are worth: how right their own text is told, beside other tools.

    python bench/mail.py --quality [--peers VENV]
    python bench/mail.py --speed [--mb 1000]

Quality is measured on the published mails below the folder that TUNESMITH_DATA names, whose lines
are labelled in tests/measured/mail/labels.yaml: A = every own line is kept and nothing quoted or
forwarded is left, B = signatures, footers and disclaimers are gone too, lost = mails of which an
own line was dropped. The rules were written with these mails in view; the peers' were not, but for
each with its own set. VENV is a virtual environment with the peers; those that it lacks are left
out. Speed is that of `mail_speed.py`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import mail_quality
import mail_speed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--peers", type=Path, help="virtual environment with other tools")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--mb", type=int, default=1_000, help="size of the mailbox")
    asked = parser.parse_args()
    if asked.quality:
        mail_quality.table(asked.peers)
    if asked.speed:
        mail_speed.measure(asked.mb)


if __name__ == "__main__":
    main()
