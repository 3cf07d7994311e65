"""What a folder or a label of mail is for: sent mail, drafts, spam, the bin."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Role = Literal["", "sent", "draft", "spam", "trash"]

# The names that Gmail, Outlook, Apple Mail, Thunderbird and Yahoo give these folders, in lower
# case. Special-use names are those of RFC 6154.
_NAMES: dict[Role, str] = {
    "sent": """
        sent; sent mail; sent items; sent messages; outbox-sent; \\sent
        gesendet; gesendete objekte; gesendete elemente; gesendete nachrichten
        envoyés; messages envoyés; éléments envoyés; courrier envoyé
        enviados; elementos enviados; mensajes enviados; correo enviado
        itens enviados; mensagens enviadas; e-mails enviados; enviadas; enviats
        inviati; inviata; posta inviata; elementi inviati; messaggi inviati
        verzonden; verzonden items; verzonden berichten; verzonden objecten
        отправленные; отправленное; надіслані; выпраўленыя
        wysłane; elementy wysłane; wysłane wiadomości; odeslaná pošta; odeslané; odoslaná pošta
        skickat; skickade; skickade objekt; sendt; sendte elementer; sendt post; sendte
        lähetetyt; lähetetyt viestit; gönderilmiş postalar; gönderilmiş öğeler; gönderilenler
        elküldött üzenetek; elküldött elemek; elküldött; trimise; mesaje trimise; elemente trimise
        σταλμένα; απεσταλμένα; изпратени; poslano; poslane stavke; послато; išsiųsti; nosūtītie
        已发送; 已发送邮件; 已发邮件; 寄件備份; 寄件備份匣; 已傳送郵件; 寄件匣備份
        送信済み; 送信済みメール; 送信済みアイテム; 보낸편지함; 보낸 편지함; 보낸메일함
        المرسل; البريد المرسل; العناصر المرسلة; דואר יוצא; דואר שנשלח; פריטים שנשלחו
        thư đã gửi; đã gửi; terkirim; ส่งแล้ว; จดหมายที่ส่งแล้ว; भेजा गया; saadetud
    """,
    "draft": """
        draft; drafts; \\drafts; entwurf; entwürfe; brouillon; brouillons; borrador; borradores
        rascunho; rascunhos; bozza; bozze; concept; concepten; черновик; черновики; чернетки
        kopia robocza; kopie robocze; wersje robocze; szkice; koncept; koncepty; rozepsané
        utkast; kladde; kladder; luonnos; luonnokset; taslak; taslaklar; piszkozatok; piszkozat
        ciorne; mesaje nefinalizate; schițe; πρόχειρα; чернови; skice; juodraščiai; melnraksti
        草稿; 草稿箱; 草稿匣; 下書き; 임시보관함; 임시 보관함; المسودات; مسودات; טיוטות
        thư nháp; bản nháp; draf; ร่างจดหมาย; แบบร่าง; ड्राफ़्ट; esborranys; mustandid
    """,
    "spam": """
        spam; junk; junk e-mail; junk email; junk mail; bulk mail; bulk; \\junk
        spamverdacht; junk-e-mail; unerwünscht; courrier indésirable; indésirables; pourriel
        correo no deseado; no deseado; lixo eletrônico; posta indesiderata; indesiderata
        ongewenste e-mail; ongewenst; ongewenste reclame; спам; нежелательная почта; небажана пошта
        wiadomości-śmieci; niechciane; nevyžádaná pošta; nevyžiadaná pošta; skräppost; søppelpost
        uønsket e-post; uønsket post; roskaposti; önemsiz e-posta; istenmeyen posta; levélszemét
        mesaje nedorite; ανεπιθύμητη αλληλογραφία; ανεπιθύμητα; correu brossa
        垃圾邮件; 垃圾郵件; 迷惑メール; 스팸; 스팸메일함; 스팸함; 정크 메일; البريد العشوائي
        البريد غير الهام; דואר זבל; ספאם; thư rác; จดหมายขยะ; สแปม; स्पैम
    """,
    "trash": """
        trash; bin; deleted; deleted items; deleted messages; wastebasket; \\trash
        papierkorb; gelöscht; gelöschte objekte; gelöschte elemente; corbeille
        éléments supprimés; messages supprimés; papelera; elementos eliminados
        mensajes eliminados; eliminados; lixeira; lixo; itens excluídos; mensagens excluídas
        itens eliminados; reciclagem; cestino; posta eliminata; elementi eliminati
        prullenbak; prullenmand; verwijderde items; verwijderde objecten; корзина; удаленные
        удалённые; кошик; kosz; elementy usunięte; koš; odstraněná pošta; kôš
        papperskorgen; papperskorg; borttaget; borttagna objekt; papirkurv; slettede elementer
        slettet post; roskakori; poistetut; çöp kutusu; çöp; silinmiş öğeler; silinmiş postalar
        kuka; törölt elemek; lomtár; coș de gunoi; coş de gunoi; elemente șterse; κάδος; διαγραμμένα
        απορριμμάτων; кошче; smeće; paperera; prügikast; šiukšliadėžė
        已删除; 已删除邮件; 已刪除郵件; 垃圾桶; 刪除的郵件; 回收站; ゴミ箱; 削除済みアイテム; ごみ箱
        휴지통; 지운편지함; 지운 편지함; المهملات; سلة المهملات; العناصر المحذوفة; אשפה; פח אשפה
        פריטים שנמחקו; thùng rác; sampah; ถังขยะ; ट्रैश
    """,
}
_ROLES: dict[str, Role] = {
    name.strip(): role
    for role, names in _NAMES.items()
    for name in re.split(r"[;\n]", names)
    if name.strip()
}
_DECORATION = re.compile(r"\.(?:mbox|mbx|sbd|imapmbox)$|(?<=[^\d])-\d{1,3}$|^\.")
_FOLDERS = re.compile(r"[/.](?=[^/.])")


@lru_cache(maxsize=4_096)
def role_of(name: str) -> Role:
    """Return what a label or a folder's path is for, "" where that is not known.

    A path's last folder counts first, then those above it: what lies below the bin is in the bin.

    Args:
        name: `Sent`, `[Gmail]/Gesendet`, `INBOX.Drafts`, `Takeout/Mail/Papierkorb.mbox`.
    """
    whole = _DECORATION.sub("", name.strip().strip("/").casefold())
    if (role := _ROLES.get(whole)) is not None:
        return role
    parts = [_DECORATION.sub("", part).strip() for part in whole.replace("\\", "/").split("/")]
    for part in reversed(parts):
        if (role := _ROLES.get(part) or _ROLES.get(_FOLDERS.split(part)[-1])) is not None:
            return role
    return ""
