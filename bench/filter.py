"""Scores of `curate filter`: rows a second on one core, and languages beside other identifiers.

    python bench/filter.py [--rows 8000]
    python bench/filter.py --languages [--strings 60]

The floor is `orjson.loads` of the same rows. Languages are told of Django's translations, where
Django is installed: strings of one language each, in 81 languages, some of them never translated,
so that nobody reaches 1. Identifiers that are not installed are left out; of each that gives a
probability, what scores 0.9 counts as sure.
"""

from __future__ import annotations

import argparse
import gettext
import importlib
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import rows

from curate.filtering.score import Tools
from curate.filtering.scores import SCORES, Meter, column_named, needed
from curate.language import identify, identify_all, is_sure
from curate.lexical import GOPHER_MOST

CHARS = 1_000
REPEATS = 3
BUCKETS = ((20, 50), (50, 100), (100, 10_000))
Answer = tuple[str, bool]
# Codes of ISO 639-3 that some identifiers give, and other spellings.
_SPELT = """
afr=af ara=ar arb=ar aze=az azj=az bel=be ben=bn bul=bg bos=bs cat=ca ces=cs cym=cy dan=da deu=de
ell=el eng=en epo=eo spa=es est=et ekk=et eus=eu fas=fa pes=fa fin=fi fra=fr fry=fy gle=ga gla=gd
glg=gl heb=he hin=hi hrv=hr hun=hu hye=hy ind=id isl=is ita=it jpn=ja kat=ka kaz=kk khm=km kan=kn
kor=ko kir=ky ltz=lb lit=lt lav=lv lvs=lv mkd=mk mal=ml mon=mn khk=mn mar=mr msa=ms zsm=ms mya=my
nob=no nno=no nep=ne npi=ne nld=nl pan=pa pol=pl por=pt ron=ro rus=ru slk=sk slv=sl sqi=sq als=sq
srp=sr swe=sv swa=sw swh=sw tam=ta tel=te tgk=tg tha=th tuk=tk tur=tr tgl=tl ukr=uk urd=ur uzb=uz
uzn=uz vie=vi zho=zh cmn=zh yue=zh wuu=zh uig=ug bre=br nb=no nn=no iw=he fil=tl jw=jv sh=hr
"""
SPELT = dict(pair.split("=") for pair in _SPELT.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=8_000)
    parser.add_argument("--languages", action="store_true")
    parser.add_argument("--strings", type=int, default=60, help="of a language and length")
    asked = parser.parse_args()
    if asked.languages:
        languages(asked.strings)
    else:
        scores(asked.rows)


def scores(count: int) -> None:
    """Print what each score costs by itself, and the cheap ones together."""
    pool = [row["output"] for row in rows.alpaca_rows(count)]
    texts = [f"{a} {b}"[:CHARS] for a, b in zip(pool, reversed(pool), strict=True)]
    records = [orjson.dumps({"output": text}) for text in texts]
    floor = _cost(lambda: [orjson.loads(record) for record in records])
    size = sum(map(len, records))
    print(f"{count:,} texts of {size / count:.0f} bytes; floor: orjson.loads {floor:.3f} CPU s")
    sided = [score for score in SCORES if score.open is not None and score.name != "tokens"]
    for score in sided:
        _line(score.name, _measured([score.name], texts), floor, count)
    low = [score.name for score in sided if score.cost == "low"]
    cheap = [score.name for score in sided if score.cost != "high"]
    _line(f"{len(low)} scores of characters and lines", _measured(low, texts), floor, count)
    brief = [name for name in cheap if name not in GOPHER_MOST]
    _line(f"{len(brief)} scores, and of words", _measured(brief, texts), floor, count)
    _line(f"all {len(cheap)} without a model", _measured(cheap, texts), floor, count)


def _measured(names: list[str], texts: list[str]) -> float:
    meter = Meter(needed([column_named(name, "response") for name in names]), Tools())
    return _cost(lambda: meter.measure({"response": texts}, {}))


def _cost(run: Callable[[], object]) -> float:
    """Return CPU seconds: the best of three, since other processes only ever add to it."""
    found = []
    for _ in range(REPEATS):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def _line(name: str, cpu: float, floor: float, count: int) -> None:
    print(f"{name:40} {count / cpu:12,.0f} rows/CPU s {cpu / floor:8.1f}x floor")


def languages(strings: int) -> None:
    """Print how often each identifier is right, how often it is sure, and what it costs."""
    try:
        texts = translations(strings)
    except ModuleNotFoundError:
        print("pip install Django==5.2.19 for its translations")
        return
    for low, high in BUCKETS:
        told = texts[low, high]
        codes = {code for code, _ in told}
        megabytes = sum(len(text.encode()) for _, text in told) / 1e6
        print(f"\n{low}-{high} characters: {len(told):,} strings in {len(codes)} languages")
        for name, tell in identifiers():
            start = time.process_time()
            answers = tell([text for _, text in told])
            cpu = time.process_time() - start
            both = list(zip(answers, told, strict=True))
            right = [SPELT.get(a, a) == SPELT.get(c, c) for (a, _), (c, _) in both]
            sure = [good for good, (_, certain) in zip(right, answers, strict=True) if certain]
            known = Counter(code for (code, _), good in zip(told, right, strict=True) if good)
            of = Counter(code for code, _ in told)
            print(
                f"{name:24} right {sum(right) / len(told):.3f}"
                f"  languages with 0.8 right {sum(known[c] >= 0.8 * of[c] for c in codes):3}"
                f"  sure {len(sure) / len(told):.3f}, right {sum(sure) / max(1, len(sure)):.4f}"
                f"  {megabytes / cpu:6.2f} MB/CPU s"
            )


def translations(strings: int) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """Return `(code, text)` by length, the same strings each time."""
    base = Path(str(importlib.import_module("django").__file__)).parent
    found: dict[str, set[str]] = defaultdict(set)
    for path in base.glob("**/locale/*/LC_MESSAGES/django.mo"):
        code = path.parts[-3].split("_")[0]
        with path.open("rb") as file:
            catalog: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for key, text in catalog.items():
            plain = re.sub(r"%\(\w+\)\w|%\w|<[^>]+>|\{\w+\}", "", text)
            source = key[0] if isinstance(key, tuple) else key
            if source and text != source:
                found[code].add(" ".join(plain.split()))
    # English is the source; the others are hardly translated, or in two scripts.
    for code in ("en", "sr", "io", "ia", "os", "tt", "dsb", "hsb"):
        found.pop(code, None)
    by_length = defaultdict(list)
    draw = random.Random(0)
    for code in sorted(found):
        texts = sorted(found[code])
        draw.shuffle(texts)
        for low, high in BUCKETS:
            those = [text for text in texts if low <= len(text) < high][:strings]
            by_length[low, high] += [(code, text) for text in those]
    return by_length


def identifiers() -> Iterator[tuple[str, Callable[[list[str]], list[Answer]]]]:
    """Yield those that are installed, ours first."""

    def ours(texts: list[str]) -> list[Answer]:
        found = identify_all(texts)
        return list(zip(found.codes, found.sure.tolist(), strict=True))

    def alone(texts: list[str]) -> list[Answer]:
        found = [identify(text) for text in texts]
        return [(lang.code, is_sure(text, lang)) for text, lang in zip(texts, found, strict=True)]

    yield "lid.176 and CLD2 agree", ours
    yield "lid.176.ftz alone", alone
    for name, package, make in (
        ("CLD2 (pycld2)", "pycld2", _cld2),
        ("py3langid", "py3langid.langid", _py3langid),
        ("HeLI (heliport)", "heliport", _heliport),
        ("eld", "eld", _eld),
        ("whatlang", "whatlang", _whatlang),
        ("lingua, low accuracy", "lingua", _lingua_low),
        ("lingua", "lingua", _lingua),
    ):
        try:
            yield name, make(importlib.import_module(package))
        except ModuleNotFoundError:
            print(f"{name:24} is not installed")


def _each(tell: Callable[[str], Answer]) -> Callable[[list[str]], list[Answer]]:
    return lambda texts: [tell(text) for text in texts]


def _cld2(package: Any) -> Callable[[list[str]], list[Answer]]:
    def tell(text: str) -> Answer:
        reliable, _, found = package.detect(text)
        return found[0][1].split("-")[0], reliable

    return _each(tell)


def _py3langid(package: Any) -> Callable[[list[str]], list[Answer]]:
    model = package.LanguageIdentifier.from_model_file(package.MODEL_FILE, norm_probs=True)

    def tell(text: str) -> Answer:
        code, score = model.classify(text)
        return code, score >= 0.9

    return _each(tell)


def _heliport(package: Any) -> Callable[[list[str]], list[Answer]]:
    model = package.Identifier()

    def tell(text: str) -> Answer:
        code, score = model.identify_with_score(text)
        return str(code).split("_")[0], score is not None and score >= 0.9

    return _each(tell)


def _eld(package: Any) -> Callable[[list[str]], list[Answer]]:
    model = package.LanguageDetector()

    def tell(text: str) -> Answer:
        found = model.detect(text)
        return found.language or "und", max(found.scores().values(), default=0) >= 0.9

    return _each(tell)


def _whatlang(package: Any) -> Callable[[list[str]], list[Answer]]:
    def tell(text: str) -> Answer:
        found = package.detect(text)
        return found.lang, found.confidence >= 0.9

    return _each(tell)


def _lingua(package: Any, low: bool = False) -> Callable[[list[str]], list[Answer]]:
    builder = package.LanguageDetectorBuilder.from_all_languages()
    model = (builder.with_low_accuracy_mode() if low else builder).build()

    def tell(text: str) -> Answer:
        first = model.compute_language_confidence_values(text)[0]
        return first.language.iso_code_639_1.name.lower(), first.value >= 0.9

    return _each(tell)


def _lingua_low(package: Any) -> Callable[[list[str]], list[Answer]]:
    return _lingua(package, low=True)


if __name__ == "__main__":
    main()
