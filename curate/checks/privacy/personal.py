"""PII: personal data that has a form, in the texts of a row. Values are never shown whole."""

from __future__ import annotations

from collections.abc import Iterator

from curate.checks.base import Spot, rule
from curate.checks.privacy.places import NEEDS, found_by
from curate.row import Row


@rule("PII001", "email-address", severity="warning", needs=NEEDS["email-address"])
def email_address(row: Row) -> Iterator[Spot]:
    """A text holds the e-mail address of somebody.

    Why: the model learns it and can be made to say it; the law asks for a ground to keep it.
    Example: "write to anna.m@firm.net"
    Fix: put a placeholder in its place.
    Source: Carlini et al. 2021; RFC 5322 (addresses); RFC 2606 names are left out.
    """
    yield from found_by("email-address", row)


@rule("PII002", "phone-number", severity="warning", needs=NEEDS["phone-number"])
def phone_number(row: Row) -> Iterator[Spot]:
    """A text holds a telephone number.

    Why: it reaches a person for years.
    Example: "call me at +49 171 8345201"
    Fix: put a placeholder in its place.
    Source: ITU-T E.164; numbers with 555 are for fiction (NANPA) and left out.
    """
    yield from found_by("phone-number", row)


@rule("PII003", "card-number", severity="error", needs=NEEDS["card-number"])
def card_number(row: Row) -> Iterator[Spot]:
    """A text holds a payment card's number with a right check digit.

    Why: with it one can pay; whoever stores it falls under the card industry's rules.
    Example: a number of 16 digits that passes the check
    Fix: remove it.
    Source: ISO/IEC 7812-1 (Luhn's check digit); networks' published test cards are left out.
    """
    yield from found_by("card-number", row)


@rule("PII004", "account-number", severity="error", needs=NEEDS["account-number"])
def account_number(row: Row) -> Iterator[Spot]:
    """A text holds a bank account's number (IBAN) with right check digits.

    Why: it names an account and its owner.
    Example: "DE44 …" with right check digits
    Fix: remove it.
    Source: ISO 13616 (mod 97).
    """
    yield from found_by("account-number", row)


@rule("PII005", "ip-address", severity="info", needs=NEEDS["ip-address"])
def ip_address(row: Row) -> Iterator[Spot]:
    """A text holds a public address of the internet.

    Why: it can name a household or a server; European courts count it as personal.
    Example: "from 203.0.112.7"
    Fix: put a placeholder in its place.
    Source: RFC 1918 and RFC 5737 (private addresses and examples, left out); ECJ C-582/14.
    """
    yield from found_by("ip-address", row)


@rule("PII006", "mac-address", severity="info", needs=NEEDS["mac-address"])
def mac_address(row: Row) -> Iterator[Spot]:
    """A text holds the hardware address of a device.

    Why: it names one device for as long as it lives.
    Example: "3C:22:FB:9A:10:7E"
    Fix: put a made-up one in its place.
    Source: IEEE 802 (MAC addresses).
    """
    yield from found_by("mac-address", row)


@rule("PII007", "social-security-number", severity="error", needs=NEEDS["social-security-number"])
def social_security_number(row: Row) -> Iterator[Spot]:
    """A text holds what can be a US social security number.

    Why: it opens accounts in its owner's name.
    Example: three, two and four digits, none of them zero
    Fix: remove it.
    Source: SSA, randomised numbers (areas 000, 666 and 9xx are never given out).
    """
    yield from found_by("social-security-number", row)


@rule("PII008", "resident-number", severity="error", needs=NEEDS["resident-number"])
def resident_number(row: Row) -> Iterator[Spot]:
    """A text holds a Chinese resident's number with a right check character.

    Why: it names a person with birthday and place of birth.
    Example: 18 characters that pass the check
    Fix: remove it.
    Source: GB 11643-1999.
    """
    yield from found_by("resident-number", row)


@rule("PII009", "date-of-birth", severity="info", needs=NEEDS["date-of-birth"])
def date_of_birth(row: Row) -> Iterator[Spot]:
    """A text tells somebody's date of birth.

    Why: with a name and a place it names one person. Of public persons it is no secret.
    Example: "date of birth: 12.03.1981"
    Fix: remove the day and the month.
    Source: Sweeney 2000 (date of birth, sex and postcode name 87 % of people).
    """
    yield from found_by("date-of-birth", row)


@rule("PII010", "coordinates", severity="info", needs=NEEDS["coordinates"])
def coordinates(row: Row) -> Iterator[Spot]:
    """A text holds a place to within ten metres.

    Why: four decimals of a degree name a house.
    Example: "48.13743, 11.57549"
    Fix: keep two decimals.
    Source: ISO 6709; the decimals of a degree.
    """
    yield from found_by("coordinates", row)


RULES = (
    email_address,
    phone_number,
    card_number,
    account_number,
    ip_address,
    mac_address,
    social_security_number,
    resident_number,
    date_of_birth,
    coordinates,
)
