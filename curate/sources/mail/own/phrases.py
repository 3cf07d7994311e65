"""Phrases of mail programs: separators, mobile footers, list footers, disclaimers, banners.

Source: what the clients and services named in `catalogue` write, in the languages they come in.
Each is part of a regular expression and is matched without regard to case.
"""

from __future__ import annotations

# Between dashes, or alone where the second list says so: "-----Original Message-----".
ORIGINAL = (
    r"original\s?(?:message|e-?mail|appointment)|reply\s+message|replied\s+message|urspr(?:ü|ue)ngliche\s+(?:nachricht|e-?mail)|original-?nachricht|originalnachricht|"
    r"original\s?mail|message\s+d['’]origine|message\s+original|message\s+initial|courriel\s+original|mensaje\s+original|"
    r"mensagem\s+original|messaggio\s+original[ei]|messaggio\s+originario|oorspronkelijk\s?bericht|origineel\s+bericht|"
    r"исходное\s+сообщение|оригинальное\s+сообщение|первоначальное\s+сообщение|исходное\s+письмо|вихідне\s+повідомлення|оригінальне\s+повідомлення|"
    r"oryginalna\s+wiadomość|wiadomość\s+oryginalna|wiadomość\s+źródłowa|ursprungligt\s+meddelande|originalmeddelande|ursprungligt\s+mejl|"
    r"oprindelig\s+meddelelse|original\s+meddelelse|oprindelig\s+besked|opprinnelig\s+melding|original\s+melding|alkuperäinen\s+viesti|"
    r"původní\s+(?:zpráva|e-?mail|mail)|pôvodná\s+správa|eredeti\s+üzenet|eredeti\s+levél|orijinal\s+(?:ileti|mesaj|posta)|özgün\s+ileti|mesaj\s+original|mesajul\s+original|"
    r"αρχικό\s+μήνυμα|πρωτότυπο\s+μήνυμα|הודעה\s+מקורית|الرسالة\s+الأصلية|رسالة\s+أصلية|pesan\s+asli|thư\s+gốc|tin\s+nhắn\s+gốc|missatge\s+original|mensaxe\s+orixinal|"
    r"izvorna\s+poruka|originalna\s+poruka|izvirno\s+sporočilo|оригинално\s+съобщение|原始邮件|原始郵件|原邮件|原郵件|原始信件|回复的原邮件|回复邮件|元のメッセージ|元のメール|オリジナルメッセージ|"
    r"원본\s?메일|원본\s?메시지|original\s?message|ข้อความต้นฉบับ|मूल\s+संदेश|پیام\s+اصلی|algne\s+kiri|originalus\s+laiškas|oriģinālā\s+ziņa"
)
FORWARDED = (
    r"(?:begin\s+)?forwarded\s+(?:message|mail|by)(?:\s+(?:from|by|follows)\b[^\n]{0,80})?|start\s+of\s+forwarded\s+message|fwd\s+message|weitergeleitete\s+(?:nachricht|mail|e-?mail)|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-?mail)|"
    r"message\s+transf[ée]r[ée]|message\s+transmis|d[ée]but\s+du\s+message\s+(?:transféré|réexpédié)|courriel\s+transféré|mensaje\s+reenviado|inicio\s+del\s+mensaje\s+reenviado|"
    r"mensagem\s+(?:encaminhada|reencaminhada)|início\s+da\s+mensagem\s+(?:encaminhada|reencaminhada)|messaggio\s+inoltrato|inizio\s+(?:del\s+)?messaggio\s+inoltrato|"
    r"doorgestuurd\s+bericht|begin\s+doorgestuurd\s+bericht|begin\s+van\s+doorgestuurd\s+bericht|пересылаемое\s+сообщение|пересылаемое\s+письмо|начало\s+(?:переадресованного|пересылаемого)\s+сообщения|перенаправленное\s+сообщение|"
    r"пересланное\s+сообщение|переслане\s+повідомлення|перенаправлене\s+повідомлення|початок\s+(?:листа,\s+що\s+пересилається|пересланого\s+повідомлення)|wiadomość\s+przekazana|przekazana\s+wiadomość|treść\s+przekazanej\s+wiadomości|początek\s+przekazywanej\s+wiadomości|"
    r"vidarebefordrat\s+(?:meddelande|brev|mejl)|början\s+på\s+vidarebefordrat\s+meddelande|videresendt\s+(?:meddelelse|besked|melding|e-post|mail)|start\s+på\s+videresendt\s+(?:besked|melding)|begynnelse\s+på\s+videresendt\s+melding|videresend\s+e-post|"
    r"välitetty\s+viesti|edelleenlähetetty\s+viesti|välitetty\s+viesti\s+alkaa|přeposlaná\s+zpráva|přeposlaný\s+(?:e-?mail|mail)|začátek\s+přeposlané\s+zprávy|předaná\s+zpráva|preposlaná\s+správa|začiatok\s+preposlanej\s+správy|továbbított\s+(?:üzenet|levél)|továbbított\s+levél\s+kezdete|"
    r"iletilmiş\s+(?:mesaj|ileti)|iletilen\s+(?:ileti|mesaj|posta)|iletilen\s+(?:ileti|mesaj)\s+başlangıcı|yönlendirilmiş\s+ileti|yönlendirilen\s+mesaj|mesaj\s+redirecționat|mesaj\s+redirectat|mesajul\s+redirecționat|începutul\s+mesajului\s+redirecționat|προωθημένο\s+μήνυμα|αρχή\s+προωθημένου\s+μηνύματος|"
    r"הודעה\s+שהועברה|תחילת\s+ההודעה\s+שהועברה|رسالة\s+(?:معاد\s+توجيهها|مُعاد\s+توجيهها|محولة)|بداية\s+الرسالة\s+المعاد\s+توجيهها|pesan\s+(?:terusan|yang\s+diteruskan)|mulai\s+pesan\s+yang\s+diteruskan|"
    r"(?:tin\s+nhắn|thư|thông\s+điệp)\s+(?:đã\s+)?(?:được\s+)?chuyển\s+tiếp|bắt\s+đầu\s+thư\s+được\s+chuyển\s+tiếp|missatge\s+reenviat|inici\s+del\s+missatge\s+reenviat|mensaxe\s+reenviada|proslijeđena\s+poruka|prosleđena\s+poruka|posredovano\s+sporočilo|препратено\s+съобщение|"
    r"转发邮件信息|转发的邮件|转发邮件|被转发的邮件|下面是被转发的邮件|以下是轉寄的郵件|轉寄的郵件|轉寄郵件|已轉寄的郵件|開始轉寄郵件|開始轉寄的郵件|已转发邮件|转发消息|転送されたメッセージ|転送メッセージ|転送されたメール|転送メール|"
    r"전달된\s?(?:메시지|메일|이메일)|전달\s?메일|시작\s?전달된\s?메시지|ข้อความที่ส่งต่อ|अग्रेषित\s+संदेश|پیام\s+هدایت\s*‌?شده|edastatud\s+kiri|persiųstas\s+laiškas|pārsūtīts\s+ziņojums"
)

# A line of a help desk above which one shall answer.
REPLY_ABOVE = (
    r"(?:please\s+)?(?:type|write|enter|add)?\s*(?:your\s+)?repl(?:y|ies)\s+(?:above|before)\s+this\s+line|please\s+(?:reply|respond|type|write)\s+(?:your\s+\w+\s+)?above\s+this\s+line|"
    r"do\s+not\s+(?:type|write)\s+below\s+this\s+line|(?:bitte\s+)?(?:antworten\s+sie|antworte|ihre\s+antwort)\s+(?:bitte\s+)?(?:oberhalb|über)\s+dieser\s+(?:zeile|linie)|bitte\s+(?:geben|schreiben)\s+sie\s+ihre\s+antwort\s+(?:oberhalb|über)\s+dieser\s+(?:zeile|linie)|"
    r"(?:veuillez\s+)?(?:répondre|répondez|écrire|saisir|inscrire|rédiger|entrez|taper)\s+(?:votre\s+réponse\s+)?au[\s-]dessus\s+de\s+cette\s+ligne|(?:por\s+favor,?\s+)?(?:responda|responde|escriba|escribe|introduzca)\s+(?:su\s+respuesta\s+)?(?:por\s+)?encima\s+de\s+esta\s+línea|"
    r"(?:por\s+favor,?\s+)?(?:responda|digite|escreva|insira)\s+(?:a\s+)?(?:sua\s+resposta\s+)?acima\s+desta\s+linha|(?:si\s+prega\s+di\s+)?(?:rispondere|rispondi|scrivere|digitare|inserire)\s+(?:la\s+(?:tua|propria|vostra)\s+risposta\s+)?(?:al\s+di\s+)?sopra\s+(?:di\s+)?questa\s+(?:riga|linea)|"
    r"(?:typ|schrijf|plaats|gelieve|antwoord|reageer)\s+(?:uw\s+|je\s+)?(?:antwoord\s+|reactie\s+)?(?:a\.u\.b\.\s+)?(?:te\s+antwoorden\s+)?boven\s+deze\s+(?:regel|lijn)|(?:пожалуйста,?\s+)?(?:введите|напишите|пишите|оставьте)?\s*(?:ваш\s+)?ответ\w*\s+(?:над|выше)\s+этой\s+(?:строк\w+|лини\w+)|"
    r"请在此行(?:之上|上方|以上)(?:输入|填写)?(?:您的)?(?:回复|答复)|この行より上に(?:返信|ご返信|回答|入力)|odpowiedz\s+powyżej\s+tej\s+linii|(?:skriv|svara)\s+(?:ditt\s+svar\s+)?ovanför\s+(?:den\s+här\s+raden|denna\s+rad)|(?:skriv|svar)\s+(?:dit\s+svar\s+)?over\s+denne\s+linje"
)

_DEVICE = (
    r"i\s?(?:phone|pad|pod|os)|apple\s+\w+|macbook\w*|mac|android\w*|blackberry\W?|galaxy\w*|samsung\w*|nokia\w*|htc|huawei\w*|xiaomi\w*|redmi\w*|oneplus|oppo|vivo|pixel|sony\w*|xperia|lg|motorola|moto|honor\w*|nexus|palm\w*|treo|"
    r"windows\s+(?:phone|mail|10)|mobile\w*|mobil\w*|móvil|móveis|mobiel\w*|cell\s?phone|phone|smart\s?phone|tablet\w*|handy|handheld|wireless|pda|téléphone|teléfono|telefone|telemóvel|celular|cellulare|dispositivo|telefono|telefoon|telefon\w*|puhelime\w*|телефон\w*|смартфон\w*|планшет\w*|устройств\w*|"
    r"outlook|yahoo|mail|e-?mail|gmail|gmx|web\.de|t-online|aol|proton\w*|tutanota|tuta|spark|airmail|superhuman|newton|mailbird|em\s?client|zoho|thunderbird|fairemail|k-9|nine|boxer|front|mailspring|postbox|canary|bluemail|"
    r"app|почт\w*|mail\.ru|яндекс\w*|libero|orange|free|sfr|posta|dev(?:ice|ices)|gerät|appareil|toestel|apparaat|laptop|computer|pc|urządzeni\w*|kännykä\w*|matkapuhelime\w*|mobilu|mobilní\w*|cep|cihaz\w*"
)
SENT_FROM = (
    r"sent|sent\s+via|sent\s+with|sent\s+using|envoyé|envoye|enviado|enviada|enviat|inviato|verzonden|verstuurd|gesendet|geschickt|отправлено|надіслано|wysłan[oe]|wysłane|skickat|skickades|sendt|lähetetty|odesláno|odoslané|küldve|gönderildi|trimis|dikirim|poslano|στάλθηκε|posted|composed|written|typed|dictated|email\s+sent|message\s+sent|get|scarica|télécharge[zr]|obtenir|obtenez|obtener|obtenga|descarga|holen\s+sie\s+sich|laden\s+sie|obter|obtenha|ottieni|download|hanki|hämta|få|hent|pobierz|stáhnout|získat|загрузите|скачать|установите"
)
MOBILE = (
    rf"(?:sent|typed|written|composed|posted|tapped|dictated|thumbed)\s+(?:from|on|via|with|using|by)\s+(?:(?:a|an|my|the|our|his|her)\s+)?(?:\S+\s+){{0,5}}?(?:{_DEVICE})\b(?:\s+(?:for|on|by|from|at|device|phone|smartphone|app|mail|mobile|email|secure|network|\w+\.\w{{2,3}}))*(?:\s*[(<].{{0,200}}|\s+\S+){{0,3}}[.!]?|"
    rf"(?:sent|typed)\s+(?:from|via|on)\s+[^,.;:!?]{{2,40}}[,.;!–-]\s*(?:so\s+)?(?:please\s+)?(?:excuse|pardon|forgive|sorry|apolog)\S*.{{0,120}}|sent\s+via\s+the\s+[^,.]{{2,40}},\s+an\s.{{2,40}}|"
    rf"(?:sent|typed)\s+(?:from|via|on)\s+(?:my|a)\s+[^,.;:!?]{{2,40}}|"
    rf"(?:this\s+(?:e-?mail|message)\s+was\s+)?sent\s+(?:while\s+)?(?:on\s+the\s+go|via\s+mobile|in\s+haste)\b.{{0,120}}|via\s+(?:mobile|iphone|ipad|android|handy|mobil)|"
    r"(?:please\s+)?(?:excuse|pardon|forgive|ignore|apologi[sz]e\s+for)\s+(?:my\s+|any\s+|the\s+)?(?:brevity|typos?|typ(?:o|ing)\s+errors|spelling).{0,120}|"
    r"(?:get|download)\s+(?:the\s+)?(?:outlook|yahoo\s+mail|aol|gmail|bluemail|spark|typeapp|protonmail)\s+(?:for|on)\s+(?:ios|android|mac\w*|windows|mobile).{0,120}|"
    r"(?:sent|secured)\s+(?:with|from|via)\s+\[?(?:proton\s?mail|tutanota|tuta|sparrow|mailspring|spark|hey|superhuman|unibox|airmail|newton|boxer|polymail)\b.{0,160}|"
    r"(?:diese\s+(?:nachricht|e-?mail|mail)\s+wurde\s+)?(?:von|vom|mit|über)\s+(?:(?:meine[mr]?|einem|der|dem|unterwegs)\s+)?(?:\S+\s+){0,4}?(?:\S*(?:iphone|ipad|android|blackberry|samsung|galaxy|handy|smartphone|tablet|mobil|mobiltelefon|huawei|outlook|gmx|web\.de|yahoo|mail|handset|gerät|telekom)\S*)(?:\s+\S+){0,4}?\s*(?:gesendet|geschickt|verschickt|gesandt|versendet|aus\s+gesendet|geschrieben)[.!]?|"
    r"gesendet\s+(?:von|mit|über|aus)\s+(?!.{0,60}\b(?:um|uhr)\b)\S.{0,80}|(?:holen|laden)\s+sie\s+(?:sich\s+)?outlook\s+für.{0,100}|outlook\s+für\s+(?:ios|android)\s+(?:beziehen|herunterladen).{0,80}|"
    rf"envoy[ée]\s+(?:de(?:puis)?|à\s+partir\s+d(?:e|u)|via|par|d['’]un|avec)\s*(?!.{{0,60}}\bà\s+\d)\S.{{0,90}}|(?:obtenir|obtenez|téléchargez?|télécharger)\s+(?:la\s+messagerie\s+)?outlook\s+pour.{{0,100}}|provenance\s*:\s*courrier\s+pour\s+windows.{{0,20}}|"
    r"enviad[oa]\s+(?:desde|do|da|de|a\s+partir\s+d[eoa]|pelo|pela|con|com|via|mediante|por)\s+(?!.{0,60}\b(?:las|às)\s+\d)\S.{0,90}|(?:obtener|obtenga|obtén|descargar?|obter|obtenha|baixar)\s+(?:o\s+)?outlook\s+(?:para|per).{0,100}|"
    r"(?:inviato|mandato|spedito)\s+(?:da|dal|dallo|dall['’]|con|tramite|via)\s?\S.{0,90}|(?:ottieni|scarica)\s+outlook\s+per.{0,100}|enviat\s+des\s+de.{0,80}|obtenir\s+l['’]outlook.{0,80}|"
    r"(?:verzonden|verstuurd|verzend)\s+(?:vanaf|van|vanuit|met|via|door)\s+\S.{0,80}|(?:outlook\s+voor\s+(?:ios|android)\s+(?:downloaden|ophalen)|download\s+outlook\s+voor).{0,80}|"
    r"отправлено\s+(?:с|со|из|через|от|при\s+помощи|из-под)\s+\S.{0,80}|(?:скачать|загрузить|загрузите|установить|получить|скачайте)\s+outlook\s+для.{0,80}|надіслано\s+(?:з|із|зі|через|за\s+допомогою)\s+\S.{0,80}|відправлено\s+(?:з|із|зі)\s+\S.{0,80}|"
    r"(?:wysłan[oey]|wiadomość\s+wysłana)\s+(?:z|ze|za\s+pomocą|przez)\s+\S.{0,80}|pobierz\s+(?:program\s+)?outlook\s+dla.{0,80}|(?:skickat|skickades|skickas|sänt)\s+(?:från|med|via)\s+\S.{0,80}|(?:hämta|skaffa)\s+outlook\s+för.{0,80}|"
    r"(?:sendt|skrevet)\s+(?:fra|med|via)\s+(?:min|mit|mitt|en|et)?\s?\S.{0,80}|(?:hent|få|skaff|last\s+ned)\s+outlook\s+(?:til|for).{0,80}|lähetetty\s+\S+(?:sta|stä|lta|ltä|lla|llä|ni)\b.{0,60}|hanki\s+outlook.{0,80}|"
    r"(?:odesláno|odesl[aá]no|poslané|poslané|odoslané|odoslano|poslano)\s+(?:z|ze|zo|s|pomocí|pomocou)\s+\S.{0,80}|(?:stáhnout|získat|získejte|stiahnuť|získať)\s+outlook\s+pr[oe].{0,80}|"
    r"(?:elküldve|küldve)\s+(?:a\s+|az\s+)?\S.{0,80}|(?:\S+\s+){0,4}?\S*(?:ról|ről|ból|ből)\s+küldve[.]?|(?:\S+\s+){0,4}?\S*(?:dan|den|tan|ten)\s+gönderildi[.]?|(?:ios|android)\s+için\s+outlook['’]?u\s+edinin.{0,60}|(?:android|ios|samsung|huawei)\S*\s+.{0,30}gönderil(?:di|miştir)[.]?|"
    r"trimis\s+(?:de\s+pe|din|prin|de\s+la|cu)\s+\S.{0,80}|(?:obțineți|descărcați)\s+outlook\s+pentru.{0,80}|(?:στάλθηκε|απεστάλη|εστάλη)\s+(?:από|μέσω|με)\s+\S.{0,80}|αποκτήστε\s+το\s+outlook.{0,80}|"
    r"נשלח\s+מ\S.{0,60}|(?:להורדת|קבל\s+את)\s+outlook.{0,60}|(?:أرسلت|أُرسلت|تم\s+الإرسال|مرسل[ة]?|أرسل)\s+من\s+\S.{0,60}|الحصول\s+على\s+outlook.{0,60}|(?:dikirim|terkirim)\s+(?:dari|melalui|dengan)\s+\S.{0,80}|dapatkan\s+outlook.{0,60}|"
    r"(?:đã\s+)?(?:được\s+)?gửi\s+(?:từ|bằng|qua)\s+\S.{0,80}|tải\s+outlook.{0,60}|poslano\s+(?:s|sa|iz)\s+\S.{0,60}|изпратено\s+(?:от|с)\s+\S.{0,60}|saadetud\s+minu.{0,60}|išsiųsta\s+iš.{0,60}|nosūtīts\s+no.{0,60}|ส่งจาก.{0,60}|"
    r"(?:发自|發自|寄自|從我的|来自我的|來自我的|傳送自|从我的|由我的|發送自|发送自)\s?.{1,40}|(?:从|使用|通过|從|透過)\s?.{1,40}(?:发送|傳送|寄出|发出|傳送的)|获取\s?(?:适用于\s?)?.{0,16}outlook.{0,60}|取得\s?outlook.{0,60}|"
    r".{0,30}(?:iphone|ipad|android|スマートフォン|スマホ|携帯|ケータイ|xperia|galaxy|モバイル|yahoo!?メール|outlook|メール)\S{0,14}?\s?(?:から|より|で)\s?(?:の?送信|送信しました|送信されました|の?メール|送りました).{0,10}|(?:ios|android)\s?版?\s?(?:用\s?)?(?:の\s?)?outlook\s?を(?:入手|取得|ダウンロード).{0,60}|outlook\s+for\s+(?:ios|android)\s*を.{0,60}|"
    r"(?:나의|내|제)\s?.{1,20}에서\s?(?:보냄|보낸|발송|보냈).{0,12}|.{1,20}(?:iphone|ipad|갤럭시|galaxy|스마트폰|휴대폰|안드로이드|모바일|android)\S{0,4}에서\s?(?:보냄|보낸|발송|전송|보냈).{0,12}|(?:ios|android)용\s?outlook.{0,60}|outlook\s?(?:다운로드|받기).{0,40}"
)

LIST = (
    r".{0,80}\bmailing\s?list\b(?:\s+[\w.-]+)?\s*$|.{0,40}\b[\w.+-]+\s+mailing\s+list\s*[-:,].{0,160}|https?://\S{0,160}/(?:listinfo|options|mailman3?|unsubscribe|subscribe|optout|unsub)\b\S*.{0,40}|.{0,60}\bhttps?://\S{0,120}/listinfo/\S*|"
    r"(?:you(?:['’]re|\s+are)?\s+(?:received|are\s+receiving|receiving|got|have\s+received)\s+this\s+(?:e-?mail|message|notification|because)).{0,400}|"
    r"to\s+(?:unsubscribe|subscribe|unsub|post|view\s+this\s+discussion|manage\s+your|stop\s+receiving|opt\s+out|change\s+your\s+(?:email|subscription))\b.{0,400}|"
    r"(?:click\s+here\s+to\s+)?unsubscribe\b.{0,200}|(?:un)?subscribe(?:\s*/\s*(?:un)?subscribe)?\s*[:<].{0,200}|for\s+(?:more|other)\s+(?:options|list\s+information)\b.{0,200}|visit\s+this\s+group\s+at.{0,120}|you\s+can\s+unsubscribe.{0,160}|list\s+(?:info|archives?|guidelines|settings)\b.{0,160}|"
    r"mailing\s?list\s*[:：].{0,160}|yahoo!?\s+groups\s+(?:links|sponsor).{0,60}|__\._,_\.___.{0,10}|_{3,}\.?\s?reply\s+to\s+this\s+(?:e-?mail|message).{0,120}|—?\s*reply\s+to\s+this\s+e-?mail\s+directly\b.{0,200}|view\s+it\s+on\s+github.{0,80}|"
    r"(?:sie|du)\s+(?:erhalten|erhältst|haben|hast|bekommen|bekommst)\s+diese\s+(?:nachricht|e-?mail|mail).{0,300}\b(?:weil|da|abonnier\w+)\b.{0,200}|(?:um\s+sich\s+)?(?:newsletter\s+)?(?:abmelden|abbestellen|abzumelden)\b.{0,160}|(?:um\s+)?(?:dieses|diese|den|die|sich\s+von).{0,60}(?:abzumelden|abzubestellen|abbestellen).{0,160}|"
    r"vous\s+(?:recevez|avez\s+reçu)\s+ce\s+(?:message|mail|courriel|e-mail).{0,80}\b(?:car|parce)\b.{0,300}|pour\s+(?:vous\s+|se\s+)?désabonner.{0,200}|pour\s+vous\s+désinscrire.{0,200}|se\s+désabonner.{0,120}|"
    r"(?:has|ha|usted\s+ha)\s+recibido\s+este\s+(?:mensaje|correo).{0,60}\bporque\b.{0,300}|(?:para|si\s+desea)\s+(?:anular|cancelar|darte|darse)\s+(?:de\s+baja|la\s+suscripción|tu\s+suscripción).{0,200}|recibes\s+este\s+(?:mensaje|correo).{0,200}|"
    r"(?:você|voce)\s+(?:recebeu|está\s+recebendo)\s+(?:esta|essa|este)\s+(?:mensagem|e-?mail).{0,300}|recebeu\s+esta\s+mensagem\s+porque.{0,300}|para\s+(?:cancelar\s+(?:a\s+)?(?:inscrição|subscrição)|anular\s+a\s+subscrição).{0,200}|"
    r"hai\s+ricevuto\s+quest[oa]\s+(?:messaggio|e-?mail|mail).{0,60}\b(?:perch[eéè]|in\s+quanto)\b.{0,300}|per\s+(?:annullare|cancellare)\s+(?:l['’]iscrizione|la\s+sottoscrizione).{0,200}|(?:je|u)\s+(?:hebt|heeft|ontvangt)\s+(?:dit|deze)\s+(?:bericht|e-?mail|mail).{0,60}\b(?:omdat)\b.{0,300}|(?:als\s+je|om\s+je|om\s+u|u\s+kunt\s+zich).{0,60}\b(?:afmelden|af\s+te\s+melden)\b.{0,200}|"
    r"вы\s+получили\s+это\s+(?:сообщение|письмо).{0,60}(?:поскольку|потому|так\s+как).{0,300}|чтобы\s+(?:отменить\s+подписку|отписаться).{0,200}|отписаться\b.{0,100}|ви\s+отримали\s+(?:це|цей)\s+(?:повідомлення|лист).{0,300}|щоб\s+(?:скасувати\s+підписку|відписатися).{0,200}|"
    r"(?:otrzymujesz|otrzymał[eaoś]+)\s+tę\s+wiadomość.{0,300}|aby\s+(?:anulować\s+subskrypcję|zrezygnować|wypisać).{0,200}|du\s+(?:får|har\s+fått|mottog|modtager|har\s+modtaget|mottok)\s+(?:det\s+här|detta|denne|dette)\s+(?:meddelandet|meddelande|meddelelse|mailet|mejl|e-posten|meldingen|brev).{0,300}|(?:om\s+du\s+vill\s+)?avsluta\s+prenumerationen.{0,200}|avprenumerera.{0,120}|"
    r"您?(?:收到此邮件|收到这封邮件|收到此消息|收到此郵件|會收到這封|之所以收到).{0,10}(?:是因为|因為|因为|是因為).{0,200}|(?:要|如需|若要|欲)?(?:取消订阅|退订|取消訂閱|退訂).{0,160}|このメールは.{0,80}(?:登録|購読|送られ|配信).{0,160}|(?:配信停止|登録解除|購読解除|このグループから退会).{0,160}|이\s?메일은.{0,120}(?:구독|가입|등록).{0,160}|(?:수신\s?거부|구독\s?취소).{0,120}|bu\s+(?:iletiyi|mesajı|e-?postayı).{0,200}(?:abone|üye).{0,100}|"
    r"this\s+(?:e-?mail|message)\s+(?:was|is)\s+sent\s+to\s+(?:you|\S+@\S+)\b.{0,200}|\S+\s+list\s+run\s+by.{0,80}|\*{3,}\s?.{0,60}\s(?:list|listserv).{0,60}|.{0,60}\blistserv\b.{0,120}@.{0,80}"
)

NOTICES = (
    r"(?:please\s+)?(?:consider|think\s+(?:of|about)|save)\s+(?:the\s+|our\s+)?(?:environment|trees?|planet|paper)\s+before.{0,160}|p?\s?(?:please\s+)?(?:do\s+not|don['’]t|think\s+before\s+you|only)\s+print\s+this\s+(?:e-?mail|message|mail).{0,160}|think\s+before\s+(?:you\s+print|printing).{0,120}|save\s+(?:paper|trees).{0,120}|go\s+green\b.{0,100}|"
    r"(?:bitte\s+)?(?:denken\s+sie|prüfen\s+sie|überlegen\s+sie|drucken\s+sie|schonen\s+sie).{0,80}(?:umwelt|ausdruck\w*|drucken|gedruckt|ausgedruckt).{0,160}|.{0,40}umwelt\s+zuliebe.{0,120}|"
    r"(?:merci\s+de\s+)?(?:pensez?|penser|n['’]imprimez|avant\s+d['’]imprimer).{0,80}(?:environnement|imprimer|planète|imprimez).{0,160}|(?:por\s+favor,?\s+)?(?:piense|piensa|considere|antes\s+de\s+imprimir|pense).{0,80}(?:medio\s?ambiente|imprimir|meio\s+ambiente|natureza|necesario).{0,160}|"
    r"(?:prima\s+di\s+stampare|pensa\s+all['’]ambiente|rispetta\s+l['’]ambiente|risparmia).{0,160}|(?:denk\s+(?:a\.?u\.?b\.?\s+)?aan\s+het\s+milieu|spaar\s+het\s+milieu|overweeg).{0,40}(?:print|afdruk|voordat|milieu).{0,120}|(?:пожалуйста,?\s+)?(?:подумайте|берегите|прежде\s+чем\s+печатать|перед\s+печатью).{0,80}(?:природ|окружающей|печат|лес|деревь|экологи).{0,120}|"
    r"(?:zanim\s+wydrukujesz|pomyśl\s+o\s+środowisku|prosimy\s+.{0,20}drukować).{0,120}|(?:tänk\s+på\s+miljön|tenk\s+på\s+miljøet|tænk\s+på\s+miljøet).{0,100}|打印(?:本|此|这).{0,40}(?:环境|环保|必要).{0,40}|(?:请|請)(?:考虑|考慮).{0,20}(?:环境|環境).{0,40}|"
    r"(?:this\s+(?:e-?mail|message|mail)|the\s+(?:e-?mail|message)|no\s+virus(?:es)?|virus[-\s]free|checked\s+by\s+avg|scanned\s+by).{0,60}(?:virus(?:es)?|avast|avg|malware|norton|mcafee|mailscanner|sophos|eset|kaspersky|bitdefender|antivirus|mimecast|messagelabs|anti-spam|barracuda|found\s+in\s+this).{0,200}|virus-?free\.?.{0,60}|(?:avg|avast|norton)\s+(?:version|logo)\b.{0,100}|version:\s*\d{4}\.\d.{0,40}/\s*virus\s+database.{0,80}|"
    r"(?:diese|die)\s+(?:e-?mail|nachricht|mail)\s+wurde\s+(?:von|auf|mit).{0,60}(?:vir|avast|avg|gepr|malware|g\s?data|kaspersky).{0,120}|virenfrei.{0,80}|(?:l['’]absence|ce\s+(?:courriel|courrier|mail|message|e-mail)|sans\s+virus|garanti\s+sans).{0,60}(?:virus|avast|antivirus).{0,160}|libre\s+de\s+virus.{0,80}|(?:este|el)\s+(?:correo|mensaje|software).{0,60}(?:virus|avast|antivirus).{0,120}|livre\s+de\s+vírus.{0,80}|este\s+(?:e-?mail|email)\s+foi\s+(?:escaneado|verificado).{0,100}|"
    r"(?:questa|privo\s+di|mail\s+priva\s+di).{0,40}virus.{0,80}|virusvrij.{0,60}|(?:dit|deze)\s+(?:e-?mail|bericht).{0,60}(?:virus|avast).{0,80}|(?:без\s+вирусов|проверено\s+на\s+вирусы|это\s+(?:сообщение|письмо)\s+проверено).{0,100}|wolny\s+od\s+wirusów.{0,60}|(?:ten|ta)\s+(?:e-?mail|wiadomość).{0,60}(?:wirus|avast).{0,80}|fritt\s+från\s+virus.{0,60}|virusfri.{0,60}|virűsmentes.{0,60}|vírusmentes.{0,60}|无病毒.{0,30}|ウイルス(?:は検出|チェック|スキャン|フリー).{0,60}|이\s?(?:이메일|메일).{0,40}바이러스.{0,40}|(?:bu\s+e-?posta).{0,60}virüs.{0,80}|"
    r"(?:the\s+)?(?:original\s+)?attachments?\s+(?:was|were)\s+removed.{0,100}|(?:-----)?\s*(?:pgp|smime)\s+signature.{0,30}|(?:attachment|anhang)\s*:\s*smime\.p7s.{0,20}|"
    r"(?:do\s+you\s+yahoo|get\s+your\s+free|msn\s+(?:messenger|hotmail|premium|8)|join\s+the\s+world['’]s\s+largest|yahoo!\s+(?:mail|messenger|photos)|free\s+email\s+at|tired\s+of\s+spam\?|talk\s+more,\s+store\s+more|express\s+yourself\s+instantly|don['’]t\s+just\s+search).{0,200}|"
    r"(?:gmx|web\.de|freenet|arcor)\s+(?:freemail|produkte|download|browser).{0,160}|-{0,4}\s?(?:une\s+messagerie\s+gratuite|laposte\.net|créez\s+votre\s+adresse|je\s+crée\s+ma\s+boîte).{0,160}"
)

# Words of disclaimers, one line for each thing that they say. A paragraph that says enough of
# them is one. Plain literals in small letters.
LEGAL: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.strip().split("|"))
    for line in """
confidential|vertraulich|confidenti|confidencia|riservat|vertrouwelijk|конфиденциальн|конфіденційн|poufn|konfident|fortrol|sekretess|luottamuk|důvěrn|dôvern|bizalmas|gizli|confidențial|εμπιστευτικ|סודי|سري|rahasia|bảo mật|机密|機密|保密|秘密|기밀|비밀
intended only|intended solely|intended for|intended exclusively|intended recipient|intended to be|bestimmt|destinat|destiné|destinad|uitsluitend bestemd|bestemd|предназначен|adresowan|przeznaczon|avsedd|tiltænkt|beregnet|tarkoitettu|určen|címzett|amaçlan|exclusiv|προορίζ|מיועד|موجه|ditujukan|dành cho|仅供|僅供|收件人|宛|수신인
addressee|recipient|named above|named person|empfänger|adressat|destinatario|destinatário|destinataire|geadresseerde|ontvanger|адресат|получател|одержувач|odbiorc|adresat|mottagar|modtager|mottaker|vastaanottaja|příjemce|adresát|príjemc|alıcı|destinatar|παραλήπτ|נמען|المستلم|penerima|người nhận|收件者|收件人|受信者|名宛人|수신자
in error|by mistake|irrtümlich|versehentlich|par erreur|por error|por engano|por erro|per errore|abusief|per abuis|ten onrechte|по ошибке|помилково|omyłk|przez pomyłkę|av misstag|felaktigt|ved en fejl|ved en feil|virheellisesti|erehdyksessä|omylem|tévedésből|yanlışlıkla|din greșeală|εκ παραδρομής|κατά λάθος|בטעות|عن طريق الخطأ|kesalahan|nhầm|误收|誤收|错误|誤って|실수로|잘못
delete|destroy|löschen|vernichten|supprim|détrui|elimin|borr|destru|apag|cancell|distrugg|verwijder|vernietig|удалит|знищ|видал|usunąć|usuni|radera|förstör|slet|makuloi|poista|hävit|smažte|vymaž|zničt|töröl|silin|siliniz|imha|șterge|διαγρά|למחוק|حذف|hapus|xóa|删除|刪除|銷毀|削除|破棄|삭제
notify|inform the sender|contact the sender|advise the sender|benachrichtig|informieren|verständig|avertir|prévenir|aviser|informer|notifi|avisa|avise|comuni|informar|avvis|avvertir|informare|verwittig|op de hoogte|waarschuw|сообщит|уведом|повідом|powiadom|meddela|underrett|give besked|ilmoit|informujte|upozorn|értesít|bildir|anunța|ειδοποι|להודיע|إبلاغ|إخطار|beritahu|thông báo|通知|告知|连絡|連絡|알려
disclos|disseminat|distribut|copying|copied|dissemination|unauthoris|unauthoriz|weitergabe|unbefugt|vervielfält|diffusion|divulgation|reproduction|divulg|difus|reprodu|distribu|diffusione|riproduzione|verspreid|openbaarmaking|vermenigvuldig|распростран|копирован|раскрыт|розголош|поширен|rozpowszechnian|ujawni|kopiowan|spridning|kopiering|videreg|spredning|levitt|kopioi|šíření|kopírov|terjeszt|másol|dağıt|kopyala|difuz|διανομή|αντιγραφή|הפצה|نشر|توزيع|penyebaran|phát tán|sao chép|披露|传播|傳播|複製|复制|泄露|開示|複写|転送|배포|복사
privileged|legally|rechtlich geschützt|liability|haftung|responsab|aansprakelijk|responsibility|viewpoint|views expressed|opinions expressed|necessarily represent|necessarily reflect|not represent|not reflect|ответственност|odpowiedzialnoś|ansvar|vastuu|zodpovědn|felelőss|sorumlu|法律|責任|责任|책임|prohibited|verboten|nicht gestattet|interdit|prohib|vietat|verboden|запрещ|заборон|zabronion|förbjud|forbudt|kielletty|zakázán|tilos|yasak|interzis|απαγορ|אסור|محظور|dilarang|nghiêm cấm|禁止|금지
this e-mail|this email|this message|this communication|this transmission|this electronic|diese e-mail|diese email|diese nachricht|diese mail|ce message|ce courriel|ce courrier|ce mail|ce e-mail|este mensaje|questo messaggio|questa e-mail|questa mail|questa comunicazione|questo e-mail|este correo|este e-mail|este email|este mensagem|esta mensagem|dit e-mail|dit email|dit bericht|deze e-mail|deze email|deze bericht|это сообщение|это письмо|это электронное|данное сообщение|данное письмо|данное электронное|настоящее сообщение|настоящее письмо|настоящее электронное|це повідомлення|ta wiadomość|niniejsza wiadomość|detta meddelande|detta mail|detta e-mail|detta email|detta e-post|detta epost|detta meddelelse|detta melding|denne meddelande|denne mail|denne e-mail|denne email|denne e-post|denne epost|denne meddelelse|denne melding|dette meddelande|dette mail|dette e-mail|dette email|dette e-post|dette epost|dette meddelelse|dette melding|tämä viesti|tämä sähköposti|tento e-mail|tento email|tento zpráva|tento správa|tato e-mail|tato email|tato zpráva|tato správa|táto e-mail|táto email|táto zpráva|táto správa|ez az e-mail|ez az email|ez az üzenet|ez az levél|ez e-mail|ez email|ez üzenet|ez levél|jelen az e-mail|jelen az email|jelen az üzenet|jelen az levél|jelen e-mail|jelen email|jelen üzenet|jelen levél|bu e-posta|bu eposta|bu mesaj|bu ileti|acest mesaj|acest e-mail|acest email|το παρόν μήνυμα|הודעה זו|هذه الرسالة|email ini|pesan ini|email này|thư này|tin nhắn này|本邮件|此邮件|本郵件|此郵件|本メール|このメール|本電子メール|본 메일|본메일|본 이메일|본 전자우편|이 메일|이메일
attachment|anhang|anhänge|anlagen|pièce jointe|pièces jointes|adjunt|anex|allegat|bijlag|вложен|додат|załącznik|bilag|vedlegg|liite|příloh|príloh|melléklet|ekler|ataș|συνημμέν|صرفات|lampiran|đính kèm|附件|添付|첨부
regulat|compliance|monitor|solicitation|products or services|archived|registered office|registered in england|company number|company registration|sitz der gesellschaft|amtsgericht|handelsregister|geschäftsführer:|geschäftsführung:|gdpr|data protection|datenschutz|rgpd|lopd|protección de datos|proteção de dados|privacy|d.lgs|d. lgs
""".strip().splitlines()
)
LEGAL_HEAD = (
    r"(?:legal\s+|e-?mail\s+|important\s+)?(?:disclaimer|confidentiality(?:\s+(?:notice|note|statement|warning))?|privacy\s+notice|notice|vertraulichkeitshinweis|haftungsausschluss|hinweis|avis\s+de\s+confidentialité|clause\s+de\s+confidentialité|avertissement|aviso\s+(?:legal|de\s+confidencialidad|de\s+confidencialidade|importante)|"
    r"avviso\s+(?:di\s+riservatezza|legale)|informativa\s+privacy|nota\s+di\s+riservatezza|vrijwaring|уведомление\s+о\s+конфиденциальности|klauzula\s+poufności|免责声明|免責聲明|保密声明|注意事項|免責事項)\s*[:：.-]?"
)

BANNER = (
    r"external|outside|originat|unknown\s+sender|extern|extérieur|externe|externo|externa|fuera\s+de|esterna|esterno|внешн|zewnętrz|utanför|udefra|ulkopuol|外部|외부|dış|don['’]t\s+often\s+get\s+e-?mail\s+from|nicht\s+häufig\s+e-?mails\s+von"
)
BANNER_ACT = (
    r"link|attachment|click|anhang|anhänge|anlagen|klick|pièce|lien|cliqu|adjunt|enlace|clic|anex|allegat|colleg|вложен|ссылк|bijlage|koppeling|załącznik|bilag|länk|liit|附件|链接|連結|添付|リンク|링크|첨부|ek(?:ler|i)|bağlant|learn\s+why|important|caution|content\s+is\s+safe|wichtig|warum"
)
BANNER_MAIL = (
    r"e-?mail|message|sender|\bmail|nachricht|absender|courri|expéditeur|mensaje|correo|remitente|mensagem|messaggio|mittente|bericht|afzender|"
    r"письм|сообщен|wiadomoś|nadawc|meddelan|meddelelse|melding|avsändar|afsender|avsender|viesti|zpráv|správ|üzenet|levél|ileti|e-posta|mesaj|μήνυμα|הודעה|رسالة|邮件|郵件|メール|메일"
)
BANNER_HEAD = r"caution|warning|attention|achtung|warnung|vorsicht|external|\[?extern|\[external|avertissement|precaución|atención|advertencia|atenção|aviso|cuidado|attenzione|waarschuwing|let\s+op|внимание|осторожно|uwaga|varning|obs|advarsel|huom|pozor|upozornění|figyelem|dikkat|atenție|προσοχή|זהירות|تحذير|注意|警告|주의|you\s+don['’]t\s+often|sie\s+erhalten\s+nicht|this\s+(?:message|e-?mail)\s+(?:originated|is\s+from|came|was\s+sent)\s+(?:from\s+)?(?:an?\s+)?(?:outside|external)|diese\s+(?:e-?mail|nachricht)\s+(?:kommt|stammt)|ce\s+(?:courriel|message|mail)\s+(?:provient|vient)|este\s+(?:correo|mensaje|e-?mail)\s+(?:proviene|se\s+originó|procede|foi\s+enviado)"
