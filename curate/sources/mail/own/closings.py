"""Words that end a mail: sign-offs, and what stands in the block of a signature."""

from __future__ import annotations

import re

# A sign-off and the name below it are how a person writes: they stay.
SIGN_OFFS: dict[str, str] = {
    "en": (
        r"(?:with\s+)?(?:many\s+|my\s+|very\s+)?(?:best|kind|kindest|warm|warmest|sincere|fond|friendly)(?:\s+(?:and\s+\w+\s+)?(?:regards?|wishes|greetings))?|regards|rgds|brgds|best\s+rgds|all\s+(?:the\s+)?(?:my\s+)?best|cheers|thanks?(?:\s+you)?(?:\s+(?:very|so)\s+much|\s+a\s+(?:lot|million|bunch)|\s+again|\s+in\s+advance|\s+and\s+(?:\w+\s+)?regards|\s*&\s*(?:\w+\s+)?regards|\s+for\s+your\s+(?:help|time|support|understanding|attention|consideration))*|many\s+thanks|"
        r"(?:yours?\s+)?(?:very\s+)?(?:sincerely|truly|faithfully|respectfully|cordially)(?:\s+yours)?|yours|love|lots\s+of\s+love|take\s+care|xo+(?:xo+)?|hugs|br|kr|wr|thx|tnx|ta|talk\s+soon|see\s+you(?:\s+soon)?|speak\s+soon|have\s+a\s+(?:nice|great|good|lovely)\s+(?:day|weekend|week|evening|one)|warmly|appreciatively|gratefully|hope\s+(?:this|that)\s+helps|greetings"
    ),
    "de": r"(?:mit\s+)?(?:den\s+)?(?:\w+\s+)?(?:freundliche[nm]?|viele[nm]?|liebe[nm]?|beste[nm]?|schöne[nm]?|herzliche[nm]?|sonnige[nm]?|kollegiale[nm]?|nette[nm]?)\s+(?:gr(?:ü|u|ue)(?:ß|ss)(?:e|en)?)(?:\s+(?:aus|und)\s+\w+)?|gru(?:ß|ss)|grü(?:ß|ss)e|beste\s+grüße|lg|vg|mfg|bg|glg|hg|mit\s+besten\s+empfehlungen|hochachtungsvoll|danke(?:\s+\w+)?|vielen\s+dank(?:\s+(?:im\s+voraus|und\s+.{1,30}))?|besten\s+dank|bis\s+(?:bald|dann|später|morgen)|tschüss|servus|schönen\s+(?:tag|abend)(?:\s+noch)?|schönes\s+wochenende|alles\s+gute|dein|deine|euer|eure|ihr|ihre",
    "fr": r"(?:bien\s+)?(?:cordialement|amicalement|sincèrement|respectueusement)(?:\s+vôtre)?|bien\s+à\s+(?:vous|toi)|cdlt|cdt|(?:meilleures|sincères|cordiales)\s+salutations|salutations(?:\s+\w+)?|bonne\s+(?:journée|soirée|réception)|merci(?:\s+(?:beaucoup|d['’]avance|par\s+avance|encore|à\s+vous|et\s+.{1,30}))?|bises|bisous|je\s+t['’]embrasse|à\s+(?:bientôt|plus|demain|très\s+vite)|a\+",
    "es": r"(?:muchos\s+|un\s+(?:cordial\s+)?|reciba\s+un\s+(?:cordial\s+)?)?saludos?(?:\s+(?:cordial(?:es)?|atentos?))?|atentamente|atte|cordialmente|(?:un\s+(?:fuerte\s+)?)?abrazos?|besos|(?:muchas\s+)?gracias(?:\s+(?:de\s+antemano|por\s+todo|y\s+saludos))?|hasta\s+(?:pronto|luego|mañana)|que\s+tengas?\s+(?:un\s+)?buen\s+día",
    "pt": r"atenciosamente|att|(?:com\s+os\s+)?(?:melhores\s+|cordiais\s+)?(?:cumprimentos|saudações)|cordialmente|(?:um\s+|grande\s+|forte\s+)*abraços?|abs|beijos?|bjs|(?:muito\s+)?obrigad[oa](?:\s+desde\s+já)?|grat[oa]|até\s+(?:logo|breve|amanhã)",
    "it": r"(?:cordiali|distinti|cari|i\s+miei\s+migliori|i\s+migliori)\s+saluti|saluti(?:\s+\w+)?|un\s+(?:caro\s+)?saluto|cordialmente|(?:mille\s+)?grazie(?:\s+(?:mille|e\s+.{1,30}|ancora|in\s+anticipo))?|a\s+presto|(?:un\s+)?abbracc(?:io|i)|ciao|buona\s+(?:giornata|serata)|buon\s+lavoro",
    "nl": r"(?:met\s+)?(?:vriendelijke|hartelijke|beste|warme|zonnige)\s+groet(?:en|jes)?|(?:veel\s+|lieve\s+)?groet(?:en|jes)?|gr|mvg|(?:alvast\s+|hartelijk\s+)?(?:bedankt|dank)(?:\s+(?:alvast|je|u)(?:\s+wel)?)?|hoogachtend|tot\s+(?:snel|gauw|morgen|dan)|fijne\s+(?:dag|avond)|liefs",
    "ru": r"с\s+(?:уважением|наилучшими\s+пожеланиями|любовью|приветом)|всего\s+(?:доброго|хорошего|наилучшего)|спасибо(?:\s+(?:большое|заранее|за\s+\w+))?|(?:заранее\s+)?(?:спасибо|благодарю)|до\s+(?:свидания|встречи)|удачи|целую|обнимаю|хорошего\s+дня",
    "uk": r"з\s+(?:повагою|найкращими\s+побажаннями)|дякую(?:\s+\w+)?|гарного\s+дня|до\s+зустрічі",
    "pl": r"(?:serdecznie\s+|gorąco\s+)?pozdrawiam(?:\s+serdecznie)?|z\s+(?:poważaniem|wyrazami\s+szacunku|pozdrowieniami|serdecznymi\s+pozdrowieniami|powazaniem)|pozdro(?:wienia)?|pzdr|dziękuję|dzięki|(?:z\s+góry\s+)?dziękuję|miłego\s+dnia|do\s+zobaczenia",
    "sv": r"(?:med\s+)?(?:vänlig(?:a)?|bästa|varma|hjärtliga)\s+hälsning(?:ar)?|hälsningar|mvh|vänligen|hälsar|(?:stort\s+)?tack(?:\s+(?:på\s+förhand|så\s+mycket))?|vi\s+ses|kram(?:ar)?|ha\s+det\s+(?:bra|gott)",
    "da no": r"(?:med\s+)?(?:venlig|vennlig|bedste|beste|kærlig|kjærlig|de\s+bedste|mange)\s+(?:hilsen|hilsner|hilsener)|(?:de\s+bedste\s+)?(?:hilsen|hilsner)|mvh|vh|kh|dbh|(?:mange\s+|på\s+forhånd\s+|tusen\s+|tusind\s+)?(?:tak|takk)(?:\s+for\s+\w+)?|vi\s+ses|ha\s+det(?:\s+bra)?|knus|klem",
    "fi": r"(?:ystävällisin|parhain|lämpimin|terveisin|hyvin)\s*(?:terveisin|terveisiä)?|terv|t|kiitos(?:\s+\w+)?|kiittäen|yst\.?\s*terv|mukavaa\s+päivää",
    "cs sk": r"s\s+(?:pozdravem|pozdravom|přátelským\s+pozdravem|úctou|přáním\s+\w+\s+\w+)|(?:předem\s+)?děkuji|díky(?:\s+moc)?|ďakujem|vďaka|hezký\s+den|pekný\s+deň|zdraví|mějte\s+se",
    "hu": r"(?:szívélyes\s+)?üdvözlettel|üdv(?:özlettel|özlet)?|tisztelettel|köszönettel|(?:előre\s+is\s+)?köszön(?:öm|jük)|kösz(?:i)?|szép\s+napot|puszi|barátsággal",
    "tr": r"saygılar(?:ımla|ımızla)?|(?:en\s+)?(?:iyi\s+)?(?:çalışmalar|dilekler(?:imle)?)|sevgiler(?:imle)?|selamlar|teşekkür(?:ler|\s+ederim)|görüşmek\s+üzere|hoşça\s?kalın|kolay\s+gelsin",
    "ro": r"cu\s+(?:stim[aă]|respect|drag|prietenie|deosebită\s+\w+)|(?:vă\s+)?mul[tț]umesc|(?:o\s+)?zi\s+(?:bun[ăa]|frumoas[ăa])|numai\s+bine|salut[aă]ri|cordial|pe\s+curând",
    "el": r"(?:με\s+)?(?:εκτίμηση|φιλικ(?:ά|ούς\s+χαιρετισμούς)|τιμή)|φιλικά|ευχαριστώ(?:\s+\w+)?|χαιρετισμούς|καλή\s+συνέχεια|τα\s+λέμε",
    "he": r"בברכה|תודה(?:\s+רבה)?|בכבוד\s+רב|יום\s+טוב|להתראות",
    "ar": r"(?:مع\s+)?(?:أطيب\s+|خالص\s+|فائق\s+)?(?:التحيات|تحياتي|التحية|تحيات|الاحترام|الشكر)(?:\s+\S+){0,2}|شكر[اًا]+(?:\s+\S+){0,2}|وتفضلوا\s+.{1,40}",
    "id": r"salam(?:\s+\w+)?|hormat\s+(?:kami|saya)|terima\s+kasih(?:\s+banyak)?|sampai\s+jumpa",
    "vi": r"(?:trân\s+trọng|thân(?:\s+(?:mến|ái|gửi))?|kính\s+thư|cảm\s+ơn(?:\s+\w+)*|xin\s+cảm\s+ơn|kính\s+chào|mến)",
    "ca": r"(?:salutacions|salut|cordialment|atentament|gràcies|moltes\s+gràcies|una\s+abraçada|records|fins\s+aviat|merci)(?:\s+cordials)?",
    "hr sl": r"(?:lijep|srdačan|lep|s)\s+pozdrav(?:om)?|pozdrav|lp|hvala(?:\s+lepa)?|s\s+poštovanjem|s\s+štovanjem",
    "zh": r"此致|敬礼|敬禮|祝好|祝您?(?:工作|生活)?(?:顺利|愉快|順利|好)?|顺颂商祺|順頌商祺|谢谢|謝謝|多谢|感谢|此致\s*敬礼|商祺|安好|敬上|顺祝.{0,6}|祝.{1,6}",
    "ja": r"(?:どうぞ)?(?:宜しく|よろしく)(?:お願い.{0,10})?|以上(?:.{0,16}お願い.{0,10})?|敬具|草々|ありがとうございま(?:す|した)|失礼(?:いた)?します|取り急ぎ.{0,12}",
    "ko": r"감사합니다|감사드립니다|고맙습니다|수고하세요|.{1,8}\s?(?:드림|올림|배상)|안녕히\s?계세요|그럼\s?이만",
}
SIGN_OFF = re.compile(
    rf"[\s*_~/–—-]{{0,3}}(?P<words>{'|'.join(SIGN_OFFS.values())})(?P<rest>[\s,.!;:~–—！，。、～-].{{0,40}}|\s*)$", re.IGNORECASE
)

PHONE = re.compile(r"(?<![\w/=?#-])[+(]{0,2}\d(?:[\s().\-/·–]{0,3}\d){6,14}(?!\w)")
_LABELS = (
    r"tel|telefon\w*|telephone|téléphone|teléfono|telefone|phone|ph|mobile?|mob|cell(?:ular)?|fax|direct|office|desk|handy|durchwahl|tél|fixe|portable|móvil|movil|celular|telemóvel|cellulare|tel/fax|"
    r"тел|телефон|моб|мобильный|факс|kom|komórka|puh|gsm|电话|手机|傳真|传真|電話|手機|携帯|직통|전화|휴대폰|핸드폰|tlf|τηλ|κιν|טלפון|נייד|هاتف|جوال|điện\s+thoại|đt|hp|whatsapp"
)
_SITES = r"skype|icq|e-?mail|mail|web|website|site|internet|url|home\s?page|邮箱|邮件|網址|网址|メール|이메일|linkedin|twitter|facebook|instagram|blog"
PHONE_LABEL = re.compile(
    rf"(?<!\w)(?:{_LABELS})\.?\s?[:：.|)]?\s?[+(\d]|(?<!\w)(?:{_LABELS}|{_SITES})\s?[:：]\s?\S|"
    r"(?<![\w'’])[tmfpdocTMFPDOC]\s?[:：.|)]\s?[+(]?\d|(?<![\w'’])[TMFP]\s[+(]?\d\d|(?<![\w'’])[weWE]\s?[:：]\s?\S{4}",
    re.IGNORECASE,
)
LINK = re.compile(
    r"https?://|www\.|(?<!\S)[\w-]{2,40}\.(?:com|org|net|de|fr|es|it|nl|ru|cn|jp|uk|co\.uk|com\.br|br|pt|pl|se|dk|no|fi|ch|at|be|eu|io|dev|edu|gov|info|biz|us|ca|au|kr|tw|vn|tr|gr|ua|cz|hu|ro|il|example)(?:/\S*)?(?!\S)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
PLACE = re.compile(
    r"(?<!\d)\d{4,6}\s+[^\W\d_]|〒|\d{3}-\d{4}\s|[^\W\d_]{2,}(?:straße|strasse|str\.|gasse|weg|platz|allee|straat|laan|vägen|gatan|gade|vej|katu|tie|utca)\s?\d|\d+\s?,?\s(?:rue|avenue|bd|boulevard|place)\s|"
    r"(?<!\w)(?:rue|avenue|calle|avenida|av\.|via|viale|piazza|rua|ul\.|ulica|улица|ул\.|вул\.|street|road|st\.|rd\.|ave\.?|blvd|suite|floor|building|p\.?o\.?\s?box)(?!\w).{0,40}\d|\d+\s+(?:[^\W\d_]+\s){1,3}(?:street|road|avenue|lane|drive|st|rd|ave|dr|ln|way|blvd|sq|square)\b|[A-Z]{2}\s\d{5}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}",
    re.IGNORECASE,
)
COMPANY = re.compile(
    r"(?<!\w)(?:gmbh|mbh|ag|kg|e\.?\s?v\.|inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|s\.?a\.?s?|sarl|sas|s\.?r\.?l|s\.?p\.?a|s\.?l|ltda|lda|b\.?v|n\.?v|oy|ab|a/s|aps|as|asa|sp\.\s?z\s?o\.?o|s\.?r\.?o|kft|zrt|a\.?ş|pty|pte|ооо|оао|зао|тов|university|universität|université|universidad|università|universiteit|universitet|institut\w*|department|dept|abteilung|college|school|co\.)(?!\w)\.?|"
    r"有限公司|股份|株式会社|㈱|주식회사|大学|大學|公司",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"(?<!\w)(?:manager\w*|director\w*|engineer|developer|consultant|president|ceo|cto|cfo|coo|cio|founder|co-founder|partner|head\s+of|chief|officer|assistant|analyst|architect|professor|prof|ph\.?\s?d|m\.?sc|mba|lecturer|researcher|coordinator|specialist|representative|associate|attorney|lawyer|editor|designer|administrator|sales|marketing|team\s*lead\w*|team|support|"
    r"leiter(?:in)?|geschäftsführer(?:in)?|projektleiter(?:in)?|vertrieb\w*|referent(?:in)?|sachbearbeiter(?:in)?|assistenz|vorstand|berater(?:in)?|entwickler(?:in)?|ingenieur(?:in)?|directeur|directrice|responsable|chargée?|chef|ingénieur|gérant|consultante?|gerente|directora?|jefe|ingeniero|coordinadora?|responsabile|direttore|direttrice|ingegnere|amministratore|gerent|diretora?|engenheir[oa]|coordenadora?|analista|"
    r"directeur|medewerker|adviseur|beheerder|projectleider|директор|менеджер|инженер|руководитель|специалист|начальник|разработчик|kierownik|dyrektor|specjalista|inżynier|chef|projektledare|ingenjör|säljare|projektleder|konsulent|johtaja|päällikkö|ředitel|vedoucí|obchodní|ügyvezető|igazgató|müdür\w*|mühendis\w*|uzman\w*|διευθυντ\w+|经理|总监|工程师|主任|部長|課長|係長|担当|営業部|部|팀장|과장|부장|대리|사원|팀)(?!\w)",
    re.IGNORECASE,
)
POSTSCRIPT = re.compile(r"\s{0,3}(?:p\.?\s?p?\.?\s?s\.?|ps|ps2|n\.?b\.?|edit|update|з\.ы\.|p\.d\.|pd|附|又及|追伸|추신)\s?[.:：)\-–]", re.IGNORECASE)
NAME = re.compile(
    r"[\s*_~/–—-]{0,4}[\"'“(]?(?:[^\W\d_][\w.'’‑-]{0,24}[,.]?)(?:\s(?:[^\W\d_][\w.'’‑-]{0,24}|\([^()]{1,24}\)|&)[,.]?){0,4}[\s*_)\"”'.!,]{0,4}$"
)
