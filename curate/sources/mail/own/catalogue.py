"""The rules by name, for reports and documentation."""

from __future__ import annotations

from curate.sources.mail.own.rule import Rule

# Languages of the words of `words` and `phrases`.


def _codes(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_MANY = _codes(
    "en de fr es pt it nl ru uk pl sv da no fi cs sk hu ro tr el he ar id vi ca zh ja ko bg hr sl "
    "lt lv et th hi fa"
)
_LEGAL = _codes("en de fr es pt it nl ru uk pl sv da no fi cs sk hu ro tr el he ar id vi zh ja ko")
_QUOTED = "Hello\n\nOn 3 Jan 2022, at 10:05, Anna wrote:\n> Shall we?"

RULES: tuple[Rule, ...] = (
    Rule(
        "attribution",
        "quote",
        "One to four lines that say who wrote what follows, and when; also glued to own text.",
        "Gmail, Apple Mail, Outlook, Thunderbird, Yahoo, Lotus Notes, mail.ru, Yandex, NetEase, "
        "Proton Mail, Zoho, Horde, Mutt, Gnus; in other languages by date, time and address",
        _MANY,
        _QUOTED,
    ),
    Rule(
        "quote",
        "quote",
        'Lines that start with ">", but for code, a comparison and a lone introduced saying.',
        "all",
        (),
        _QUOTED,
    ),
    Rule(
        "quote-below",
        "quote",
        "All below an attribution that no marked line follows.",
        "Outlook, Gmail and Apple Mail where HTML was made text",
        (),
        "Hello\n\nOn 3 Jan 2022, at 10:05, Anna wrote:\n\nShall we?",
    ),
    Rule(
        "quote-indented",
        "quote",
        "An indented block below an attribution at the top, with text below that is not.",
        "Outlook, Lotus Notes",
        (),
        "On 3 Jan 2022, at 10:05, Anna wrote:\n\n    Shall we?\n\nYes.",
    ),
    Rule(
        "quote-initials",
        "quote",
        'Lines that start with initials or a name and ">".',
        "The Bat!, Gnus with Supercite",
        (),
        "Monday, January 3, 2022, 10:05:12 AM, you wrote:\n\nAE> Shall we?\nAE> Or not?\n\nYes.",
    ),
    Rule(
        "quote-bar",
        "quote",
        'Lines that start with "|" below an attribution.',
        "Pine, Emacs",
        (),
        "On 1/3/22 10:05 AM, Anna wrote:\n| Shall we?\n| Or not?\n\nYes.",
    ),
    Rule(
        "original-message",
        "quote",
        '"-----Original Message-----" and all below.',
        "Outlook, Outlook Express, Zimbra, Samsung, QQ, Daum, Naver, Seznam, Proton Mail",
        _MANY,
        "Hello\n\n-----Original Message-----\nFrom: Anna Example\nSubject: Offer\n\nShall we?",
    ),
    Rule(
        "header-block",
        "quote",
        "Two or more labels of a mail's header, with the ruler above, and all below.",
        "Outlook, Exchange, GMX, Foxmail, Orange",
        _MANY,
        "Hello\n\nFrom: Anna <anna@example.com>\nSent: 3 January 2022 10:05\nTo: Ben\n"
        "Subject: Offer\n\nShall we?",
    ),
    Rule(
        "header-shape",
        "quote",
        "Three or more lines of a word, a colon and a value, one of them with an address and one "
        "with a date and time, and all below.",
        "any, in languages whose labels are not known",
        (),
        "Hello\n\nOddi wrth: Anna <anna@example.com>\nAnfonwyd: 03 Ionawr 2022 10:05\n"
        "At: ben@example.com\nPwnc: Cynnig\n\nShall we?",
    ),
    Rule(
        "notes-header",
        "quote",
        "A name, a date, and labels on lines of their own, and all below.",
        "Lotus Notes",
        _MANY,
        "Hello\n\nAnna Example/Berlin/Example\n03/01/2022 10:05 AM\n\nTo\nBen Example\ncc\n\n"
        "Subject\nOffer\n\nShall we?",
    ),
    Rule(
        "forwarded",
        "forward",
        '"---------- Forwarded message ---------", "Begin forwarded message:", and all below.',
        "Gmail, Apple Mail, Thunderbird, Yahoo, mail.ru, NetEase",
        _MANY,
        "FYI\n\n---------- Forwarded message ---------\nFrom: Anna <anna@example.com>\n\nShall we?",
    ),
    Rule(
        "reply-above-line",
        "quote",
        "A line above which one shall answer, and all below.",
        "Zendesk, Freshdesk, Jira, Basecamp",
        _codes("en de fr es pt it nl ru pl sv da no zh ja"),
        "Hello\n\n##- Please type your reply above this line -##\n\nYour request was updated.",
    ),
    Rule(
        "scrubbed",
        "footer",
        "Attachments that a list's archive wrote into the text, and all below.",
        "Mailman's archives",
        (),
        "Hello\n-------------- next part --------------\nprint('x')",
    ),
    Rule(
        "banner",
        "footer",
        "A warning on top that a mail came from outside.",
        "mail gateways, Microsoft 365",
        _LEGAL,
        "CAUTION: This email originated from outside. Do not click links.\n\nHello",
    ),
    Rule(
        "mobile",
        "footer",
        "A line that says from which device or app a mail was sent.",
        "iPhone, Android, Samsung, BlackBerry, Outlook, Yahoo, Proton Mail, Windows Mail",
        _MANY,
        "Hello\n\nSent from my iPhone",
    ),
    Rule(
        "list",
        "footer",
        "What mailing lists, groups and code hosts add below, and invitations to meetings.",
        "Mailman, Google Groups, Yahoo Groups, LISTSERV, GitHub, Teams",
        _codes("en de fr es pt it nl ru uk pl sv da tr zh ja ko"),
        "Hello\n_______________________________________________\nexample mailing list\n"
        "example@lists.example.org",
    ),
    Rule(
        "notice",
        "footer",
        "Notices of virus scanners, of free mail services, and about paper.",
        "Avast, AVG, GMX, Yahoo",
        _LEGAL,
        "Hello\n\nPlease consider the environment before printing this email.",
    ),
    Rule(
        "disclaimer",
        "footer",
        "Paragraphs that say three or more of eleven things that disclaimers say.",
        "companies",
        _LEGAL,
        "Hello\n\nThis e-mail is confidential and intended for the addressee only. If you are not "
        "the intended recipient, please delete it.",
    ),
    Rule(
        "armour",
        "footer",
        "What OpenPGP puts around a signed text, and its signature.",
        "GnuPG, Enigmail, Mailvelope",
        (),
        "Hello\n-----BEGIN PGP SIGNATURE-----\n\nabcd\n=abcd\n-----END PGP SIGNATURE-----",
    ),
    Rule(
        "ruler",
        "footer",
        "A ruler between what is cut.",
        "all",
        (),
        "Hello\n\n---\nPlease consider the environment before printing this email.",
    ),
    Rule(
        "signature-delimiter",
        "signature",
        'What stands below "-- " (RFC 3676, section 4.3), "--", or a ruler with contacts below.',
        "all",
        (),
        "Hello\n\n-- \nAnna Example\nExample Ltd",
    ),
    Rule(
        "signature-block",
        "signature",
        "Titles, companies and contacts below a sign-off and a name, which stay.",
        "all",
        _MANY,
        "Hello\n\nBest regards,\nAnna Example\nHead of Sales\nTel: +44 20 7946 0000",
    ),
    Rule(
        "signature-contacts",
        "signature",
        "A last paragraph of a name and two or more contacts, without a sign-off.",
        "all",
        (),
        "Hello, this is fine.\n\nAnna Example\nanna@example.com\n+44 20 7946 0000",
    ),
    Rule(
        "signature-learned",
        "signature",
        "Lines at the end that end at least five own texts of the same person.",
        "all",
        (),
        "",
    ),
)
