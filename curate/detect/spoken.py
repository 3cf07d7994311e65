"""Passwords, codes, dates of birth and numbers of documents that a sentence gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curate.detect.finder import Finder, Hit, by_pattern
from curate.detect.late import late

_PASSWORD_WORDS = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "passwort", "kennwort"),
    *("zugangswort", "mot de passe", "mdp", "contraseña", "contrasena", "clave", "palavra-passe"),
    *("palavra passe", "senha", "wachtwoord", "parola d'ordine", "parola", "пароль", "пароля"),
    *("паролем", "hasło", "haslo", "lösenord", "adgangskode", "passord", "salasana", "heslo"),
    *("jelszó", "şifre", "sifre", "κωδικός", "密码", "口令", "密碼", "パスワード", "비밀번호"),
    *("סיסמה", "كلمة المرور", "pw:"),
)
# Few and short, since every text is searched for them: each word above holds one.
_PASSWORD_CUES = (
    *("passw", "passp", "passc", "passo", "pwd", "pw:", "kennwort", "zugangswort", "mot de", "mdp"),
    *(
        "contrase",
        "clave",
        "palavra",
        "senha",
        "wachtwoord",
        "parola",
        "haslo",
        "hasło",
        "salasana",
    ),
    *("adgangskode", "heslo", "sifre", "şifre", "парол", "lösenord", "jelszó", "κωδικός", "密码"),
    *("口令", "密碼", "パスワード", "비밀번호", "סיסמה", "كلمة المرور"),
)
_IS = (
    r"(?:[ \t]{0,3}[:=：＝][ \t]{0,3}|[ \t]{1,3}(?:is|was|ist|war|lautet|wäre|heißt|est|es|era|é|è"
    r"|foi|sarà|were|are|to"
    r"|jest|to jest|är|er|on|je|to:|now|jetzt|ahora|maintenant|ora|nu|теперь"
    r"|сейчас)[ \t]{0,3}[:：]?[ \t]{0,3}"
    r"|[ \t]{0,2}(?:は|是|为|為|이|은|는)[ \t:：]{0,3}|[ \t]{0,3}[-–—][ \t]{1,3}"
    r"|[ \t]{1,2}\((?=[^\s)]{4,40}\)))"
)
_FOR = (
    r"(?:[ \t]{1,2}(?:for|für|zu|zum|zur|pour|para|per|voor|för|do|к|от|на|of|vom|von|del|de|du"
    r"|di|da)[ \t]{1,2}[^\n:=]{1,40}?)?"
)
_LONGEST_FIRST = sorted(_PASSWORD_WORDS, key=len, reverse=True)
_PASSWORD = late(
    rf"(?<![^\W_])(?:{'|'.join(re.escape(each.rstrip(':')) for each in _LONGEST_FIRST)})"
    rf"[\"'*_]{{0,2}}{_FOR}"
    rf"(?P<is>{_IS})[ \t]{{0,2}}(?P<next>\r?\n[ \t>]{{0,4}})?"
    r"(?P<quote>[\"'`“„«「*_]{0,2})(?P<value>[^\s\"`“”»」]{3,64})(?P<after>[\"'`”“»」]?)",
    re.IGNORECASE,
)
# Words that follow "password is" and are none; of the languages that `_IS` speaks.
_NO_PASSWORDS = late(
    r"(?i)(?:[a-z]*(?:ed|ing|tion|able|ible|ly|ive|ous|ful|less|ary|ert|iert|lich|isch|bar|ado"
    r"|ada|ido|ida|ato|ata|uto)"
    r"|password|passphrase|required|incorrect|wrong|invalid|correct|the|an?|not|too|very|so|case"
    r"|is|must|should|hash|reset|secure"
    r"|strong|weak|none|null|true|false|string|input|value|self|args?|user(?:name)?|request|form"
    r"|data|settings|config|env|os"
    r"|getpass|prompt|hidden|text|empty|blank|short|long|set|sent|stored|used|your|my|their|his"
    r"|her|our|that|this|these|those"
    r"|what|it|its|to|for|and|or|of|in|at|by|on|with|from|if|when|only|same|different|new|old"
    r"|simple|random|also|just|still"
    r"|below|above|here|there|unknown|attached|separately|important|unique|kein|nicht|falsch"
    r"|richtig|sicher|gleich|das|die|der"
    r"|ein|eine|zu|im|in|am|noch|jetzt|bitte|pas|incorrecte?|le|la|les|un|une|trop|el|los|una"
    r"|muy|es|no|não|o|uma|muito|il|lo"
    r"|non|molto|niet|het|een|te|fout|не|это|ваш|мой|неверн\w*|dein|ihr|mein|votre|mon|tu|su|mi"
    r"|sua|seu|minha|manager|protection"
    r"|field|policy|change|login|account|email|e-mail|name|here's|at least|least|needed|good|bad"
    r"|great|key|keys|type|str|int|bool"
    r"|object|function|variable|hard|easy|enough|kept|known|lost|gone|right|part|one|two|all|any"
    r"|as|be|been|being|do|does|has|have"
    r"|who|which|how|why|where|a\w{0,1}|i|we|you|they|he|she|fine|ok|okay|safe|private|public"
    r"|secret|sunt|nie|inte|ikke|ei|není)"
)


# `Abc123です`: the word ends where a script without blanks begins.
_BEFORE_KANA = late(r"[!-~]{4,64}(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af])")


def _passwords(text: str, region: str | None) -> Iterator[Hit]:
    """Find what follows the word for a password in twenty languages, where it may be one.

    Behind `is`, a plain word counts only where it stands in quotes or ends its line; in the next
    line, where a mail was wrapped, only letters and digits together.
    """
    for found in _PASSWORD.finditer(text):
        value = found["value"]
        start = found.start("value")
        if said_first := _BEFORE_KANA.match(value):
            value = said_first.group()
        if not found["quote"]:
            value = value.rstrip(".,;:)]'*_>")
        elif value[-1:] in ("'", "*", "_", ".", ","):
            value = value.rstrip("'*_.,")
        if (
            len(value) < 3
            or value[0] in "(<[{$%"
            or re.match(r"https?://|\*+\Z|x+\Z|\.+\Z|_+\Z", value)
        ):
            continue
        if "(" in value and value.endswith((")", "(", "()")) and found["is"].strip() in ("=", ":"):
            continue  # a call in a program
        drawn = (
            any(map(str.isdigit, value))
            or re.search(r"[^\w.,'’/-]", value)
            or (
                not value.islower()
                and not value.istitle()
                and not value.isupper()
                and value.isascii()
            )
        )
        if found["next"] and not re.match(r"(?=\D*\d)(?=[\W\d]*[^\W\d])[^'’\[\](){}=]+\Z", value):
            continue
        if re.fullmatch(r"[\w.\[\]]*[A-Za-z_]\.[A-Za-z_]\w*|[a-z]+(?:_[a-z]+)+", value):
            continue  # a name in a program, `form.password`
        if drawn and len(value) >= 4:
            yield Hit(start, start + len(value), "certain" if found["is"].strip() else "likely")
        elif not _NO_PASSWORDS.fullmatch(value) and len(value) >= 4:
            quoted = bool(found["quote"]) and bool(found["after"])
            tail = text[start + len(value) : start + len(value) + 2].lstrip(".,;!)")
            said = found["is"].strip() in (":", "=", "：")
            if quoted or ((said or value.isascii()) and (not tail or tail[0] in "\r\n")):
                yield Hit(start, start + len(value), "likely")


_CODE_WORDS = (
    *("code", "pin", "tan", "otp", "kod", "codice", "código", "codigo", "код", "пин", "验证码"),
    *("驗證碼", "確認コード", "認証コード", "인증번호", "combination", "cvv", "cvc", "puk"),
    *("κωδικός", "salasana"),
)
# What a code is called that opens nothing.
_OPEN_CODES = late(
    r"(?i)(?:error|status|zip|post(?:al|leit)?|area|country|product|exit|http|return|colou?r"
    r"|dial(?:ling)?|promo(?:tion(?:al)?)?"
    r"|discount|coupon|voucher|gift|source|bar|sort|icd|tax|job|course|class|unicode|ascii"
    r"|building|currency|dress|section|model|item"
    r"|swift|bank|branch|hs|sku|plan|airport|fault|reason|response|result|key|char(?:acter)?|hex"
    r"|penal|civil|de error|postal|fehler"
    r"|plz|farb|erreur|couleur|source|qr|genetic|morse|state|region|fips|iso|naics|sic|cpt|stock"
    r"|vendor|trouble|stop|event|op)[ -]?\Z"
)
_CODE = late(
    r"(?<![^\W_])(?P<word>(?:(?:verification|security|confirmation|one[- ]time|login|access|door"
    r"|gate|entry|alarm|safe|lock|pin|sim"
    r"|authentication|wifi|wi-fi|unlock|bestätigungs|sicherheits|zugangs|tür|verifizierungs"
    r"|freischalt)[ -]?)?"
    r"(?:pass ?)?(?:code|pin|tan|otp|kod|codice|código|codigo|код|пин(?:-код)?|combination|cvv2?"
    r"|cvc2?|puk|κωδικός)"
    r"|验证码|驗證碼|確認コード|認証コード|인증번호)"
    r"(?:[ -](?:code|number|nummer|pin|de (?:vérification|sécurité|acceso|verificación"
    r"|verificação|segurança|seguridad|confirmation)"
    r"|di (?:verifica|sicurezza|accesso)|d'accès|подтверждения|доступа|безопасности))?"
    rf"{_FOR}(?P<is>{_IS}|[ \t#]{{1,3}})(?:your |dein |votre )?[\"'*_]{{0,2}}"
    r"(?P<value>\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d{3,10}|[A-Z]{1,2}-\d{4,8})(?![\w-]|[.,:/]\d"
    r"|[ ]?[%€$£°])",
    re.IGNORECASE,
)


def _codes(text: str, region: str | None) -> Iterator[Hit]:
    """Find digits that a sentence calls a code, a PIN or a TAN."""
    for found in _CODE.finditer(text):
        before = text[max(0, found.start() - 16) : found.start()]
        if _OPEN_CODES.search(before):
            continue
        value, word = found["value"], found["word"].lower()
        said = bool(found["is"].strip(" \t#"))
        plain = word in (
            "code",
            "kod",
            "codice",
            "código",
            "codigo",
            "код",
            "combination",
            "pin",
            "tan",
        )
        card = word.startswith(("cvv", "cvc"))
        if len(value) < (3 if card else 4) or (
            plain and re.fullmatch(r"(?:19|20)\d\d", value) and not said
        ):
            continue
        if word == "tan" and not (said and len(value) == 6):
            continue
        if plain and word != "pin" and not said and len(value) < 6:
            continue
        yield Hit(*found.span("value"), "certain" if said else "likely")


_MONTHS = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|juni|juli|okt|dez|märz|janv|févr"
    r"|mars|avr|juin|juil|août|déc|ene|abr"
    r"|ago|set|dic|gen|mag|giu|lug|ott|fev|out|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя"
    r"|дек)[^\W\d]{0,7}\.?"
)
_BIRTH = (
    r"(?i)(?<![^\W_])(?:date of birth|birth ?da(?:te|y)|d\.?o\.?b\.?|born(?: on)?|geburtsdatum"
    r"|geb(?:oren|\.)(?: am)?|geburtstag|né(?:e)? le"
    r"|date de naissance|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il"
    r"|data de nascimento|nascid[oa] em|geboortedatum"
    r"|geboren op|дата рождения|родил(?:ся|ась)|data urodzenia|urodzon[ya]|födelsedatum|född"
    r"|fødselsdato|født|syntymäaika|doğum tarihi"
    r"|出生日期|出生于|生年月日|생년월일)(?:[ \t]{0,3}[:：(=-]{0,2}[ \t]{0,3}"
    r"|[ \t](?:is|ist|est|es|è|é"
    r"|war|was)[ \t:]{1,3})(?:on |the |am |le |el )?"
    r"(?P<value>\d{1,4}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2,4}|\d{1,2}(?:st|nd|rd|th"
    rf"|er|\.|º)?[ ](?:de |of )?{_MONTHS}(?:,? (?:de |of )?\d{{4}})?"
    rf"|{_MONTHS}[ ]\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일])(?!\d)"
)
_BIRTH_WORDS = (
    *("birth", "dob", "d.o.b", "born", "geb", "né ", "née ", "naissance", "nacimiento", "nacid"),
    *("nascita", "nato", "nata", "nascimento", "nascid", "geboorte", "рожд", "родил", "urodz"),
    *("föd", "fød", "syntymä", "doğum", "出生", "生年", "생년"),
)
_DOCUMENT_WORDS = (
    r"(?:passport|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort"
    r"|паспорт|paszport|护照|護照|パスポート|여권"
    r"|driv(?:er'?s?|ing) licen[cs]e|führerschein|permis de conduire|permiso de conducir"
    r"|patente di guida|rijbewijs|carteira de motorista"
    r"|personalausweis|ausweis|carta d'identità|carte d'identité|cédula|documento de identidad"
    r"|green card|visa|national id|id card"
    r"|insurance|versicherten|policy|member(?:ship)?|patient|medical record|mrn|student|employee"
    r"|matrikel|personal)"
    r"[ -]?(?:numbers?|numéro|número|numero|nummer|num|no|nr|id|n°|nº|№|#|番号|号码)"
)
_DOCUMENT = (
    rf"(?i)(?<![^\W_]){_DOCUMENT_WORDS}"
    r"[.:#]{0,2}[ \t]{0,2}(?:is |ist |est |es |è |é |は|是)?[:：]?[ \t]{0,3}"
    r"(?P<value>(?-i:[A-Z0-9](?:[ -]?[A-Z0-9]){4,17}))(?![\w-])"
)


def _is_document(found: re.Match[str]) -> bool:
    return sum(map(str.isdigit, found["value"])) >= 4


SPOKEN = (
    Finder(
        "spoken-password",
        "secret",
        _passwords,
        cues=_PASSWORD_CUES,
        around=(4, 160),
        needs=f"(?i:{'|'.join(_PASSWORD_CUES)})",
    ),
    Finder(
        "spoken-code",
        "secret",
        _codes,
        cues=_CODE_WORDS,
        digits=3,
        around=(32, 96),
        needs=rf"(?i:{'|'.join(_CODE_WORDS)})[^\n]*[0-9]{{3}}",
    ),
    Finder(
        "date-of-birth",
        "date_of_birth",
        by_pattern(_BIRTH, confidence="likely"),
        cues=_BIRTH_WORDS,
        digits=1,
        around=(8, 64),
        needs=rf"(?i:{'|'.join(_BIRTH_WORDS)}|d\.?o\.?b)[^\n]*[0-9]",
    ),
    Finder(
        "document-number",
        "id",
        by_pattern(_DOCUMENT, _is_document, "likely"),
        cues=(
            *("pass", "pasap", "pasz", "паспорт", "护照", "護照", "パスポート", "여권", "licen"),
            *("führerschein", "permis", "patente", "rijbewijs", "carteira", "ausweis", "identi"),
            *("cédula", "card", "visa", "national id", "insurance", "versicherten", "policy"),
            *("member", "patient", "medical", "mrn", "student", "employee", "matrikel"),
            "personal",
        ),
        digits=1,
        around=(8, 80),
        needs=rf"(?i:{_DOCUMENT_WORDS})[^\n]*[0-9]",
    ),
)
