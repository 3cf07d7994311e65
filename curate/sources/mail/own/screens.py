"""Letters that a text must hold for a family of phrases to be looked for in it.

Looking for a literal is some hundred times as fast as trying the phrases. Each list is a necessary
condition of its family: the tests hold every example of the family against it.
"""

from __future__ import annotations

from functools import cache


def _parted(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


SEPARATORS = _parted(
    "forward|fwd|origin|replied|reply message|weitergeleit|ursprüng|"
    "ursprueng|transf|expédié|transmis|courriel|reenvi|encaminha|"
    "inoltra|doorgestuurd|oorspronk|исходн|оригинал|первонач|пересыл|"
    "переадрес|перенаправ|переслан|вихідн|оригінал|пересил|"
    "oryginal|źródłow|przekaz|ursprung|vidarebe|oprind|opprin|videresend|"
    "alkuper|välitet|edelleen|původn|pôvodn|přeposl|předan|"
    "prepos|eredeti|továbbí|orijinal|özgün|iletil|yönlend|redirec|"
    "αρχικ|πρωτότ|προωθ|מקורית|שהועברה|الأصل|أصلية|توجيه|محولة|"
    "asli|terusan|diterus|thư gốc|tin nhắn gốc|chuyển tiếp|reenviat|"
    "orixin|izvorn|izvirn|proslij|prosleđ|posredov|препрат|message "
    "initial|message trans|"
    "原始|原邮|原郵|转发|轉寄|轉發|回复|元のメ|転送|オリジナル|원본|"
    "전달|ข้อความ|मूल|अग्रे|پیام|algne|edastat|laišk|ziņoj"
)
REPLY_ABOVE = _parted(
    "this line|dieser zeile|dieser linie|cette ligne|esta línea|desta "
    "linha|questa riga|questa linea|"
    "deze regel|deze lijn|этой|在此行|この行|tej linii|här raden|denna rad|denne linje"
)
MOBILE = _parted(
    "sent |typed|written|composed|posted|tapped|dictated|thumbed|"
    "via |excuse|pardon|brevity|typo|outlook|download|secured|"
    "gesendet|geschickt|verschickt|gesandt|versendet|geschrieben|"
    "envoyé|envoye|provenance|enviad|enviat|inviato|mandato|spedito|"
    "verzonden|verstuurd|verzend|отправлено|надіслано|відправлено|"
    "wysłan|skicka|sänt|sendt|skrevet|lähetetty|odesl|poslan|poslané|"
    "odoslan|küldve|gönder|trimis|στάλθηκε|απεστάλη|εστάλη|נשלח|من|"
    "dikirim|terkirim|gửi|изпратено|saadetud|išsiųsta|nosūtīts|ส่งจาก|"
    "aol app|来自qq|发自|發自|寄自|我的|传送自|傳送自|发送|發送|傳送|寄出|发出|から|"
    "より|送信|에서|ignore|forgive|apolog"
)
LIST = _parted(
    "mailing|subscri|listinfo|/options|/mailman|/unsub|/optout|opt "
    "out|you received|you're receiving|you’re receiving|you are receiving|"
    "receiving this|you got this|received this|to post|to view|to "
    "manage|to stop|to change|for more|for other|this group|list "
    "info|list archive|"
    "list guide|list sett|yahoo|__._|on github|e-mail directly|email "
    "directly|reply to this|diese|abmeld|abzu|abbestell|ce message|"
    "ce mail|ce courriel|ce e-mail|"
    "désabonn|désinscr|e-mail porque|este e-mail|esta e-mail|diese "
    "mail|diese e|este mensaje|este correo|suscripci|de baja|mensagem|"
    "inscrição|subscrição|ricevuto|iscrizione|sottoscr|bericht|deze "
    "e-mail|deze mail|dit e-mail|afmeld|af te meld|"
    "вы получили|отписаться|отменить|ви отримали|відписат|скасувати|"
    "wiadomość|subskry|zrezygn|wypisać|meddelan|meddelelse|mejl|brev|"
    "prenumer|"
    "收到|退订|退訂|取消订|取消訂|このメール|配信|登録解除|購読|退会|"
    "이메일|이 메일|수신|구독|iletiyi|mesajı|posta|teams|zoom|listserv|"
    "list run|run by"
)
NOTICES = _parted(
    "environment|trees|planet|paper|print|umwelt|imprim|drucken|ausdruck|"
    "medio ambiente|medioambiente|meio ambiente|natureza|stampare|"
    "ambiente|risparm|"
    "milieu|природ|окружа|печат|экологи|środowisk|wydruk|drukować|"
    "miljö|miljø|打印|環境|环境|环保|virus|vírus|vir |avast|avg|malware|"
    "norton|mcafee|virü|"
    "mailscanner|sophos|вирус|wirus|virüs|无病毒|ウイルス|바이러스|"
    "removed|signature|smime|yahoo|messenger|hotmail|msn|largest|"
    "free e|spam|store more|gmx|web.de|"
    "freenet|arcor|messagerie|laposte|boîte|go green|virűs|scanned"
)
LEGAL = _parted(
    "disclaim|confiden|vertraul|riservat|vertrouw|конфиден|конфіден|"
    "poufn|konfiden|fortrol|sekret|luottam|důvěr|dôver|bizalm|gizli|"
    "εμπιστ|סודי|سري|rahasia|"
    "bảo mật|机密|機密|保密|秘密|기밀|비밀|intended|bestimmt|destina|"
    "bestemd|предназн|adresow|przeznacz|avsedd|tiltænk|beregnet|tarkoit|"
    "určen|címzett|amaçlan|"
    "addressee|recipient|empfänger|адресат|odbiorc|adresat|mottagar|"
    "modtag|mottaker|vastaanot|příjem|alıcı|παραλήπ|προορίζ|נמען|"
    "المستلم|penerima|người nhận|"
    "收件人|受信|宛|수신|privileg|notice|haftung|免责|免責|注意事項|"
    "virus|monitor|vrijwar|avviso|aviso|clause|avis "
)


_FEW = 8


def holds(lowered: str, needed: tuple[str, ...]) -> bool:
    """Say whether a text in small letters holds one of some literals."""
    if len(needed) > _FEW and lowered.isascii():
        needed = _in_ascii(needed)
    for word in needed:  # noqa: SIM110 - a loop is twice as fast as `any`
        if word in lowered:
            return True
    return False


def present(lowered: str, needed: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some literals that a text in small letters holds."""
    if lowered.isascii():
        needed = _in_ascii(needed)
    return tuple([word for word in needed if word in lowered])


@cache
def _in_ascii(needed: tuple[str, ...]) -> tuple[str, ...]:
    """Return those literals that a text in ASCII may hold."""
    return tuple(word for word in needed if word.isascii())
