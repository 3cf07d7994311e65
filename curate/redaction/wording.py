"""What stands around names: greetings, closings, titles, and whom a greeting names that is nobody.

Written from knowledge of the languages: English, German, French, Spanish, Portuguese, Italian,
Dutch, Swedish, Danish, Norwegian, Finnish, Polish, Czech, Turkish, Russian, Ukrainian, Greek,
Chinese, Japanese and Korean. Each entry is a piece of a pattern, compared without case.
"""

from __future__ import annotations

GREETINGS = (
    # English
    r"hi(?: there)?,?|hello(?: there)?,?|hey(?: there)?,?|hiya|howdy|greetings,?|morning,?|evening,?"
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
    r"(?:with )?(?:best|kind|warm|kindest|warmest|many)(?: (?:regards|wishes|thanks))?|regards|cheers"
    r"|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|thanks(?: (?:again|a lot|so much|and.{1,20}))?"
    r"|thank you(?: (?:so much|very much|again|in advance))?|many thanks|respectfully|cordially|br|rgds"
    r"|yours|love|xoxo|take care|talk soon|see you(?: soon)?|all the best|best of luck|sent by"
    r"|your (?:friend|colleague)|ciao|ttyl|have a (?:great|nice|good) (?:day|weekend|one)",
    r"(?:mit )?(?:freundliche[nr]?|beste[nr]?|herzliche[nr]?|liebe[nr]?|viele[nr]?|schöne[nr]?)"
    r"(?: (?:gr(?:ü|ue)(?:ß|ss)en?|dank))?|mfg|vg|lg|hochachtungsvoll|gru(?:ß|ss)|danke(?: und .{1,20})?"
    r"|bis (?:dann|bald|später|morgen)|dein|deine|ihr|ihre|euer|eure",
    r"(?:bien )?(?:cordialement|amicalement|sincèrement|respectueusement)(?: vôtre)?|bien à (?:vous|toi)"
    r"|salutations(?: distinguées)?|bises|bisous|à bientôt|merci(?: d'avance| beaucoup)?|amitiés",
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|atte\.?|un abrazo|abrazos?|besos|gracias"
    r"|muchas gracias|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|att\.?|abra[çc]os?|beijos"
    r"|obrigad[oa]|um abraço|cordialmente",
    r"(?:cordiali|distinti|cari) saluti|cordialmente|saluti|a presto|un abbraccio|grazie(?: mille)?|baci",
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|bedankt|liefs"
    r"|(?:med )?(?:vänliga?|venlige?|vennlige?|bästa|hjärtliga) (?:hälsning(?:ar)?|hilsen(?:er)?)|mvh"
    r"|hälsningar|hilsen|vh|tack|takk|kram|klem|ystävällisin terveisin|terveisin|terv\.?",
    r"(?:z )?(?:poważaniem|wyrazami szacunku)|pozdrawiam(?: serdecznie)?|pozdrowienia|dzięki|dziękuję"
    r"|s pozdravem|zdravím|(?:en )?(?:iyi|içten) (?:dileklerimle|çalışmalar)|saygılar(?:ımla)?|sevgiler"
    r"|teşekkürler",
    r"с уважением|с наилучшими(?: пожеланиями)?|спасибо|всего доброго|до (?:встречи|свидания)"
    r"|искренне ваш|твой|твоя|целую|обнимаю|з повагою|дякую|με εκτίμηση|ευχαριστώ|χαιρετισμούς",
    r"此致(?:\s*敬礼)?|敬礼|祝好|谢谢|謝謝|敬上|您的|你的|以上、?よろしくお願いします|敬具|감사합니다|드림|올림",
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
PARTICLES = frozenset(
    "van der den de del della di da do dos das du la le les von vom zu zum zur af av bin ibn al el"
    " ter ten te y e i san santa st mac o d l ben abu op 't".split()
)

# Whom a greeting names that is nobody: in lower case, whole words.
NOBODY = frozenset(
    "all everyone everybody team folks guys friends friend colleagues colleague sir madam sirs customer"
    " customers client clients support recruiter recruiters committee hiring manager managers students"
    " student professor teacher teachers staff ladies gentlemen both there again world santa god lord"
    " valued member members user users subscriber reader readers editor editors author authors"
    " reviewer reviewers parents neighbour neighbours neighbor neighbors diary journal john-doe"
    " president minister mayor chancellor director ambassador senator congressman judge honor"
    " sales marketing service office department human resources admin administrator moderator"
    " in for to so very much a an the you your my our i we it this that what how if is was no not and"
    " or of from at on with about please just sorry thanks good great nice long any one some me us him"
    " her them again ma'am man mate dude bro buddy pal love honey darling dear sweetheart babe baby"
    " boss chef doc doctor mom mum dad mother father grandma grandpa sister brother son daughter"
    " sunshine stranger beautiful gorgeous listeners viewers fellow partner partners candidate"
    " applicant applicants participants participant community list group class board owner tenant"
    " landlord neighbours council chairman chair chairperson secretary treasurer santa claus"
    # German
    " alle allen alles zusammen leute team kollege kollegen kollegin kolleginnen damen herren herr frau"
    " kunde kunden kundin freund freunde freundin freundinnen leser leserin eltern mitglieder ihr dir"
    " euch ihnen für und nochmal präsident präsidentin minister bürgermeister studierende nachbarn nachbar"
    " grüße grüsse grüßen gruß gruss regards wishes thanks"
    " gäste gast teilnehmer interessenten bewerber interessierte doktor professor schatz mama papa oma opa"
    # French
    " tous toutes tout monde à a équipe cher chère chers chères madame monsieur messieurs mesdames client"
    " cliente collègue collègues ami amie amis amies le la les président directeur directrice docteur"
    " pour beaucoup bien encore maman papa chéri chérie"
    # Spanish, Portuguese, Italian
    " todos todas todo a equipo señor señora señores cliente clientes amigo amiga amigos amigas colega"
    " colegas por mundo mamá papá cariño equipe senhor senhora senhores pessoal gente galera tutti tutte"
    " team signore signora signori colleghi collega amici amico per mille mamma papà di que qué cómo como"
    " tal buenas qui tudo bem ao à às aos presidente direttore dottore dottoressa"
    # Dutch, Nordic, Polish, Turkish
    " allemaal iedereen collega's collega heer mevrouw mensen voor klant alla allihopa alle sammen"
    " kolleger kollegor vänner venner kund kunde kunder państwo wszyscy wszystkim zespole panie pani pan"
    " państwu klient kliencie arkadaşlar herkes müşterimiz ekip dostum hanım bey hanımefendi beyefendi"
    # Russian, Ukrainian
    " всем все всех коллеги друзья друг клиент клиенты команда господа дамы читатель товарищи за ещё"
    " большое вам тебе мама папа любимый любимая усім колеги друзі пане пані мир мій світе"
    # Chinese, Japanese, Korean
    " 大家 各位 同事 同事们 朋友 朋友们 客户 顾客 用户 老师 先生 女士 领导 读者 家长 同学 同学们 团队 们 世界"
    " 皆さん 皆様 みな 皆 お客様 お客 担当者 各位 関係者 ご担当者 여러분 고객 고객님 담당자 선생 모두 팀"
    " 您的 我的 我 你 您 他 她 朋友 妈妈 爸爸 主席 总统 总理 部长 校长 院长 评委 审稿人 编辑".split()
)
# Whom an address stands for that is nobody: its local part begins so.
ROBOTS = (
    r"(?:no|do-?not|not)[._-]?reply|notifications?|newsletters?|news|info|support|service|billing"
    r"|mailer-daemon|postmaster|updates?|team|hello|contact|alerts?|jobs?|sales|marketing|bounces?|admin"
    r"|automat|system|invoice|orders?|receipts?|accounts?|security|feedback|help|office|list|marketing"
    r"|kundenservice|rechnung|shop|versand|digest|bot"
)
# A part of what is shown that tells of a company, a list or a program.
ORGANISATIONS = frozenset(
    "team support gmbh ag kg inc ltd llc corp corporation company group bank service services newsletter"
    " notifications notification noreply alerts customer billing sales marketing office club verein"
    " university universität université universidad college school schule hotel shop store online digital"
    " media press magazine times daily weekly airlines airways insurance versicherung foundation society"
    " association committee department abteilung institute institut hr it info list bot via systems solutions"
    " software technologies consulting partners holdings publishing records studio studios sa srl sarl bv"
    " plc oy ab as aps ооо зао 公司 集团 株式会社 会社 グループ 群 家族 chat group family gruppe 그룹".split()
)
# A title with no name behind it is nobody.
BARE_TITLES = frozenset(
    "mr mrs ms mx miss mister dr prof herr herrn frau monsieur madame mme mlle señor señora sr sra srta"
    " dra dott signor signora sig meneer mevrouw dhr mevr heer господин госпожа г-н г-жа".split()
)
# Said before one's own name, or another's, in prose.
INTRODUCTIONS = (
    r"my name is|this is(?=(?: [A-Z][\w'’-]+){1,3} (?:from|calling|speaking|here)\b)|name's"
    r"|i am called|mein name ist|ich heiße|ich heisse|je m'appelle|je m’appelle|mon nom est|me llamo"
    r"|mi nombre es|chamo-me|me chamo|o meu nome é|meu nome é|mi chiamo|il mio nome è|mijn naam is"
    r"|ik heet|jag heter|mitt namn är|jeg hedder|jeg heter|nimeni on|nazywam się|mam na imię"
    r"|jmenuji se|benim adım|adım|меня зовут|мене звати|με λένε|我叫|我的名字是|我是(?=[\u4e00-\u9fff]{2,3}[，。,.])"
    r"|私の名前は|제 이름은|저는(?= ?[\uac00-\ud7a3]{2,4}(?:입니다|이라고|라고))"
)
