"""What stands around names: greetings, closings, titles, and whom a greeting names that is nobody.

Written from knowledge of the languages: English, German, French, Spanish, Portuguese, Italian,
Dutch, Swedish, Danish, Norwegian, Finnish, Polish, Czech, Turkish, Russian, Ukrainian, Greek,
Chinese, Japanese and Korean. Each entry is a piece of a pattern, compared without case.
"""

from __future__ import annotations

from curate.redaction.lexicon import words

GREETINGS = (
    # English
    r"hi(?: there)?,?|hello(?: there)?,?|hey(?: there)?,?|hiya|howdy|greetings,?|morning,?"
    r"|evening,?"
    r"|good (?:morning|afternoon|evening|day),?|my dear(?:est)?|dear(?:est)?|thanks,?|thank you,?"
    r"|many thanks,?|sorry,?|welcome,?|happy birthday,?|congratulations,?|merry christmas,?",
    # German
    r"hallo,?|moin(?: moin)?,?|servus,?|grüezi|grüß (?:dich|gott),?|guten (?:tag|morgen|abend),?"
    r"|liebe[rs]?|sehr geehrte[rs]?|geehrte[rs]?|werte[rs]?|danke,?|vielen dank,?",
    # French
    r"bonjour,?|bonsoir,?|salut,?|coucou,?|ch[eè]re?s?|mon cher|ma chère|merci,?",
    # Spanish, Portuguese
    r"hola,?|buenos días,?|buenas (?:tardes|noches),?|buenas,?|estimad[oa]s?|querid[oa]s?|gracias,?"
    r"|olá,?|oi,?|bom dia,?|boa (?:tarde|noite),?|car[oa]s?|prezad[oa]s?|car[ií]ssim[oa]"
    r"|ex\.?m[oa]\.?|obrigad[oa],?",
    # Italian
    r"ciao,?|salve,?|buongiorno,?|buonasera,?|gentil(?:e|issim[oa])|egregi[oa]|spett\.le|grazie,?",
    # Dutch, Nordic
    r"dag,?|goede(?:morgen|middag|avond|ndag),?|beste|geachte|lieve|hoi,?|bedankt,?"
    r"|hej(?: hej)?,?|hei,?|hallå,?|god (?:morgon|morgen|dag|kväll|aften),?|kära|bästa|kære|kjære"
    r"|moi,?|hyvä|terve,?|tack,?|takk,?",
    # Polish, Czech, Turkish
    r"cześć,?|witaj,?|dzień dobry,?|drog[ia]|szanown[aiy]|hejka,?|ahoj,?|dobrý den,?|mil[ýáé]"
    r"|vážen[ýáí]|merhaba,?|selam,?|sevgili|sayın|değerli|günaydın,?",
    # Russian, Ukrainian, Greek
    r"привет,?|приветствую,?|здравствуй(?:те)?,?|добрый (?:день|вечер),?|доброе утро,?"
    r"|уважаем(?:ый|ая|ые)|дорог(?:ой|ая|ие)|мил(?:ый|ая)|спасибо,?|привіт,?|вітаю,?"
    r"|доброго дня,?|шановн(?:ий|а|і)|γεια(?: σου| σας)?,?|αγαπητ(?:έ|ή|οί)|καλημέρα,?|καλησπέρα,?",
    # Chinese
    r"亲爱的|尊敬的|敬爱的|你好，?|您好，?|嗨，?|親愛的|尊敬的|致：?",
)

CLOSINGS = (
    r"(?:with )?(?:best|kind|warm|kindest|warmest|many)(?: (?:regards|wishes|thanks))?|regards"
    r"|cheers"
    r"|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|thanks(?: (?:again|a lot|so much"
    r"|and.{1,20}))?"
    r"|thank you(?: (?:so much|very much|again|in advance))?|many thanks|respectfully|cordially"
    r"|br|rgds"
    r"|yours|love|xoxo|take care|talk soon|see you(?: soon)?|all the best|best of luck|sent by"
    r"|your (?:friend|colleague)|ciao|ttyl|have a (?:great|nice|good) (?:day|weekend|one)",
    r"(?:mit )?(?:freundliche[nr]?|beste[nr]?|herzliche[nr]?|liebe[nr]?|viele[nr]?|schöne[nr]?)"
    r"(?: (?:gr(?:ü|ue)(?:ß|ss)en?|dank))?|mfg|vg|lg|hochachtungsvoll|gru(?:ß|ss)|danke(?: und"
    r" .{1,20})?"
    r"|bis (?:dann|bald|später|morgen)|dein|deine|ihr|ihre|euer|eure",
    r"(?:bien )?(?:cordialement|amicalement|sincèrement|respectueusement)(?: vôtre)?|bien à"
    r" (?:vous|toi)"
    r"|salutations(?: distinguées)?|bises|bisous|à bientôt|merci(?: d'avance| beaucoup)?|amitiés",
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|atte\.?|un abrazo|abrazos?|besos"
    r"|gracias"
    r"|muchas gracias|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|att\.?|abra[çc]os?"
    r"|beijos"
    r"|obrigad[oa]|um abraço|cordialmente",
    r"(?:cordiali|distinti|cari) saluti|cordialmente|saluti|a presto|un abbraccio|grazie(?:"
    r" mille)?|baci",
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|bedankt|liefs"
    r"|(?:med )?(?:vänliga?|venlige?|vennlige?|bästa|hjärtliga) (?:hälsning(?:ar)?"
    r"|hilsen(?:er)?)|mvh"
    r"|hälsningar|hilsen|vh|tack|takk|kram|klem|ystävällisin terveisin|terveisin|terv\.?",
    r"(?:z )?(?:poważaniem|wyrazami szacunku)|pozdrawiam(?: serdecznie)?|pozdrowienia|dzięki"
    r"|dziękuję"
    r"|s pozdravem|zdravím|(?:en )?(?:iyi|içten) (?:dileklerimle|çalışmalar)|saygılar(?:ımla)?"
    r"|sevgiler"
    r"|teşekkürler",
    r"с уважением|с наилучшими(?: пожеланиями)?|спасибо|всего доброго|до (?:встречи|свидания)"
    r"|искренне ваш|твой|твоя|целую|обнимаю|з повагою|дякую|με εκτίμηση|ευχαριστώ|χαιρετισμούς",
    r"此致(?:\s*敬礼)?|敬礼|祝好|谢谢|謝謝|敬上|您的|你的|以上、?よろしくお願いします|敬具|감사합니다|드림|올림",
)

# How the greetings, and the closings, begin where that is ASCII: three characters, or all of two.
GREETING_STARTS = frozenset(
    (  # noqa: SIM905
        "aho|bed|bes|boa|bom|bon|bue|buo|bäs|car|che|chè|cia|con|cou|cze|dag|dan|dea|değ|dob|dro"
        "|dzi|egr|est|eve|ex.|exm|gea|gee|gen|god|goe|goo|gra|gre|grü|gut|gün|hal|hap|hei|hej|hel"
        "|hey|hi|hoi|hol|how|hyv|kjæ|kär|kær|lie|ma |man|mer|mil|moi|mon|mor|my |obr|oi|olá|pre|que"
        "|sal|say|seh|sel|ser|sev|sor|spe|sza|tac|tak|ter|tha|vie|váž|wel|wer|wit"
    ).split("|")
)
CLOSING_STARTS = frozenset(
    (  # noqa: SIM905
        "a p|abr|all|ami|ate|att|bac|bed|bei|bes|bie|bis|br|bäs|car|che|cia|com|cor|cum|dan|dei|dis"
        "|dzi|en |eue|eur|fai|fre|gra|gro|gru|har|hav|her|hil|hjä|hoc|häl|ihr|iyi|içt|kin|kle|kra"
        "|lg|lie|lov|man|med|mel|mer|met|mfg|mit|muc|mvg|mvh|obr|pow|poz|reg|res|rgd|s p|sal|say"
        "|sch|see|sen|sev|sin|tac|tak|tal|ter|teş|tha|tru|tty|um |un |ven|vg|vh|vie|vri|vän|war|wit"
        "|wyr|xox|you|yst|z p|z w|zdr"
    ).split("|")
)

# Before a name, with the dot where one is written.
TITLES = (
    r"mr|mrs|ms|mx|miss|mister|dr|prof|professor|doctor|sir|madam|rev|aunt|auntie|uncle"
    r"|herrn?|frau|frl|doktor|tante|onkel|dipl\.-ing|monsieur|madame|mademoiselle|mme|mlle|m(?=\.)"
    r"|maître|me(?=\. )|docteur|señor|señora|señorita|sra?|srta|don|doña|dra|ing|lic|senhora?|dona"
    r"|signora?|sig\.ra|sig\.na|sig|dott\.ssa|dott|dottor|dottoressa|avv|meneer|mevrouw|dhr|mevr|mw"
    r"|pan|pani|pana|panie|paní|fru|hr|bay|bayan|господин|госпожа|г-н|г-жа|пан|пані|κύριε|κυρία|κ"
)
TITLES_ANYWHERE = (
    r"Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Professor|Herrn?|Frau|Monsieur|Madame|Mme|Mlle|Señora?|Sra|Srta"
    r"|Dra|Senhora?|Signora?|Dott\.ssa|Dott|Meneer|Mevrouw|Dhr|Mevr|Господин|Госпожа|Г-н|Г-жа"
    r"|господин|госпожа|г-н|г-жа|Κύριε|Κυρία"
)
# Behind a name, without a blank or with one.
HONORIFICS = (
    r"さん|さま|様|くん|君|ちゃん|殿|先生|先輩|部長|課長|社長|氏|女士|小姐|先生|老师|老師|经理|經理|总监|总"
    r"|主任|教授|医生|同学|同志|哥|姐|씨|님|선생님|교수님|과장님|부장님|대리님|팀장님|사장님"
)
# Between given and family name.
PARTICLES = words("particles.txt")

# Whom a greeting names that is nobody: in lower case, whole words.
NOBODY = words("nobody.txt")
# What a greeting of several ends with, whatever stands before it: `Dear SWG Colleagues`.
GROUPS = frozenset(
    (
        *("all", "colleagues", "delegates", "members", "experts", "friends", "folks", "team"),
        *("participants", "customers", "users", "subscribers", "readers", "students", "parents"),
        *("teachers", "partners", "committee", "community", "group", "list", "volunteers"),
        *("developers", "contributors", "authors", "attendees", "organizers", "organisers"),
        *("residents", "investors", "shareholders", "guests", "staff", "kollegen", "kolleginnen"),
        *("mitglieder", "teilnehmer", "teilnehmerinnen", "freunde", "kunden", "eltern"),
        *("collègues", "délégués", "membres", "participants", "compañeros", "miembros"),
        *("colegas", "clientes", "amigos", "colleghi", "amici", "soci", "collega's", "leden"),
        *("коллеги", "друзья", "участники", "同事们", "各位"),
    )
)
# Whom an address stands for that is nobody: its local part begins so.
ROBOTS = (
    r"(?:no|do-?not|not)[._-]?reply|notifications?|newsletters?|news|info|support|service|billing"
    r"|mailer-daemon|postmaster|updates?|team|hello|contact|alerts?|jobs?|sales|marketing"
    r"|bounces?|admin"
    r"|automat|system|invoice|orders?|receipts?|accounts?|security|feedback|help|office|list"
    r"|marketing"
    r"|kundenservice|rechnung|shop|versand|digest|bot"
)
# A part of what is shown that tells of a company, a list or a program.
ORGANISATIONS = words("organisations.txt")
# A title with no name behind it is nobody.
BARE_TITLES = words("titles.txt")
# Said before one's own name, or another's, in prose.
IN_THE_NAME = (
    r"(?:in|under) the name(?: of)?|auf den namen|unter dem namen|au nom de|a nombre de|em nome de"
    r"|a nome(?: di)?|op naam van|på namnet|på navnet|на имя"
)
INTRODUCTIONS = (
    r"my name is|this is(?=(?: [A-Z][\w'’-]+){1,3} (?:from|calling|speaking|here)\b)|name's"
    r"|i am called|mein name ist|ich heiße|ich heisse|je m'appelle|je m’appelle|mon nom est|me"
    r" llamo"
    r"|mi nombre es|chamo-me|me chamo|o meu nome é|meu nome é|mi chiamo|il mio nome è|mijn naam is"
    r"|ik heet|jag heter|mitt namn är|jeg hedder|jeg heter|nimeni on|nazywam się|mam na imię"
    r"|jmenuji se|benim adım|adım|меня зовут|мене звати|με λένε|我叫|我的名字是"
    r"|我是(?=[\u4e00-\u9fff]{2,3}[，。,.])"
    r"|私の名前は|제 이름은|저는(?= ?[\uac00-\ud7a3]{2,4}(?:입니다|이라고|라고))"
)
