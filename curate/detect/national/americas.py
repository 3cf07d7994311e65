"""Numbers of the Americas."""

from __future__ import annotations

from curate.detect.checksums import luhn, weighted
from curate.detect.national.number import number


def is_ssn(text: str) -> bool:
    """Tell whether nine digits can be an SSN or an ITIN, which have no check digit.

    SSA gives out no area 000 or 666, no group 00 and no serial 0000; areas from 900 are the IRS's,
    with groups 50 to 65, 70 to 88, 90 to 92 and 94 to 99.
    """
    area, group, serial = text[:3], int(text[3:5]), text[5:]
    if area >= "900":
        return 50 <= group <= 65 or 70 <= group <= 88 or 90 <= group <= 92 or group >= 94
    return area not in ("000", "666") and group != 0 and serial != "0000"


def is_sin(text: str) -> bool:
    """Tell whether nine digits are a Canadian SIN: Luhn, and none begins with 8."""
    return luhn(text) and text[0] != "8" and len(set(text)) > 1


def is_cpf(text: str) -> bool:
    """Tell whether eleven digits are a Brazilian CPF: two check digits, modulus 11."""
    first = -weighted(text[:9], range(10, 1, -1)) % 11 % 10
    second = -weighted(text[:10], range(11, 1, -1)) % 11 % 10
    return text[9:] == f"{first}{second}" and len(set(text)) > 1


def is_cnpj(text: str) -> bool:
    """Tell whether it is a Brazilian CNPJ; since 2026 its first twelve may be letters."""
    values = [ord(each) - 48 for each in text[:12]]
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        total = sum(v * w for v, w in zip(values, weights, strict=True))
        values.append(-total % 11 % 10)
    return text[12:] == f"{values[12]}{values[13]}" and len(set(text)) > 1


def is_cuit(text: str) -> bool:
    """Tell whether eleven digits are an Argentine CUIT: weights, modulus 11, 9 for ten."""
    check = min(-weighted(text[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11, 9)
    return check == int(text[10]) and text[:2] in {
        "20",
        "23",
        "24",
        "25",
        "26",
        "27",
        "30",
        "33",
        "34",
    }


def is_rut(text: str) -> bool:
    """Tell whether it is a Chilean RUT: weights 2 to 7 from the right, modulus 11, K for ten."""
    total = weighted(text[-2::-1], (2, 3, 4, 5, 6, 7) * 2)
    return "0K987654321"[total % 11] == text[-1]


_CURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"


def is_curp(text: str) -> bool:
    """Tell whether it is a Mexican CURP: values times 18 to 2, modulus 10."""
    total = sum(_CURP.index(each) * (18 - at) for at, each in enumerate(text[:17]))
    return text[17].isdigit() and -total % 10 == int(text[17])


def is_rfc(text: str) -> bool:
    """Tell whether it is the RFC of a Mexican person: values times 13 to 2, modulus 11."""
    total = sum(_RFC.index(each) * (13 - at) for at, each in enumerate(text[:12]))
    return "0123456789A"[-total % 11] == text[12]


AMERICAS = (
    number(
        "us-ssn",
        "20 CFR 422.103; SSA, SSN randomization; IRS, ITIN",
        is_ssn,
        written=r"\d{3}-\d{2}-\d{4}",
        bare=r"\d{3}[ -]?\d{2}[ -]?\d{4}",
        words=("ssn", "social security", "social insurance", "itin", "tax id", "taxpayer"),
        digits=9,
    ),
    number(
        "ca-sin",
        "Employment Insurance Act, section 138; ISO/IEC 7812-1",
        is_sin,
        written=r"\d{3}-\d{3}-\d{3}",
        bare=r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        words=("sin", "social insurance", "nas", "assurance sociale"),
        digits=9,
        confidence="likely",
    ),
    number(
        "br-cpf",
        "Instrução Normativa RFB nº 2172/2024",
        is_cpf,
        written=r"\d{3}\.\d{3}\.\d{3}-\d{2}",
        bare=r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}",
        words=("cpf",),
        digits=11,
    ),
    number(
        "br-cnpj",
        "Instrução Normativa RFB nº 2229/2024",
        is_cnpj,
        written=r"[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-\d{2}",
        bare=r"\d{14}",
        words=("cnpj",),
        digits=6,
    ),
    number(
        "ar-cuit",
        "Resolución General AFIP 10/1997",
        is_cuit,
        written=r"\d{2}-\d{8}-\d",
        bare=r"\d{2}[- ]?\d{8}[- ]?\d",
        words=("cuit", "cuil"),
        digits=11,
    ),
    number(
        "cl-rut",
        "Decreto con Fuerza de Ley 3 de 1969",
        is_rut,
        written=r"\d{1,2}\.\d{3}\.\d{3}-[0-9K]",
        bare=r"\d{7,8}-?[0-9K]",
        words=("rut", "r.u.t", "run"),
        digits=7,
    ),
    number(
        "mx-curp",
        "Instructivo normativo para la asignación de la CURP, DOF 18/10/2021",
        is_curp,
        written=r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d",
        digits=6,
        mixed=True,
    ),
    number(
        "mx-rfc",
        "Código Fiscal de la Federación, article 27; SAT, anexo de homoclave",
        is_rfc,
        written=r"[A-ZÑ&]{4}\d{6}[A-Z0-9]{2}[0-9A]",
        digits=6,
        mixed=True,
    ),
)
