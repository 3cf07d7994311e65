"""Words that end a mail: sign-offs, and what stands in the block of a signature."""

from __future__ import annotations

import re

# A sign-off and the name below it are how a person writes: they stay.
SIGN_OFFS: dict[str, str] = {
    "en": (
        r"(?:with\s+)?(?:many\s+|my\s+|very\s+)?(?:best|kind|kindest|warm|"
        r"warmest|sincere|fond|friendly)(?:\s+(?:and\s+\w+\s+)?(?:regards?|"
        r"wishes|greetings))?|regards|rgds|brgds|best\s+rgds|all\s+(?:the\s+)?(?:my\s+)?best|"
        r"cheers|thanks?(?:\s+you)?(?:\s+(?:very|so)\s+much|\s+a\s+(?:lot|"
        r"million|bunch)|\s+again|\s+in\s+advance|\s+and\s+(?:\w+\s+)?regards|"
        r"\s*&\s*(?:\w+\s+)?regards|\s+for\s+your\s+(?:help|time|support|"
        r"understanding|attention|consideration))*|many\s+thanks|"
        r"(?:yours?\s+)?(?:very\s+)?(?:sincerely|truly|faithfully|respectfully|"
        r"cordially)(?:\s+yours)?|yours|love|lots\s+of\s+love|take\s+care|"
        r"xo+(?:xo+)?|hugs|br|kr|wr|thx|tnx|ta|talk\s+soon|see\s+you(?:\s+soon)?|"
        r"speak\s+soon|have\s+a\s+(?:nice|great|good|lovely)\s+(?:day|"
        r"weekend|week|evening|one)|warmly|appreciatively|gratefully|hope\s+(?:this|"
        r"that)\s+helps|greetings"
    ),
    ("de"): (
        r"(?:mit\s+)?(?:den\s+)?(?:\w+\s+)?(?:freundliche[nm]?|viele[nm]?|"
        r"liebe[nm]?|beste[nm]?|schöne[nm]?|herzliche[nm]?|sonnige[nm]?|"
        r"kollegiale[nm]?|nette[nm]?)\s+(?:gr(?:ü|u|ue)(?:ß|ss)(?:e|en)?)(?:\s+(?:aus|"
        r"und)\s+\w+)?|gru(?:ß|ss)|grü(?:ß|ss)e|beste\s+grüße|lg|vg|mfg|"
        r"bg|glg|hg|mit\s+besten\s+empfehlungen|hochachtungsvoll|danke(?:\s+\w+)?|"
        r"vielen\s+dank(?:\s+(?:im\s+voraus|und\s+.{1,30}))?|besten\s+dank|"
        r"bis\s+(?:bald|dann|später|morgen)|tschüss|servus|schönen\s+(?:tag|"
        r"abend)(?:\s+noch)?|schönes\s+wochenende|alles\s+gute|dein|deine|"
        r"euer|eure|ihr|ihre"
    ),
    ("fr"): (
        r"(?:bien\s+)?(?:cordialement|amicalement|sincèrement|respectueusement)(?:\s+vôtre)?|"
        r"bien\s+à\s+(?:vous|toi)|cdlt|cdt|(?:meilleures|sincères|cordiales)\s+salutations|"
        r"salutations(?:\s+\w+)?|bonne\s+(?:journée|soirée|réception)|"
        r"merci(?:\s+(?:beaucoup|d['’]avance|par\s+avance|encore|à\s+vous|"
        r"et\s+.{1,30}))?|bises|bisous|je\s+t['’]embrasse|à\s+(?:bientôt|"
        r"plus|demain|très\s+vite)|a\+"
    ),
    ("es"): (
        r"(?:muchos\s+|un\s+(?:cordial\s+)?|reciba\s+un\s+(?:cordial\s+)?)?saludos?(?:\s+(?:cordial(?:es)?|"
        r"atentos?))?|atentamente|atte|cordialmente|(?:un\s+(?:fuerte\s+)?)?abrazos?|"
        r"besos|(?:muchas\s+)?gracias(?:\s+(?:de\s+antemano|por\s+todo|"
        r"y\s+saludos))?|hasta\s+(?:pronto|luego|mañana)|que\s+tengas?\s+(?:un\s+)?buen\s+día"
    ),
    ("pt"): (
        r"atenciosamente|att|(?:com\s+os\s+)?(?:melhores\s+|cordiais\s+)?(?:cumprimentos|"
        r"saudações)|cordialmente|(?:um\s+|grande\s+|forte\s+)*abraços?|"
        r"abs|beijos?|bjs|(?:muito\s+)?obrigad[oa](?:\s+desde\s+já)?|grat[oa]|"
        r"até\s+(?:logo|breve|amanhã)"
    ),
    ("it"): (
        r"(?:cordiali|distinti|cari|i\s+miei\s+migliori|i\s+migliori)\s+saluti|"
        r"saluti(?:\s+\w+)?|un\s+(?:caro\s+)?saluto|cordialmente|(?:mille\s+)?grazie(?:\s+(?:mille|"
        r"e\s+.{1,30}|ancora|in\s+anticipo))?|a\s+presto|(?:un\s+)?abbracc(?:io|"
        r"i)|ciao|buona\s+(?:giornata|serata)|buon\s+lavoro"
    ),
    ("nl"): (
        r"(?:met\s+)?(?:vriendelijke|hartelijke|beste|warme|zonnige)\s+groet(?:en|"
        r"jes)?|(?:veel\s+|lieve\s+)?groet(?:en|jes)?|gr|mvg|(?:alvast\s+|"
        r"hartelijk\s+)?(?:bedankt|dank)(?:\s+(?:alvast|je|u)(?:\s+wel)?)?|"
        r"hoogachtend|tot\s+(?:snel|gauw|morgen|dan)|fijne\s+(?:dag|avond)|"
        r"liefs"
    ),
    ("ru"): (
        r"с\s+(?:уважением|наилучшими\s+пожеланиями|любовью|приветом)|"
        r"всего\s+(?:доброго|хорошего|наилучшего)|спасибо(?:\s+(?:большое|"
        r"заранее|за\s+\w+))?|(?:заранее\s+)?(?:спасибо|благодарю)|до\s+(?:свидания|"
        r"встречи)|удачи|целую|обнимаю|хорошего\s+дня"
    ),
    "uk": r"з\s+(?:повагою|найкращими\s+побажаннями)|дякую(?:\s+\w+)?|гарного\s+дня|до\s+зустрічі",
    ("pl"): (
        r"(?:serdecznie\s+|gorąco\s+)?pozdrawiam(?:\s+serdecznie)?|z\s+(?:poważaniem|"
        r"wyrazami\s+szacunku|pozdrowieniami|serdecznymi\s+pozdrowieniami|"
        r"powazaniem)|pozdro(?:wienia)?|pzdr|dziękuję|dzięki|(?:z\s+góry\s+)?dziękuję|"
        r"miłego\s+dnia|do\s+zobaczenia"
    ),
    ("sv"): (
        r"(?:med\s+)?(?:vänlig(?:a)?|bästa|varma|hjärtliga)\s+hälsning(?:ar)?|"
        r"hälsningar|mvh|vänligen|hälsar|(?:stort\s+)?tack(?:\s+(?:på\s+förhand|"
        r"så\s+mycket))?|vi\s+ses|kram(?:ar)?|ha\s+det\s+(?:bra|gott)"
    ),
    ("da no"): (
        r"(?:med\s+)?(?:venlig|vennlig|bedste|beste|kærlig|kjærlig|de\s+bedste|"
        r"mange)\s+(?:hilsen|hilsner|hilsener)|(?:de\s+bedste\s+)?(?:hilsen|"
        r"hilsner)|mvh|vh|kh|dbh|(?:mange\s+|på\s+forhånd\s+|tusen\s+|"
        r"tusind\s+)?(?:tak|takk)(?:\s+for\s+\w+)?|vi\s+ses|ha\s+det(?:\s+bra)?|"
        r"knus|klem"
    ),
    ("fi"): (
        r"(?:ystävällisin|parhain|lämpimin|terveisin|hyvin)\s*(?:terveisin|"
        r"terveisiä)?|terv|t|kiitos(?:\s+\w+)?|kiittäen|yst\.?\s*terv|"
        r"mukavaa\s+päivää"
    ),
    ("cs sk"): (
        r"s\s+(?:pozdravem|pozdravom|přátelským\s+pozdravem|úctou|přáním\s+\w+\s+\w+)|"
        r"(?:předem\s+)?děkuji|díky(?:\s+moc)?|ďakujem|vďaka|hezký\s+den|"
        r"pekný\s+deň|zdraví|mějte\s+se"
    ),
    ("hu"): (
        r"(?:szívélyes\s+)?üdvözlettel|üdv(?:özlettel|özlet)?|tisztelettel|"
        r"köszönettel|(?:előre\s+is\s+)?köszön(?:öm|jük)|kösz(?:i)?|szép\s+napot|"
        r"puszi|barátsággal"
    ),
    ("tr"): (
        r"saygılar(?:ımla|ımızla)?|(?:en\s+)?(?:iyi\s+)?(?:çalışmalar|"
        r"dilekler(?:imle)?)|sevgiler(?:imle)?|selamlar|teşekkür(?:ler|"
        r"\s+ederim)|görüşmek\s+üzere|hoşça\s?kalın|kolay\s+gelsin"
    ),
    ("ro"): (
        r"cu\s+(?:stim[aă]|respect|drag|prietenie|deosebită\s+\w+)|(?:vă\s+)?mul[tț]umesc|"
        r"(?:o\s+)?zi\s+(?:bun[ăa]|frumoas[ăa])|numai\s+bine|salut[aă]ri|"
        r"cordial|pe\s+curând"
    ),
    ("el"): (
        r"(?:με\s+)?(?:εκτίμηση|φιλικ(?:ά|ούς\s+χαιρετισμούς)|τιμή)|φιλικά|"
        r"ευχαριστώ(?:\s+\w+)?|χαιρετισμούς|καλή\s+συνέχεια|τα\s+λέμε"
    ),
    "he": r"בברכה|תודה(?:\s+רבה)?|בכבוד\s+רב|יום\s+טוב|להתראות",
    ("ar"): (
        r"(?:مع\s+)?(?:أطيب\s+|خالص\s+|فائق\s+)?(?:التحيات|تحياتي|التحية|"
        r"تحيات|الاحترام|الشكر)(?:\s+\S+){0,2}|شكر[اًا]+(?:\s+\S+){0,2}|"
        r"وتفضلوا\s+.{1,40}"
    ),
    "id": r"salam(?:\s+\w+)?|hormat\s+(?:kami|saya)|terima\s+kasih(?:\s+banyak)?|sampai\s+jumpa",
    ("vi"): (
        r"(?:trân\s+trọng|thân(?:\s+(?:mến|ái|gửi))?|kính\s+thư|cảm\s+ơn(?:\s+\w+)*|"
        r"xin\s+cảm\s+ơn|kính\s+chào|mến)"
    ),
    ("ca"): (
        r"(?:salutacions|salut|cordialment|atentament|gràcies|moltes\s+gràcies|"
        r"una\s+abraçada|records|fins\s+aviat|merci)(?:\s+cordials)?"
    ),
    ("hr sl"): (
        r"(?:lijep|srdačan|lep|s)\s+pozdrav(?:om)?|pozdrav|lp|hvala(?:\s+lepa)?|"
        r"s\s+poštovanjem|s\s+štovanjem"
    ),
    ("zh"): (
        r"此致|敬礼|敬禮|祝好|祝您?(?:工作|生活)?(?:顺利|愉快|順利|好)?|"
        r"顺颂商祺|順頌商祺|谢谢|謝謝|多谢|感谢|此致\s*敬礼|商祺|安好|"
        r"敬上|顺祝.{0,6}|祝.{1,6}"
    ),
    ("ja"): (
        r"(?:どうぞ)?(?:宜しく|よろしく)(?:お願い.{0,10})?|以上(?:.{0,16}お願い.{0,10})?|"
        r"敬具|草々|ありがとうございま(?:す|した)|失礼(?:いた)?します|"
        r"取り急ぎ.{0,12}"
    ),
    ("ko"): (
        r"감사합니다|감사드립니다|고맙습니다|수고하세요|.{1,8}\s?(?:드림|"
        r"올림|배상)|안녕히\s?계세요|그럼\s?이만"
    ),
}
SIGN_OFF = re.compile(
    (
        rf"[\s*_~/–—-]{{0,3}}(?P<words>{'|'.join(SIGN_OFFS.values())})(?P<rest>[\s/,.!;:~–—！，。、～-].{{0,40}}|"
        rf"\s*)$"
    ),
    re.IGNORECASE,
)


def _words(words: str) -> frozenset[str]:
    """Return words parted by blanks; `_` stands for a blank."""
    return frozenset(word.replace("_", " ") for word in words.split())


# The first three letters of every sign-off in ASCII, and the short ones: to look a line up in them
# costs a fiftieth of trying the phrases. Tests hold texts that `SIGN_OFF` matches against them.
_FIRST = _words(
    """
a__ a_p abb abr abs all alv ami app ate att bar bed bei bes bie bis bjs bon brg buo car
cdl cdt che cia com cor cu_ cum dan dbh de_ dei den dil dis do_ dzi en_ eue eur fai fij
fin fon for fre fri glg gor gra gre gro gru ha_ har has hav her hez hil hoc hoo hop hor
hug hva hyv i__ i_m ihr iyi je_ kii kin kle knu kol kra lep lie lij lot lov man med mei
mel mer met mfg mil mit mol muc mui muk mul mvg mvh my_ net num o__ o_z obr par pe_ pek
poz pus pzd que rec reg res rgd s__ s_p sal sam sau say sch see sel ser sev sin son spe
srd sto tac tak tal ter tha thx tis tnx tot tru tsc tus um_ un_ una var vee ven ver vi_
vie vri war wit xin xoo xox you yst z__ z_g z_p z_s z_w zdr zi_ zon
"""
)
_LEAD = " \t\n\r\v\f\x1c\x1d\x1e\x1f*_~/-"
_SHORT = _words("a+ bg br gr hg kh kr lg lp ta vg vh wr xo")


def sign_off(line: str) -> re.Match[str] | None:
    """Return how a line reads as a sign-off, None where it is none.

    Args:
        line: A line, or the rest of one.

    Returns:
        The match of `SIGN_OFF`.
    """
    if line.isascii():
        head = line.lstrip(_LEAD)[:3].lower()
        short = head[:1] == "t" and not head[1:2].isalnum()
        short |= head[:2] in _SHORT and not head[2:].isalnum()
        known = head in _FIRST or short or not head.isprintable()
        if not known and "gr" not in line.lower():
            return None
    return SIGN_OFF.match(line)


PHONE = re.compile(r"(?<![\w/=?#-])[+(]{0,2}\d(?:[\s().\-/·–]{0,3}\d){6,14}(?!\w)")
_LABELS = (
    r"tel|telefon\w*|telephone|téléphone|teléfono|telefone|phone|ph|"
    r"mobile?|mob|cell(?:ular)?|fax|direct|office|desk|handy|durchwahl|"
    r"tél|fixe|portable|móvil|movil|celular|telemóvel|cellulare|tel/fax|"
    r"тел|телефон|моб|мобильный|факс|kom|komórka|puh|gsm|电话|手机|"
    r"傳真|传真|電話|手機|携帯|직통|전화|휴대폰|핸드폰|tlf|τηλ|κιν|"
    r"טלפון|נייד|هاتف|جوال|điện\s+thoại|đt|hp|whatsapp"
)
_SITES = (
    r"skype|icq|e-?mail|mail|web|website|site|internet|url|home\s?page|"
    r"邮箱|邮件|網址|网址|メール|이메일|linkedin|twitter|facebook|"
    r"instagram|blog"
)
PHONE_LABEL = re.compile(
    rf"(?<!\w)(?:{_LABELS})\.?\s?[:：.|)]?\s?[+(\d]|(?<!\w)(?:{_LABELS}|{_SITES})\s?[:：]\s?\S|"
    r"(?<![\w'’])[tmfpdocTMFPDOC]\s?[:：.|)]\s?[+(]?\d|(?<![\w'’])[TMFP]\s[+(]?\d\d|"
    r"(?<![\w'’])[weWE]\s?[:：]\s?\S{4}",
    re.IGNORECASE,
)
LINK = re.compile(
    (
        r"https?://|www\.|(?<!\S)[\w-]{2,40}\.(?:com|org|net|de|fr|es|"
        r"it|nl|ru|cn|jp|uk|co\.uk|com\.br|br|pt|pl|se|dk|no|fi|ch|at|"
        r"be|eu|io|dev|edu|gov|info|biz|us|ca|au|kr|tw|vn|tr|gr|ua|cz|"
        r"hu|ro|il|example)(?:/\S*)?(?!\S)"
    ),
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
PLACE = re.compile(
    r"(?<!\d)\d{4,6}\s+[^\W\d_]|〒|\d{3}-\d{4}\s|[^\W\d_]{2,}(?:straße|"
    r"strasse|str\.|gasse|weg|platz|allee|straat|laan|vägen|gatan|"
    r"gade|vej|katu|tie|utca)\s?\d|\d+\s?,?\s(?:rue|avenue|bd|boulevard|"
    r"place)\s|"
    r"(?<!\w)(?:rue|avenue|calle|avenida|av\.|via|viale|piazza|rua|"
    r"ul\.|ulica|улица|ул\.|вул\.|street|road|st\.|rd\.|ave\.?|blvd|"
    r"suite|floor|building|p\.?o\.?\s?box)(?!\w).{0,40}\d|\d+\s+(?:[^\W\d_]+\s){1,3}(?:street|"
    r"road|avenue|lane|drive|st|rd|ave|dr|ln|way|blvd|sq|square)\b|"
    r"[A-Z]{2}\s\d{5}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}",
    re.IGNORECASE,
)
COMPANY = re.compile(
    r"(?<!\w)(?:gmbh|mbh|ag|kg|e\.?\s?v\.|inc|incorporated|ltd|limited|"
    r"llc|llp|plc|corp|corporation|s\.?a\.?s?|sarl|sas|s\.?r\.?l|s\.?p\.?a|"
    r"s\.?l|ltda|lda|b\.?v|n\.?v|oy|ab|a/s|aps|as|asa|sp\.\s?z\s?o\.?o|"
    r"s\.?r\.?o|kft|zrt|a\.?ş|pty|pte|ооо|оао|зао|тов|university|universität|"
    r"université|universidad|università|universiteit|universitet|institut\w*|"
    r"department|dept|abteilung|college|school|co\.)(?!\w)\.?|"
    r"有限公司|股份|株式会社|㈱|주식회사|大学|大學|公司",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"(?<!\w)(?:manager\w*|director\w*|engineer|developer|consultant|"
    r"president|ceo|cto|cfo|coo|cio|founder|co-founder|partner|head\s+of|"
    r"chief|officer|assistant|analyst|architect|professor|prof|ph\.?\s?d|"
    r"m\.?sc|mba|lecturer|researcher|coordinator|specialist|representative|"
    r"associate|attorney|lawyer|editor|designer|administrator|sales|"
    r"marketing|team\s*lead\w*|team|support|"
    r"leiter(?:in)?|geschäftsführer(?:in)?|projektleiter(?:in)?|vertrieb\w*|"
    r"referent(?:in)?|sachbearbeiter(?:in)?|assistenz|vorstand|berater(?:in)?|"
    r"entwickler(?:in)?|ingenieur(?:in)?|directeur|directrice|responsable|"
    r"chargée?|chef|ingénieur|gérant|consultante?|gerente|directora?|"
    r"jefe|ingeniero|coordinadora?|responsabile|direttore|direttrice|"
    r"ingegnere|amministratore|gerent|diretora?|engenheir[oa]|coordenadora?|"
    r"analista|"
    r"directeur|medewerker|adviseur|beheerder|projectleider|директор|"
    r"менеджер|инженер|руководитель|специалист|начальник|разработчик|"
    r"kierownik|dyrektor|specjalista|inżynier|chef|projektledare|ingenjör|"
    r"säljare|projektleder|konsulent|johtaja|päällikkö|ředitel|vedoucí|"
    r"obchodní|ügyvezető|igazgató|müdür\w*|mühendis\w*|uzman\w*|διευθυντ\w+|"
    r"经理|总监|工程师|主任|部長|課長|係長|担当|営業部|部|팀장|과장|"
    r"부장|대리|사원|팀)(?!\w)",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(
    (
        r"\s{0,3}(?:p\.?\s?p?\.?\s?s\.?|ps|ps2|n\.?b\.?|edit|update|з\.ы\.|"
        r"p\.d\.|pd|附|又及|追伸|추신)\s?[.:：)\-–]"
    ),
    re.IGNORECASE,
)
NAME = re.compile(
    r"[\s*_~/–—-]{0,4}[\"'“(]?(?:[^\W\d_][\w.'’‑-]{0,24}[,.]?)(?:\s(?:[^\W\d_][\w.'’‑-]{0,24}|"
    r"\([^()]{1,24}\)|&)[,.]?){0,4}[\s*_)\"”'.!,]{0,4}$"
)
