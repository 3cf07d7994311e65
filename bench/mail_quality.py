"""The table of `bench/mail.py --quality`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from curate.sources.mail.own import separate
from tests.measured.mail.score import score
from tests.measured.mail.sets import Fixture, fixtures, labels
from tests.measured.sets import folder

LONGEST_S = 20
_PEERS = ("talon", "email_reply_parser", "mailparser_reply", "quotequail", "unquotemail")
# Runs in the peers' environment: texts in as JSON, (own text or null, seconds) out.
_RUN = """
import json, signal, sys, time
name, texts = sys.argv[1], json.load(sys.stdin)
if name == "talon":
    from talon import quotations
    from talon.signature import bruteforce
    own = lambda t: bruteforce.extract_signature(quotations.extract_from_plain(t))[0]
elif name == "email_reply_parser":
    from email_reply_parser import EmailReplyParser
    own = EmailReplyParser.parse_reply
elif name == "mailparser_reply":
    from mailparser_reply import EmailReplyParser
    langs = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "ja", "cs", "ko", "zh", "he"]
    parser = EmailReplyParser(languages=langs)
    own = lambda t: parser.parse_reply(text=t)
elif name == "quotequail":
    import quotequail
    def own(t):
        found = quotequail.unwrap(t)
        return (found.get("text_top") or "") if found else t
elif name == "unquotemail":
    from unquotemail import Unquote
    def own(t):
        found = Unquote(html=None, text=t)
        found.parse()
        return found.get_text() or ""
def late(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, late)
out = []
for text in texts:
    start = time.process_time()
    signal.alarm(LIMIT)
    try:
        given = own(text) or ""
    except Exception as error:
        given = None
    signal.alarm(0)
    out.append((given, time.process_time() - start))
json.dump(out, sys.stdout)
"""
Own = Callable[[str], str]
Answers = list[tuple[str | None, float]]


def table(peers: Path | None) -> None:
    """Print A, B, lost and milliseconds a mail for every tool and set."""
    root = folder()
    if root is None:
        sys.exit("TUNESMITH_DATA names no folder of data")
    known = labels()
    mails = [each for each in fixtures(root) if known[each.group].get(each.name)]
    texts = [each.text for each in mails]
    _lines("this project", mails, _timed(lambda text: separate(text).own, texts))
    _lines("PanzaMail's rules", mails, _timed(panza, texts))
    _lines("'>' and one regex", mails, _timed(floor, texts))
    for name in _PEERS if peers is not None else ():
        answers = _peer(Path(str(peers)), name, texts)
        if answers is None:
            print(f"{name}: not installed")
        else:
            _lines(name, mails, answers)


def panza(text: str) -> str:
    """Return what PanzaMail's extraction keeps, restated from its description.

    A mail with Gmail's forward line is dropped whole; quoted lines go; so does all from a line that
    starts with "On" to "wrote", whatever is between.
    """
    if "---------- Forwarded message ---------" in text:
        return ""
    kept = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    kept = re.sub(r"^On.*wrote.*", "", kept, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^Am.*schrieb.*", "", kept, flags=re.DOTALL | re.MULTILINE).strip()


def floor(text: str) -> str:
    """Return a text without quoted lines and what looks like "On … wrote:" in one line."""
    kept = (line for line in text.split("\n") if not line.lstrip().startswith(">"))
    return "\n".join(line for line in kept if not re.match(r"On .{0,200} wrote:$", line.strip()))


def _timed(own: Own, texts: list[str]) -> Answers:
    answers: Answers = []
    for text in texts:
        start = time.process_time()
        given = own(text)
        answers.append((given, time.process_time() - start))
    return answers


def _peer(environment: Path, name: str, texts: list[str]) -> Answers | None:
    """Return a peer's answers, None where the environment lacks it."""
    code = _RUN.replace("LIMIT", str(LONGEST_S))
    done = subprocess.run(
        [environment / "bin" / "python", "-c", code, name],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return None
    return [(given, seconds) for given, seconds in json.loads(done.stdout.splitlines()[-1])]


def _lines(tool: str, mails: list[Fixture], answers: Answers) -> None:
    known = labels()
    counts: dict[str, Counter[str]] = {"all": Counter()}
    for mail, (own, seconds) in zip(mails, answers, strict=True):
        found = score(mail.text, known[mail.group][mail.name], own or "")
        for group in (mail.group, "all"):
            of = counts.setdefault(group, Counter())
            of.update(mails=1, a=found.a, b=found.b, lost=not found.own_kept, failed=own is None)
            of["us"] += int(seconds * 1e6)
    print(f"{tool}")
    for group, of in counts.items():
        print(
            f"  {group:9} {of['mails']:4} mails  A {of['a']:4}  B {of['b']:4}  "
            f"lost {of['lost']:3}  failed {of['failed']:2}  {of['us'] / of['mails'] / 1e3:8.2f} ms"
        )
