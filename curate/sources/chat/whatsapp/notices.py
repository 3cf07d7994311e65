"""What WhatsApp writes into a chat by itself, in the languages of its users.

The list holds what the applications write where nothing else in the line tells it from a person's
words. On iPhones the mark U+200E stands before all of them, in every language.
Source: exports of WhatsApp for Android and iOS in these languages.
"""

from __future__ import annotations

import re

from curate.finding import Hit

_OMITTED = """
<media omitted>|<image omitted>|<video omitted>|<audio omitted>|<sticker omitted>|<gif omitted>
<document omitted>|<attached file omitted>|image omitted|video omitted|audio omitted
sticker omitted
gif omitted|document omitted|contact card omitted|video note omitted
<medien ausgeschlossen>|<medien weggelassen>|bild weggelassen|video weggelassen
audio weggelassen
sticker weggelassen|gif weggelassen|dokument weggelassen|kontaktkarte ausgelassen
<médias omis>|<fichier omis>|<médias exclus>|image absente|vidéo absente|audio omis|sticker omis
<multimedia omitido>|<archivo omitido>|imagen omitida|video omitido|audio omitido
sticker omitido
documento omitido|gif omitido|<mídia oculta>|<arquivo de mídia oculto>|<ficheiro não revelado>
imagem ocultada|vídeo omitido|áudio ocultado|figurinha omitida|documento omitido
<media omessi>|immagine omessa|video omesso|audio omesso|sticker non incluso|documento omesso
<media weggelaten>|afbeelding weggelaten|video weggelaten|audio weggelaten|sticker weggelaten
<без медиафайлов>|<медиафайл пропущен>|изображение отсутствует|видео отсутствует
аудиофайл отсутствует
<pominięto multimedia>|<multimedia pominięte>|obraz pominięty|<medya dahil edilmedi>
görüntü dahil edilmedi|ses dahil edilmedi|video dahil edilmedi|<תמונה הושמטה>|<המדיה לא נכללה>
<تم استبعاد الوسائط>|<تم إرفاق الوسائط>|<media tidak disertakan>|<media dihilangkan>
<省略多媒体文件>|<多媒體檔案略去>|<媒体文件已省略>|<忽略多媒体文件>
<メディアは含まれていません>|<メディア除外>
<미디어 파일을 생략한 파일>|<미디어 파일 제외됨>|<मीडिया छोड़ा गया>|<मीडिया के बिना>
<média omitido>
<utelämnat media>|<media utelämnat>|<medier udeladt>|<mediefil utelatt>|<media utelatt>
<media jätettiin pois>|<fişier media omis>|<média vynechány>|<médiá vynechané>
<hiányzó médiafájl>
<τα πολυμέσα παραλείφθηκαν>|<медійні файли пропущено>|<đã bỏ qua tệp đính kèm>
<ไม่รวมไฟล์มีเดีย>
"""
_DELETED = """
this message was deleted|you deleted this message|this message was deleted by admin
diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|ce message a été supprimé
vous avez supprimé ce message|vous avez effacé ce message|se eliminó este mensaje
eliminaste este mensaje|este mensaje fue eliminado|mensagem apagada|essa mensagem foi apagada
você apagou essa mensagem|você apagou esta mensagem|esta mensagem foi apagada
apagou esta mensagem
questo messaggio è stato eliminato|hai eliminato questo messaggio|dit bericht is verwijderd
u hebt dit bericht verwijderd|je hebt dit bericht verwijderd|данное сообщение удалено
вы удалили данное сообщение|сообщение удалено|ta wiadomość została usunięta
usunięto tę wiadomość|bu mesaj silindi|bu mesajı sildiniz|הודעה זו נמחקה|מחקת הודעה זו
تم حذف هذه الرسالة|حذفت هذه الرسالة|لقد حذفت هذه الرسالة|pesan ini telah dihapus
anda menghapus pesan ini|此消息已被删除|您删除了此消息|你已刪除這則訊息|這則訊息已刪除
このメッセージは削除されました|このメッセージを削除しました|삭제된 메시지입니다
이 메시지를 삭제했습니다
यह संदेश हटाया गया था|यह मैसेज मिटाया गया था|आपने यह मैसेज मिटा दिया
det här meddelandet raderades|du raderade det här meddelandet|denne besked blev slettet
du slettede denne besked|meldingen ble slettet|viesti poistettiin|poistit tämän viestin
acest mesaj a fost șters|tato zpráva byla odstraněna|az üzenet törölve lett
αυτό το μήνυμα διαγράφηκε
це повідомлення видалено|tin nhắn này đã bị xóa|ข้อความนี้ถูกลบแล้ว
"""
_OTHER = """
null|missed voice call|missed video call|missed group voice call|missed group video call
verpasster sprachanruf|verpasster videoanruf|verpasster anruf|appel vocal manqué
appel vidéo manqué
llamada perdida|videollamada perdida|llamada de voz perdida|chamada de voz perdida
chamada de vídeo perdida|ligação de voz perdida|ligação de vídeo perdida|chiamata vocale persa
videochiamata persa|gemiste spraakoproep|gemiste video-oproep|пропущенный аудиозвонок
пропущенный видеозвонок|nieodebrane połączenie głosowe|cevapsız sesli arama
cevapsız görüntülü arama
שיחה קולית שלא נענתה|مكالمة صوتية فائتة|مكالمة فيديو فائتة|panggilan suara tak terjawab
未接语音通话|未接视频通话|未接語音通話|音声通話の不在着信|ビデオ通話の不在着信|부재중 음성통화
मिस्ड वॉइस कॉल|waiting for this message. this may take a while|live location shared
waiting for this message
"""
# How the notice of encryption begins where old versions gave it a sender: that of the chat.
_SECURED = (
    "messages and calls are end-to-end encrypted",
    "messages to this chat and calls are now secured",
    "messages to this group are now secured",
    "messages you send to this",
    "nachrichten und anrufe sind ende-zu-ende-verschlüsselt",
    "les messages et les appels sont chiffrés de bout en bout",
    "los mensajes y las llamadas están cifrados de extremo a extremo",
    "as mensagens e as chamadas são protegidas",
    "as mensagens e ligações são protegidas",
    "i messaggi e le chiamate sono crittografati end-to-end",
    "berichten en oproepen worden end-to-end versleuteld",
    "сообщения и звонки защищены сквозным шифрованием",
    "wiadomości i połączenia są szyfrowane",
    "mesajlar ve aramalar uçtan uca şifrelidir",
    "pesan dan panggilan dienkripsi secara end-to-end",
    "消息和通话都进行端到端加密",
    "訊息和通話經端對端加密",
    "メッセージと通話はエンドツーエンド",
)
_ATTACHED = """file attached|datei angehängt|fichier joint|archivo adjunto|arquivo anexado
ficheiro anexado|file allegato|bestand bijgevoegd|файл добавлен|файл додано|załączono plik
dosya ekli|הקובץ מצורף|قد تم ارفاق الملف|ملف مرفق|file terlampir|文件附件|檔案已附加
添付ファイル|파일 첨부됨
फ़ाइल संलग्न|फ़ाइल अटैच की गई|bifogad fil|fil vedhæftet|vedlagt fil|tiedosto liitetty
fișier atașat|soubor byl přiložen|csatolt fájl|συνημμένο αρχείο|tệp đính kèm|ไฟล์ที่แนบมา"""
_EDITED = """this message was edited|diese nachricht wurde bearbeitet|ce message a été modifié
se editó este mensaje|mensagem editada|essa mensagem foi editada
questo messaggio è stato modificato
dit bericht is bewerkt|данное сообщение изменено|ta wiadomość została edytowana
bu mesaj düzenlendi
הודעה זו נערכה|تم تعديل هذه الرسالة|pesan ini diedit|此消息已编辑|這則訊息已編輯
このメッセージは編集されました|수정된 메시지입니다|यह मैसेज बदला गया
det här meddelandet har redigerats
denne besked blev redigeret|viestiä muokattiin|acest mesaj a fost editat
це повідомлення змінено"""


def _listed(text: str) -> frozenset[str]:
    return frozenset(each.strip() for line in text.split("\n") for each in line.split("|")) - {""}


_NOTICES = {
    **dict.fromkeys(_listed(_OMITTED), "a picture, a recording or a file that was not exported"),
    **dict.fromkeys(_listed(_DELETED), "a message that was deleted"),
    **dict.fromkeys(_listed(_OTHER), "a call, or what the application could not export"),
}
_LONGEST_NOTICE = max(map(len, _NOTICES)) + 4
_NAMES_OF_FILE = "|".join(map(re.escape, sorted(_listed(_ATTACHED))))
# `IMG-20240105-WA0003.jpg (file attached)`, and a caption on the lines below.
_FILE = re.compile(
    rf"\u200e?(?:(?:IMG|VID|AUD|PTT|STK|DOC|GIF|VIDEO|PHOTO|AUDIO|STICKER)-\d[\w-]*\.\w{{2,5}}"
    rf" \([^()\n]{{2,60}}\)|[^\n()]{{1,200}}\.\w{{1,5}} \((?:{_NAMES_OF_FILE})\))(?:\n|$)",
    re.IGNORECASE,
)
# `<attached: 00000003-PHOTO-2024-01-05-10-12-13.jpg>`, before or behind a caption.
_MARKED_FILE = re.compile(r"\u200e?<[^<>:：\n]{2,40}\s?[:：]\s?(?!//)[^<>\n]{1,200}\.\w{2,5}>")
_EDIT = re.compile(
    rf"\u200e?<(?:{'|'.join(map(re.escape, sorted(_listed(_EDITED))))})\.?>\s*\Z", re.IGNORECASE
)
_EDIT_CHARS = 100
_PLACE = re.compile(r"\u200e?[^\n:]{3,20}: https://maps\.google\.com/\?q=[-\d.,]+\Z")
_ISOLATES = re.compile("[\u2068\u2069]")
_SECURED_CHARS = max(map(len, _SECURED))
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069\u202a\u202c"))


def words_of(text: str) -> tuple[str, Hit | None]:
    """Return the words of a message, and why there are none.

    Names of files and the remark that it was edited are taken off; marks of direction that the
    application sets are left out at both ends. A text that begins with U+200E, as on iPhones what
    the application wrote does, is a notice.

    Args:
        text: The message behind its sender's name, lines ended by line feeds.

    Returns:
        The words ("" where there are none), and SRC074 where there are none.
    """
    if "(" in text and (found := _FILE.match(text)) is not None:
        text = text[found.end() :]
        return (text.strip(), None) if text.strip() else ("", _hit("a file without words"))
    if "<" in text:
        tail = text[-_EDIT_CHARS:]
        if (found := _EDIT.search(tail)) is not None:
            text = text[: len(text) - len(tail) + found.start()].rstrip()
        if (found := _MARKED_FILE.search(text)) is not None:
            text = (text[: found.start()] + text[found.end() :]).strip(" \n\u200e")
            if not text:
                return "", _hit("a file without words")
    if text.startswith("\u200e"):
        return "", _hit("a notice of the application")
    if len(text) <= _LONGEST_NOTICE:
        plain = (text if text.isascii() else text.translate(_MARKS)).strip(" \n.。").casefold()
        if (why := _NOTICES.get(plain)) is not None:
            return "", _hit(why)
        if "maps.google" in text and _PLACE.match(text) is not None:
            return "", _hit("a place on a map")
    elif text[:_SECURED_CHARS].casefold().startswith(_SECURED):
        return "", _hit("a notice of the application")
    if "\u2068" in text:
        text = _ISOLATES.sub("", text)
    return text, None


def _hit(what: str) -> Hit:
    return Hit("SRC074", "", what)
