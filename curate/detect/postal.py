"""Postal addresses by the spelling of streets, boxes and towns: a best effort, always likely.

A street without a house number, and a place name alone, are left. Patterns are one per country or
language; each needs a word that only its streets have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.detect.finder import Finder, Hit, by_pattern
from curate.detect.late import late

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.-]{0,30}"
_WORD = r"[^\W\d][\w'’.-]{0,40}"
_PLACE = r"(?:St\. |Ste\. )?[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’-]{0,30}"
_TOWN = (
    rf"{_PLACE}(?:[ -](?:{_PLACE}|a\.|am|an|der|im|in|ob|bei|sur|en|de|del|la|le|les|upon|on"
    r"|of)){0,4}"
)
_SEP = r"(?:[ \t]{0,3},?[ \t]{0,3}\r?\n?[ \t]{0,3}|,[ \t]?)"
_CODE = (
    r"(?:(?:[A-Z]{1,2}[- ])?\d{4,5}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3}|\d{4} ?[A-Z]{2}"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)"
)
_TAIL = rf"(?:{_SEP}{_CODE}(?![\w-])(?:[ \t]{_TOWN})?|{_SEP}{_TOWN}{_SEP}?{_CODE}(?![\w-]))?"
_HOUSE = r"\d{1,4}(?:[ ]?[a-zA-Z](?![\w.]))?(?:[ ]?[-/–][ ]?\d{1,4}[a-zA-Z]?)?(?![\w%€$£°]|[.,:]\d)"

_STATES = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI"
    r"|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
)
_ENGLISH_WORDS = (
    *("street", "avenue", "road", "lane", "drive", "boulevard", "court", "terrace", "square"),
    *("parkway", "highway", "close", "crescent", "gardens", "grove", "circle", "trail", "mews"),
    *("place", "way"),
)
_ENGLISH_SHORT = (
    *("St", "Ave", "Rd", "Ln", "Dr", "Blvd", "Ct", "Pl", "Pkwy", "Hwy", "Cres", "Ter", "Sq"),
    "Cir",
)
_STREET = "|".join([*(each.title() for each in _ENGLISH_WORDS), *_ENGLISH_SHORT])
_ROOM = r"(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Room|Rm|Floor|Fl|#)\.?[ ]?#?[\dA-Z][\w-]{0,6})"
_ENGLISH = (
    r"[0-9](?<![\w.$€£-][0-9])(?:\d{0,2},|\d{0,5}[A-Za-z]?)[ ](?:[NSEW]{1,2}\.?[ ]|North "
    r"|South |East |West )?"
    rf"(?:(?!(?:{_STREET})\b)(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th))[ ]){{1,4}}?"
    rf"(?:{_STREET})(?![\w])\.?(?:[ ](?:[NSEW]{{1,2}}(?!\w)\.?))?"
    rf"(?:,?[ \n]{_ROOM})?(?:{_SEP}{_TOWN}{_SEP}(?:{_STATES}|[A-Z]{{2,3}}"
    rf"|{_NAME}){_SEP}?{_CODE}(?![\w-])|{_SEP}{_TOWN},[ ]{_STATES}(?!\w))?{_TAIL}"
)
_TOWN_STATE = rf"(?<![\w.-]){_TOWN},[ ]{_STATES}[ ]{{1,2}}\d{{5}}(?:-\d{{4}})?(?![\w-])"
_UK_CODE = (
    r"(?<![\w-])(?:GIR 0AA|(?:[A-PR-UWYZ]\d{1,2}|[A-PR-UWYZ][A-HK-Y]\d{1,2}"
    r"|[A-PR-UWYZ]\d[A-HJKPS-UW]|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRV-Y])"
    r" \d[ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_CANADIAN_CODE = r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])"
_GERMAN_ENDS = (
    *("straße", "strasse", "str.", "weg", "platz", "allee", "gasse", "damm", "ufer", "chaussee"),
    *("steig", "stieg"),
)
_DUTCH_ENDS = (
    *("straat", "laan", "weg", "plein", "gracht", "kade", "singel", "dijk", "steeg", "dreef"),
    "hof",
)
_NORDIC_ENDS = ("gatan", "vägen", "gränd", "gade", "vej", "vejen", "gata", "veien", "katu", "kuja")
_GERMAN_TOWN = rf"(?:{_SEP}(?:(?:D|A|CH|DE|AT)-)?\d{{4,5}}[ ]{_TOWN})"
_GERMAN = rf"(?<![\w-])(?:{_NAME}[ -]){{0,3}}?{_WORD}[ ]{_HOUSE}{_GERMAN_TOWN}?"
# Any name and number with a code and a town behind them: Am Markt 5, 12345 Beispielstadt.
_GERMAN_BY_TOWN = (
    r"(?<![\w-])(?:(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den|Alte|Neue)[ ])?"
    rf"(?:{_NAME}[ -]){{0,2}}?{_NAME}[ ]{_HOUSE}{_GERMAN_TOWN}"
)
_DUTCH = (
    rf"(?<![\w-])(?:{_NAME}[ ]){{0,3}}?{_WORD}[ ]{_HOUSE}"
    rf"(?:{_SEP}\d{{4}} ?[A-Z]{{2}}(?!\w)(?:[ ]{{1,2}}{_TOWN})?)?"
)
_NORDIC = (
    rf"(?<![\w-])(?:{_NAME}[ ]){{0,3}}?{_WORD}[ ]{_HOUSE}"
    rf"(?:{_SEP}(?:\d{{4}}|\d{{3}} ?\d{{2}})[ ]{_TOWN})?"
)
_LOW = (
    r"(?:de la |de l['’]|de los |de las |de |du |des |del |della |delle |dei |degli |d['’]|da "
    r"|do |dos |das |la |le |les |el |los |l['’]|van |di )"
)
_ROMANCE_NAME = (
    rf"{_LOW}?(?:{_NAME}|\d{{1,2}}[ ][A-Za-z]\w+)(?:[ -](?:{_LOW}|e |y )?{_NAME}){{0,4}}"
)
_FRENCH_WORDS = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?"
    r"|place|chemin|allée|impasse|quai|route|cours|square|passage|faubourg|Rue|Avenue|Boulevard"
    r"|Place|Chemin|Allée|Impasse|Quai|Route)"
)
_FRENCH = (
    rf"(?<![\w.-])\d{{1,4}}(?:[ ]?(?:bis|ter|quater))?,?[ ]{_FRENCH_WORDS}"
    rf"[ ]{_ROMANCE_NAME}(?:{_SEP}\d{{5}}[ ]{_TOWN})?"
)
_ROMANCE_WORDS = (
    r"(?:Calle|C/|Avda\.?|Avenida|Av\.|Paseo|Pº|Plaza|Pza\.?|Camino|Carrer|Ronda"
    r"|Carretera|Travesía|Rua|R\.|Travessa|Praça|Largo|Estrada|Alameda"
    r"|Via|Viale|V\.le|Piazza|P\.za|Corso|C\.so|Vicolo|Contrada|Strada|calle|rua|avenida|via"
    r"|piazza|viale|corso)"
)
_ROMANCE = (
    rf"(?<![\w.-]){_ROMANCE_WORDS}[ ]?"
    rf"{_ROMANCE_NAME},?[ ](?:n[.º°ro]{{0,3}}[ ]?|núm\.?[ ])?{_HOUSE}"
    r"(?:,?[ ]\d{1,2}[º°ªo]\.?[ ]?(?:[A-Z]|izq\.?|dcha\.?|dto\.?|esq\.?)?(?!\w))?"
    rf"(?:{_SEP}(?:\d{{5}}|\d{{4}}-\d{{3}}|\d{{5}}-\d{{3}})[ ]{_TOWN})?"
)
_RUSSIAN_WORDS = (
    r"(?:ул\.|улица|вул\.|вулиця|пр-т|просп\.|проспект|пер\.|переулок|наб\.|ш\.|шоссе"
    r"|бульвар|б-р)"
)
_SLAVIC = (
    rf"(?<![\w.-])(?:ul\.|ulica|ulici|al\.|os\.|pl\.)[ ]{_NAME}(?:[ ]{_NAME}){{0,3}}[ ]{_HOUSE}"
    rf"(?:[ ]?m\.?[ ]?\d{{1,4}})?(?:{_SEP}\d{{2}}-\d{{3}}[ ]{_TOWN})?"
    rf"|(?<!\w){_RUSSIAN_WORDS}"
    r"[ ]?[А-ЯЁІЇЄҐ][\w.-]{1,30}(?:[ ][А-ЯЁІЇЄҐа-яёіїєґ][\w.-]{1,30}){0,3},?[ ]"
    r"(?:д\.|дом|буд\.)?[ ]?\d{1,4}[а-яА-Я]?(?:/\d{1,4})?(?:,?[ ](?:к\.|корп\."
    r"|стр\.)[ ]?\d{1,3})?(?:,?[ ](?:кв\.|квартира|оф\.)[ ]?\d{1,4})?(?!\w)"
)
_TURKISH = (
    rf"(?<![\w.-])(?:{_NAME}[ ]){{1,3}}(?:Mah(?:allesi|\.)|Cad(?:desi|\.)|Sok(?:ak|ağı|\.)|Sk\."
    rf"|Bulvarı|Blv\.)(?:,?[ ](?:{_NAME}[ ]){{1,3}}(?:Cad(?:desi|\.)|Sok(?:ak|ağı|\.)"
    r"|Sk\.))?,?[ ]No[.: ]{0,2}\d{1,4}(?:/\d{1,4})?(?:[ ]D[.: ]{0,2}\d{1,4})?"
)
_CJK = (
    r"(?:[\u4e00-\u9fff]{2,8}(?:省|自治区|市))?(?:[\u4e00-\u9fff]{2,8}(?:市|区|县|區|縣|镇"
    r"|鎮)){1,3}[\u4e00-\u9fff\d]{1,16}(?:路|街|道|巷|弄|里|段|村)(?:[\d一二三四五六七八九十百]{1,5}(?:号|號|弄|巷"
    r"|栋|楼|室|座|单元|层|樓)){1,5}(?:[\d-]{1,8}室?)?"
    r"|(?:〒[ ]?)?\d{3}-\d{4}[ \n　]{0,2}[\u4e00-\u9fff]{2,4}[都道府県]"
    r"[\u4e00-\u9fffぁ-んァ-ヶー々]{1,20}[\d０-９]{0,4}(?:(?:丁目|番地?|号|[-－−ー])[\d０-９]{0,4}){0,4}"
    r"|[\u4e00-\u9fff]{2,3}[都道府県][\u4e00-\u9fffぁ-んァ-ヶー々]{1,12}[市区町村]"
    r"[\u4e00-\u9fffぁ-んァ-ヶー々]{1,16}[\d０-９]{1,4}(?:(?:丁目|番地?|号|[-－−])[\d０-９]{0,4}){1,4}"
    r"|〒[ ]?\d{3}-\d{4}|(?:[가-힣]{2,6}(?:특별시|광역시|시|도)[ ])?(?:[가-힣]{1,6}(?:시|군"
    r"|구)[ ]){1,2}[가-힣\d]{1,12}(?:로|길|동)[ ]\d{1,4}(?:-\d{1,4})?(?:번지)?"
)
_BOX = (
    r"(?i)(?<![\w.])(?:p\.?[ ]?o\.?[ ]?box|post office box|postfach|postbus|boîte postale"
    r"|b\.?p\.?(?=[ ]\d)|apartado(?: de correos| postal)?|caixa postal|casella postale"
    r"|c\.?p\.?(?=[ ]\d{2,5}[ ,]+\d{5})|postboks|postbox|box(?=[ ]\d{2,5},)|скрытка|а/я|skrytka"
    r"(?: pocztowa)?|私書箱|信箱)[ ]{0,2}(?:n[º°.]{1,2}[ ]?)?\d[\d ]{0,8}\d?(?![\w])"
)
_BOX_WORDS = (
    r"box|postfach|postbus|postale|b\.?p\.?|apartado(?: de correos| postal)?|caixa postal|c\.?p\.?"
    r"|postboks|скрытка|а/я|skrytka(?: pocztowa)?|私書箱|信箱"
)
# A town is written in words: `Ticket-211288`, `S4-211288` and `a/Rev-211288.zip` are none.
_INDIAN_TOWN = r"(?<![\w./-])[A-Z][a-z]{2,30}(?:[ ][A-Z][a-z]{2,30}){0,3}"
_INDIAN = (
    rf"(?:{_INDIAN_TOWN}(?:[ ]?–[ ]?|[ ]-[ ]?|-(?=\d{{3}}[ ]))|(?<=, ){_INDIAN_TOWN}-)"
    r"[1-9]\d{2} ?\d{3}(?!\w)"
    r"(?=,? ?(?:[A-Z]|$|\n|\.(?!\w)))|(?i:\bpin(?:code"
    r"| code)?)[ :.-]{1,3}(?P<pin>[1-9]\d{2} ?\d{3})(?!\w)"
)


_HOUSES = r"[0-9](?<=[ ][0-9])"


def _street(
    kind: str,
    pattern: str,
    cues: tuple[str, ...],
    needs: str,
    digits: int = 1,
    *,
    mixed: bool = False,
) -> Finder:
    find = by_pattern(pattern, _has_digit, "likely")
    around = (8, 8) if mixed else (96, 128)
    return Finder(kind, "address", find, cues, digits, mixed, around, needs=needs)


def _suffixed(
    kind: str, pattern: str, ends: tuple[str, ...] = (), house: str = _HOUSES, needs: str = ""
) -> Finder:
    """Return what finds a street before a house number, by how the street's name ends."""
    compiled = late(pattern)
    houses = late(house)
    last = tuple(f"{end} " for each in ends for end in (each, each.title()))

    def find(text: str, region: str | None) -> Iterator[Hit]:
        for number in houses.finditer(text):
            at = number.start()
            if last and not text.endswith(last, max(0, at - 40), at):
                continue
            low = max(0, at - 100)
            low = text.find(" ", low, at) + 1 if low else 0
            for found in compiled.finditer(text, low, at + 110):
                if found.start() < at < found.end():
                    yield Hit(*found.span(), "likely")
                    break

    ended = f"(?:{'|'.join(map(re.escape, last))})[0-9]"
    return Finder(kind, "address", find, digits=1, needs=needs or ended)


def _has_digit(found: re.Match[str]) -> bool:
    return any(map(str.isdigit, found.group()))


POSTAL = (
    Finder(
        "english-address",
        "address",
        by_pattern(_ENGLISH, confidence="likely"),
        digits=1,
        needs=rf"[0-9][A-Za-z,]?[ ](?:[^ \na-hj-z][^ \n]*[ ])+(?:{_STREET})",
    ),
    _street("american-town", _TOWN_STATE, (), rf",[ ]{_STATES}[ ]{{1,2}}[0-9]{{5}}", digits=5),
    _street("british-postcode", _UK_CODE, (), r"[0-9A-Z] [0-9][A-Z]{2}", mixed=True),
    _street(
        "canadian-postcode", _CANADIAN_CODE, (), r"[A-Z][0-9][A-Z] [0-9][A-Z][0-9]", mixed=True
    ),
    _suffixed("german-address", _GERMAN, _GERMAN_ENDS),
    _suffixed(
        "german-address-by-town",
        _GERMAN_BY_TOWN,
        house=r"[0-9](?<=[ ][0-9])\d{0,3}[ ]?[a-z]?(?:, ?|\r?\n)(?:D-)?\d{5}[ ][A-ZÄÖÜ]",
        needs=r"[ ][0-9]{1,4}[ ]?[a-z]?(?:, ?|\r?\n)(?:D-)?[0-9]{5}[ ][A-ZÄÖÜ]",
    ),
    _suffixed("dutch-address", _DUTCH, _DUTCH_ENDS),
    _suffixed("nordic-address", _NORDIC, _NORDIC_ENDS),
    _street(
        "french-address",
        _FRENCH,
        (
            *(" rue ", " avenue ", " av. ", " boulevard ", " bd", " place ", " chemin "),
            *(" allée ", " impasse ", " quai ", " route ", " cours ", " square ", " passage "),
            " faubourg ",
        ),
        rf"[0-9](?:[ ]?(?:bis|ter|quater))?,?[ ]{_FRENCH_WORDS}[ ]",
    ),
    _street(
        "romance-address",
        _ROMANCE,
        (
            *("calle", "c/", "avda", "avenida", "av.", "paseo", "plaza", "camino", "carrer"),
            *("ronda", "carretera", "travesía", "rua ", "r. ", "travessa", "praça", "largo "),
            *("estrada", "alameda", "via ", "viale", "piazza", "corso", "vicolo", "contrada"),
            "strada",
        ),
        rf"{_ROMANCE_WORDS}[ ]?(?:{_LOW})?[A-ZÀ-ÖØ-ÞĀ-Ži0-9][^\n]*[ ][^\n]*[0-9]",
    ),
    _street(
        "slavic-address",
        _SLAVIC,
        (
            *("ul.", "ulica", "ulici", "al.", "os.", "pl.", "ул.", "улица", "вул", "пр-т"),
            *("просп", "пер.", "переулок", "наб.", "ш.", "шоссе", "бульвар", "б-р"),
        ),
        r"(?:ul\.|ulica|ulici|al\.|os\.|pl\.)[ ][A-ZÀ-ÖØ-ÞĀ-Ži][^\n]*[0-9]"
        rf"|{_RUSSIAN_WORDS}[^\n]*[0-9]",
    ),
    _street(
        "turkish-address",
        _TURKISH,
        (" mah", " cad", " sok", " sk.", "bulvar", "blv."),
        r"No[.: ]{0,2}[0-9]",
    ),
    _street(
        "east-asian-address",
        _CJK,
        (
            *("路", "街", "道", "巷", "弄", "村", "段", "里", "都", "府", "県", "〒", "로 "),
            *("길 ", "동 "),
        ),
        "[路街道巷弄里段村都府県〒]|[로길동][ ][0-9]",
    ),
    _street(
        "post-box",
        _BOX,
        (
            *("box", "postfach", "postbus", "bp ", "b.p", "postale", "apartado", "caixa"),
            *("postboks", "cp ", "c.p", "скрытка", "а/я", "skrytka", "私書箱", "信箱"),
        ),
        rf"(?i:{_BOX_WORDS})[ ]{{0,2}}(?:n[º°.]{{1,2}}[ ]?)?[0-9]",
    ),
    _street(
        "indian-pin",
        _INDIAN,
        (),
        r"(?:[a-z][ ]?[-–][ ]?|(?i:pin(?:code| code)?)[ :.-]{1,3})[1-9][0-9]{2} ?[0-9]{3}",
        digits=6,
    ),
)
