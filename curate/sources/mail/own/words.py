r"""Words of attribution lines and of header blocks, as mail programs write them.

Source: what Gmail, Apple Mail, Outlook, Thunderbird, Yahoo, Lotus Notes, mail.ru, Yandex, QQ, 163,
Naver, Zimbra, Horde, Proton Mail, Zoho and Mutt put above a quote, in the languages they come in.
Words are matched without regard to case. `\s` stands where a blank may be any blank.
"""

from __future__ import annotations

# Verbs of "X wrote", as regular expressions between word edges.
VERBS: dict[str, str] = {
    "en": "wrote|writes|written|skrifaði",
    "de": "schrieb|schreibt|schriebst|schrieben|hat geschrieben|geschrieben",
    "fr": r"a\s+écrit|avez\s+écrit|écrit|écrivait|as\s+écrit|a\s+ecrit",
    "es": r"escribió|escribio|escribe|ha\s+escrito|escribiste",
    "pt": "escreveu|escreve|escreveram",
    "it": r"ha\s+scritto|hai\s+scritto|scrisse|scrive|scritto",
    "nl": "schreef|schrijft|geschreven",
    "sv da no": "skrev|skriver|skrifar",
    "fi et": "kirjoitti|kirjoittaa|kirjutas",
    "cs sk": r"napsal\(a\)|napsala|napsal|napísal\(a\)|napísala|napísal|píše",
    "pl": r"napisał\(a\)|napisała|napisał|napisana\s+przez|pisze",
    ("hr sr sl"): (
        r"je\s+napisao/la|napisao\s+je|napisala\s+je|je\s+napisao|napisao|"
        r"napisala|je\s+napisal"
    ),
    "hu": r"írta|ezt\s+írta|írtad|ír",
    "ro": r"a\s+scris|scris",
    "ca gl": r"va\s+escriure|ha\s+escrit|escribiu",
    "ru bg mk": r"написал\(а\)|написала|написал|пишет|писал\(а\)|писала|писали|писал|написа",
    "uk be": r"написав\(ла\)|написала|написав|пише|писав|напісаў",
    "tr az": "yazdı|yazmış|yazıyor|yazıb",
    "el": "έγραψε|γράφει|εγραψε",
    "lt lv": "rašė|parašė|rakstīja",
    "he": r"כתב/ה|כתבה|כתב",
    "ar fa": r"كتب|كتبت|تمت\s+كتابة\s+ما\s+يلي\s+بواسطة|نوشت",
    "id ms": "menulis|telah menulis",
    "vi": r"đã\s+viết|viết",
    "zh": "写道|写到|寫道|来信|寫到|撰寫|写了",
    "ja": "のメール|書きました|さんは書きました|が書きました|wrote",
    "ko": "작성|님이 작성|썼습니다|님의 말",
    "th": "เขียน|เขียนว่า",
    "hi": "ने लिखा|लिखा",
}

# Words that stand before the name where no verb is used.
QUOTING = (
    r"quoting|zitat\s+von|citando\s+a|citando|citeren|citerar|cytowanie|cytuję|idézés|citát|"
    r"citation\s+de|begin\s+quotation\s+(?:of|from)|thus\s+spake|quoth|according\s+to|"
    r"selon|lainaus|quote\s+from|in\s+risposta\s+a|mensaje\s+citado\s+por|цитирование"
)

# Words before the date: "On", "Am", "Le".
STARTERS = (
    r"on|at|in\s+a\s+message\s+dated|in\s+article|in\s+message|am|"
    r"le|el\s+d[ií]a|el|em|no\s+dia|il\s+giorno|il|in\s+data|op|den|"
    r"dne|dňa|w\s+dniu|dnia|"
    r"în\s+data\s+de|în|pe|la|στις|την|à|a|pada\s+tanggal|pada|vào\s+ngày|vào\s+lúc|vào|v|kuupäev|"
    r"на|у|в|ב|בתאריך|ביום|في|بتاريخ|在|於|于|ในวันที่|missatge\s+de|data|dato|datum|dzień|"
    r"em\s+data\s+de|på|ti|da|ons|em\s+dia|der|lørdag|à\s+la\s+date\s+du|from"
)

# Names of days, whole or short. Short ones are only looked for beside a number.
DAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|r|rsday)?|"
    r"fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|mo|di|mi|do|fr|sa|so|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim|"
    r"lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom|"
    r"segunda(?:-feira)?|terça(?:-feira)?|quarta(?:-feira)?|quinta(?:-feira)?|sexta(?:-feira)?|"
    r"seg|ter|qua|qui|sex|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|gio|sab|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|ma|wo|vr|za|zo|"
    r"måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag|mån|tis|ons|tors|tor|fre|lör|sön|"
    r"mandag|tirsdag|lørdag|søndag|man|tir|lør|søn|"
    r"maanantai(?:na)?|tiistai(?:na)?|keskiviikko(?:na)?|torstai(?:na)?|perjantai(?:na)?|"
    r"lauantai(?:na)?|sunnuntai(?:na)?|ti|ke|to|pe|la|su|"
    r"poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|pon|wt|śr|czw|pt|sob|niedz|ndz|"
    r"pondělí|úterý|středa|čtvrtek|pátek|neděle|po|út|st|čt|pá|ne|pondelok|utorok|streda|štvrtok|"
    r"hétfő|kedd|szerda|csütörtök|péntek|szombat|vasárnap|"
    r"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|вт|ср|чт|пт|сб|вс|"
    r"понеділок|вівторок|середа|четвер|п['’ʼ]ятниця|субота|неділя|нд|"
    r"pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar|pzt|sal|çar|per|cum|cmt|paz|"
    r"luni|marți|miercuri|joi|vineri|sâmbătă|duminică|mie|vin|sâm|dum|"
    r"dilluns|dimarts|dimecres|dijous|divendres|dissabte|diumenge|dl|dt|dc|dj|dv|ds|dg|"
    r"senin|selasa|rabu|kamis|jumat|sabtu|minggu|sen|sel|rab|kam|jum|min|"
    r"δευτέρα|τρίτη|τετάρτη|πέμπτη|παρασκευή|σάββατο|κυριακή|δευ|τρί|τετ|πέμ|παρ|σάβ|κυρ|"
    r"th\s[2-7]|cn|星期[一二三四五六日天]|周[一二三四五六日]|週[一二三四五六日]|"
    r"[月火水木金土日]曜日|"
    r"[월화수목금토일]요일|יום|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت"
)

MONTHS = (
    r"jan(?:uary|uar|uari|vier|eiro|v)?|feb(?:ruary|ruar|ruari|braio|"
    r"rero|r)?|f[ée]v(?:rier|ereiro|r)?|"
    r"mar(?:ch|s|zo|ço|et|t)?|märz|mrz|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|"
    r"ma[iyj]o?|mei|maggio|mag|"
    r"june?|juni|juin|junio|junho|giugno|giu|jul(?:y|i|io|ho)?|juil(?:let)?|luglio|lug|"
    r"aug(?:ust|ustus|usti)?|ao[uû]t|ago(?:sto)?|sep(?:t|tember|tembre|"
    r"tiembre)?|set(?:embro|tembre)?|"
    r"oct(?:ober|obre|ubre)?|okt(?:ober)?|out(?:ubro)?|ott(?:obre)?|"
    r"nov(?:ember|embre|iembre|embro)?|"
    r"dec(?:ember)?|dez(?:ember|embro)?|d[ée]c(?:embre)?|dic(?:iembre|"
    r"embre)?|ene(?:ro)?|gen(?:naio)?|"
    r"tammik\w*|helmik\w*|maalisk\w*|huhtik\w*|toukok\w*|kesäk\w*|heinäk\w*|elok\w*|syysk\w*|"
    r"lokak\w*|marrask\w*|jouluk\w*|sty\w*|lut\w*|mar\w*|kwi\w*|maj\w*|cze\w*|lip\w*|sie\w*|wrz\w*|"
    r"paź\w*|lis\w*|gru\w*|led(?:na|en)|únor\w*|břez\w*|dub(?:na|en)|květ\w*|červ\w*|srp\w*|září|"
    r"říj\w*|prosin\w*|янв\w*|фев\w*|мар\w*|апр\w*|ма[йя]|июн\w*|июл\w*|"
    r"авг\w*|сен\w*|окт\w*|ноя\w*|"
    r"дек\w*|січ\w*|лют\w*|бер\w*|кві\w*|тра\w*|чер\w*|лип\w*|сер\w*|вер\w*|жов\w*|лис\w*|гру\w*|"
    r"oca\w*|şub\w*|nis\w*|haz\w*|tem\w*|ağu\w*|eyl\w*|eki\w*|kas\w*|ara\w*|"
    r"ian\w*|iun\w*|iul\w*|noi\w*|ιαν\w*|φεβ\w*|μαρ\w*|απρ\w*|μαΐ\w*|ιουν\w*|ιουλ\w*|αυγ\w*|σεπ\w*|"
    r"οκτ\w*|νοε\w*|δεκ\w*|gener|febrer|març|maig|juny|juliol|agost|setembre|thg|tháng|"
    r"ינו\w*|פבר\w*|מרץ|אפר\w*|מאי|יוני|יולי|אוג\w*|ספט\w*|אוק\w*|נוב\w*|דצמ\w*|"
    r"يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
)

# Labels of header blocks by what they say; `/` parts them.
KEYS: dict[str, str] = {
    "from": (
        "From/Von/De/Da/Van/От/От кого/Від/Від кого/Ад/Od/Från/Fra/Lähettäjä/Feladó/Gönderen/"
        "Kimden/Από/מאת/من/مِن/发件人/發件人/寄件者/寄件人/差出人/送信者/送信元/보낸 "
        "사람/보낸사람/보낸이/Dari/Pengirim/"
        "Từ/Người gửi/De la/Expéditeur/Remitente/Mittente/Afzender/Absender/Отправитель/Avsändare/"
        "Afsender/Avsender/Odesílatel/Odosielateľ/Nadawca/Expeditor/Αποστολέας/Remetente/Šalje/"
        "Pošiljatelj/Pošiljatelj/Kirjutaja/Saatja/Nuo/No/จาก/Message du/Message from/De parte de/"
        "Reply from/Original From/Emisor/Remitent/Frá/Од/প্রেরক/از/فرستنده/प्रेषक"
    ),
    "date": (
        "Sent/Date/Sent at/Sent on/Date sent/Gesendet/Gesendet am/Datum/Envoyé/Envoyé "
        "le/Date d'envoi/"
        "Date d’envoi/Enviado/Enviado el/Enviado em/Enviada/Enviada em/Enviada "
        "a/Enviado a/Fecha/Fecha de envío/Data/"
        "Data de envio/Inviato/Data invio/Verzonden/Verzonden op/Отправлено/Дата/Дата "
        "отправки/Когда/"
        "Надіслано/Відправлено/Wysłano/Data wysłania/Wysłane/Skickat/"
        "Skickades/Sendt/Dato/Lähetetty/"
        "Päivämäärä/Päiväys/Pvm/Odesláno/Odoslané/Dátum/Elküldve/Küldve/Gönderilme Tarihi/"
        "Gönderildi/Gönderme Tarihi/Gönderim Tarihi/Tarih/Trimis/Trimisă/"
        "Dată/Στάλθηκε/Ημερομηνία/Εστάλη/Απεστάλη/"
        "נשלח/תאריך/تاريخ الإرسال/التاريخ/أرسلت/تم الإرسال/تاريخ/تاریخ/"
        "发送时间/发送日期/发件日期/日期/时间/時間/寄件日期/傳送時間/"
        "已傳送/傳送日期/發送時間/送信日時/日時/日付/送信日/보낸 날짜/날짜/보낸시간/보낸 "
        "시간/보낸날짜/Tanggal/Dikirim/Terkirim/"
        "Đã gửi/Ngày/Ngày gửi/Đã Gửi/Poslano/Saadetud/Kuupäev/Išsiųsta/"
        "Nosūtīts/Enviat/Изпратено/Изпратено на/วันที่/ส่ง/Sänt/Time/When/दिनांक"
    ),
    "to": (
        "To/An/À/A/Para/Per/Aan/Кому/Do/Till/Til/Vastaanottaja/Komu/Pro/Címzett/Kime/Alıcı/"
        "Către/Catre/Προς/Για/אל/לכבוד/إلى/الى/收件人/收件者/宛先/받는 "
        "사람/받는사람/받는이/수신/Kepada/Untuk/Đến/Tới/Người nhận/"
        "Pour/Destinataire/Destinatario/Destinatário/Empfänger/Ontvanger/Получатель/Mottagare/"
        "Modtager/Mottaker/Adresat/Za/Prima/Kam/Iki/Saaja/До/Адресат/ถึง/به/Per a/प्रति"
    ),
    "cc": (
        "Cc/Bcc/Copie à/Copie/Kopie/Cópia/CCO/Copia/Копия/Копія/Kopi/"
        "Kopia/DW/UDW/UW/Kopio/Másolatot "
        "kap/"
        "Másolat/Bilgi/抄送/密送/副本/참조/Tembusan/Κοιν/Κοινοποίηση/Kópia/עותק/نسخة/Kopie "
        "an/Копие/สำเนา/Кому копия/Cci/Đồng gửi/Dl"
    ),
    "subject": (
        "Subject/Betreff/Objet/Asunto/Assunto/Oggetto/Onderwerp/Тема/Temat/Ämne/Emne/Aihe/Předmět/"
        "Predmet/Tárgy/Konu/Subiect/Θέμα/נושא/الموضوع/موضوع/主题/主題/"
        "主旨/件名/标题/제목/Subjek/Perihal/"
        "Chủ đề/Tiêu đề/Assumpte/Sujet/Относно/Zadeva/Teema/Tema/เรื่อง/Efni/विषय/Subyek/Topik/Hal"
    ),
    "other": (
        "Reply-To/Reply to/Importance/Priority/Attachments/Attachment/"
        "Organization/Organisation/Message-ID/"
        "Antwort an/Antworten an/Wichtigkeit/Priorität/Anlagen/Anhänge/Pièces "
        "jointes/Importancia/Importância/"
        "Datos adjuntos/Anexos/Allegati/Priorità/Bijlagen/Urgentie/Важность/"
        "Вложения/Ważność/Załączniki/"
        "Prioritet/Bilagor/Vedhæftede filer/Vedlegg/Önem/Ekler/附件/重要性/"
        "添付ファイル/重要度/첨부/Newsgroups/"
        "Répondre à/Responder a/Rispondi a/Resent-From/Sender/Mailing "
        "list/Mailing-List/Signed By/Return-Path/Sensitivity/Liitteet"
    ),
}

# Labels that only mail has: one of them is enough to tell a header block from a list.
MAIL_ONLY = frozenset(
    {
        "sent",
        "gesendet",
        "envoyé",
        "verzonden",
        "inviato",
        "wysłano",
        "odesláno",
        "lähetetty",
        "skickat",
        "sendt",
        "отправлено",
        "subject",
        "betreff",
        "objet",
        "asunto",
        "assunto",
        "oggetto",
        "onderwerp",
        "temat",
        "ämne",
        "emne",
        "předmět",
        "tárgy",
        "konu",
        "件名",
        "主题",
        "主旨",
        "제목",
        "发件人",
        "收件人",
        "发送时间",
        "差出人",
        "送信日時",
        "宛先",
        "寄件者",
        "收件者",
        "寄件日期",
        "gönderilme",
    }
)
