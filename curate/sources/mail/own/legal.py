"""What disclaimers say, and what warnings about mail from outside say, in the languages of mail.

Matched without regard to case.
"""

from __future__ import annotations

# Words of disclaimers, a blank line between things that they say. A paragraph that says enough of
# them is one. Plain literals in small letters.
LEGAL: tuple[tuple[str, ...], ...] = tuple(
    tuple("".join(block.splitlines()).split("|"))
    for block in """
confidential|vertraulich|confidenti|confidencia|riservat|vertrouwelijk|конфиденциальн|
конфіденційн|poufn|konfident|fortrol|sekretess|luottamuk|důvěrn|dôvern|bizalmas|gizli|
confidențial|εμπιστευτικ|סודי|سري|rahasia|bảo mật|机密|機密|保密|秘密|기밀|비밀

intended only|intended solely|intended for|intended exclusively|intended recipient|
intended to be|bestimmt|destinat|destiné|destinad|uitsluitend bestemd|bestemd|предназначен|
adresowan|przeznaczon|avsedd|tiltænkt|beregnet|tarkoitettu|určen|címzett|amaçlan|exclusiv|
προορίζ|מיועד|موجه|ditujukan|dành cho|仅供|僅供|收件人|宛|수신인

addressee|recipient|named above|named person|empfänger|adressat|destinatario|destinatário|
destinataire|geadresseerde|ontvanger|адресат|получател|одержувач|odbiorc|adresat|mottagar|
modtager|mottaker|vastaanottaja|příjemce|adresát|príjemc|alıcı|destinatar|παραλήπτ|נמען|
المستلم|penerima|người nhận|收件者|收件人|受信者|名宛人|수신자

in error|by mistake|irrtümlich|versehentlich|par erreur|por error|por engano|por erro|
per errore|abusief|per abuis|ten onrechte|по ошибке|помилково|omyłk|przez pomyłkę|av misstag|
felaktigt|ved en fejl|ved en feil|virheellisesti|erehdyksessä|omylem|tévedésből|yanlışlıkla|
din greșeală|εκ παραδρομής|κατά λάθος|בטעות|عن طريق الخطأ|kesalahan|nhầm|误收|誤收|错误|
誤って|실수로|잘못

delete|destroy|löschen|vernichten|supprim|détrui|elimin|borr|destru|apag|cancell|distrugg|
verwijder|vernietig|удалит|знищ|видал|usunąć|usuni|radera|förstör|slet|makuloi|poista|hävit|
smažte|vymaž|zničt|töröl|silin|siliniz|imha|șterge|διαγρά|למחוק|حذف|hapus|xóa|删除|刪除|銷毀|
削除|破棄|삭제

notify|inform the sender|contact the sender|advise the sender|benachrichtig|informieren|
verständig|avertir|prévenir|aviser|informer|notifi|avisa|avise|comuni|informar|avvis|
avvertir|informare|verwittig|op de hoogte|waarschuw|сообщит|уведом|повідом|powiadom|meddela|
underrett|give besked|ilmoit|informujte|upozorn|értesít|bildir|anunța|ειδοποι|להודיע|إبلاغ|
إخطار|beritahu|thông báo|通知|告知|连絡|連絡|알려

disclos|disseminat|distribut|copying|copied|dissemination|unauthoris|unauthoriz|weitergabe|
unbefugt|vervielfält|diffusion|divulgation|reproduction|divulg|difus|reprodu|distribu|
diffusione|riproduzione|verspreid|openbaarmaking|vermenigvuldig|распростран|копирован|
раскрыт|розголош|поширен|rozpowszechnian|ujawni|kopiowan|spridning|kopiering|videreg|
spredning|levitt|kopioi|šíření|kopírov|terjeszt|másol|dağıt|kopyala|difuz|διανομή|αντιγραφή|
הפצה|نشر|توزيع|penyebaran|phát tán|sao chép|披露|传播|傳播|複製|复制|泄露|開示|複写|転送|
배포|복사

privileged|legally|rechtlich geschützt|liability|haftung|responsab|aansprakelijk|
responsibility|viewpoint|views expressed|opinions expressed|necessarily represent|
necessarily reflect|not represent|not reflect|ответственност|odpowiedzialnoś|ansvar|vastuu|
zodpovědn|felelőss|sorumlu|法律|責任|责任|책임|prohibited|verboten|nicht gestattet|interdit|
prohib|vietat|verboden|запрещ|заборон|zabronion|förbjud|forbudt|kielletty|zakázán|tilos|
yasak|interzis|απαγορ|אסור|محظور|dilarang|nghiêm cấm|禁止|금지

this e-mail|this email|this message|this communication|this transmission|this electronic|
diese e-mail|diese email|diese nachricht|diese mail|ce message|ce courriel|ce courrier|
ce mail|ce e-mail|este mensaje|questo messaggio|questa e-mail|questa mail|
questa comunicazione|questo e-mail|este correo|este e-mail|este email|este mensagem|
esta mensagem|dit e-mail|dit email|dit bericht|deze e-mail|deze email|deze bericht|
это сообщение|это письмо|это электронное|данное сообщение|данное письмо|данное электронное|
настоящее сообщение|настоящее письмо|настоящее электронное|це повідомлення|ta wiadomość|
niniejsza wiadomość|detta meddelande|detta mail|detta e-mail|detta email|detta e-post|
detta epost|detta meddelelse|detta melding|denne meddelande|denne mail|denne e-mail|
denne email|denne e-post|denne epost|denne meddelelse|denne melding|dette meddelande|
dette mail|dette e-mail|dette email|dette e-post|dette epost|dette meddelelse|dette melding|
tämä viesti|tämä sähköposti|tento e-mail|tento email|tento zpráva|tento správa|tato e-mail|
tato email|tato zpráva|tato správa|táto e-mail|táto email|táto zpráva|táto správa|
ez az e-mail|ez az email|ez az üzenet|ez az levél|ez e-mail|ez email|ez üzenet|ez levél|
jelen az e-mail|jelen az email|jelen az üzenet|jelen az levél|jelen e-mail|jelen email|
jelen üzenet|jelen levél|bu e-posta|bu eposta|bu mesaj|bu ileti|acest mesaj|acest e-mail|
acest email|το παρόν μήνυμα|הודעה זו|هذه الرسالة|email ini|pesan ini|email này|thư này|
tin nhắn này|本邮件|此邮件|本郵件|此郵件|本メール|このメール|本電子メール|본 메일|본메일|
본 이메일|본 전자우편|이 메일|이메일

attachment|anhang|anhänge|anlagen|pièce jointe|pièces jointes|adjunt|anex|allegat|bijlag|
вложен|додат|załącznik|bilag|vedlegg|liite|příloh|príloh|melléklet|ekler|ataș|συνημμέν|صرفات|
lampiran|đính kèm|附件|添付|첨부

regulat|compliance|monitor|solicitation|products or services|archived|registered office|
registered in england|company number|company registration|sitz der gesellschaft|amtsgericht|
handelsregister|geschäftsführer:|geschäftsführung:|gdpr|data protection|datenschutz|rgpd|
lopd|protección de datos|proteção de dados|privacy|d.lgs|d. lgs
""".strip().split("\n\n")
)
LEGAL_HEAD = (
    r"(?:legal\s+|e-?mail\s+|important\s+)?(?:disclaimer|confidentiality(?:\s+(?:notice|"
    r"note|statement|warning))?|privacy\s+notice|notice|vertraulichkeitshinweis|"
    r"haftungsausschluss|hinweis|avis\s+de\s+confidentialité|clause\s+de\s+confidentialité|"
    r"avertissement|aviso\s+(?:legal|de\s+confidencialidad|de\s+confidencialidade|"
    r"importante)|"
    r"avviso\s+(?:di\s+riservatezza|legale)|informativa\s+privacy|"
    r"nota\s+di\s+riservatezza|vrijwaring|уведомление\s+о\s+конфиденциальности|"
    r"klauzula\s+poufności|免责声明|免責聲明|保密声明|注意事項|免責事項)\s*[:：.-]?"
)

BANNER = (
    r"external|outside|originat|unknown\s+sender|extern|extérieur|"
    r"externe|externo|externa|fuera\s+de|esterna|esterno|внешн|zewnętrz|"
    r"utanför|udefra|ulkopuol|外部|외부|dış|don['’]t\s+often\s+get\s+e-?mail\s+from|"
    r"nicht\s+häufig\s+e-?mails\s+von"
)
BANNER_ACT = (
    r"link|attachment|click|anhang|anhänge|anlagen|klick|pièce|lien|"
    r"cliqu|adjunt|enlace|clic|anex|allegat|colleg|вложен|ссылк|bijlage|"
    r"koppeling|załącznik|bilag|länk|liit|附件|链接|連結|添付|リンク|"
    r"링크|첨부|ek(?:ler|i)|bağlant|learn\s+why|important|caution|"
    r"content\s+is\s+safe|wichtig|warum"
)
BANNER_MAIL = (
    r"e-?mail|message|sender|\bmail|nachricht|absender|courri|expéditeur|"
    r"mensaje|correo|remitente|mensagem|messaggio|mittente|bericht|"
    r"afzender|"
    r"письм|сообщен|wiadomoś|nadawc|meddelan|meddelelse|melding|avsändar|"
    r"afsender|avsender|viesti|zpráv|správ|üzenet|levél|ileti|e-posta|"
    r"mesaj|μήνυμα|הודעה|رسالة|邮件|郵件|メール|메일"
)
BANNER_HEAD = (
    r"caution|warning|attention|achtung|warnung|vorsicht|external|"
    r"\[?extern|\[external|avertissement|precaución|atención|advertencia|"
    r"atenção|aviso|cuidado|attenzione|waarschuwing|let\s+op|внимание|"
    r"осторожно|uwaga|varning|obs|advarsel|huom|pozor|upozornění|figyelem|"
    r"dikkat|atenție|προσοχή|זהירות|تحذير|注意|警告|주의|you\s+don['’]t\s+often|"
    r"sie\s+erhalten\s+nicht|this\s+(?:message|e-?mail)\s+(?:originated|"
    r"is\s+from|came|was\s+sent)\s+(?:from\s+)?(?:an?\s+)?(?:outside|"
    r"external)|diese\s+(?:e-?mail|nachricht)\s+(?:kommt|stammt)|ce\s+(?:courriel|"
    r"message|mail)\s+(?:provient|vient)|este\s+(?:correo|mensaje|"
    r"e-?mail)\s+(?:proviene|se\s+originó|procede|foi\s+enviado)"
)
