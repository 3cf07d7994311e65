"""Languages: two models that agree can be relied on; neither sees what stands beside a text."""

from __future__ import annotations

import importlib.util
import random
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import MissingExtraError
from curate.filtering.scores import Meter, Tools, column_named, needed
from curate.language import CODES, READ_CHARS, _other_model, identify, identify_all

missing = [name for name in ("fasttext", "pycld2") if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")

# Written for this test.
SENTENCES = {
    "ar": "ذهبت إلى السوق صباحا واشتريت الخبز والجبن لأطفالي.",
    "bg": "Тази сутрин отидох на пазара и купих хляб за децата си.",
    "bn": "আজ সকালে আমি বাজারে গিয়ে বাচ্চাদের জন্য রুটি কিনেছি।",
    "cs": "Dnes ráno jsem šel na trh a koupil dětem čerstvý chléb.",
    "da": "I morges gik jeg på markedet og købte brød til mine børn.",
    "de": "Heute früh ging ich auf den Markt und kaufte Brot für meine Kinder.",
    "el": "Σήμερα το πρωί πήγα στην αγορά και πήρα ψωμί για τα παιδιά.",
    "en": "This morning I went to the market and bought bread for my children.",
    "es": "Esta mañana fui al mercado y compré pan para mis hijos pequeños.",
    "fa": "امروز صبح به بازار رفتم و برای بچه‌هایم نان تازه خریدم.",
    "fi": "Tänä aamuna kävin torilla ja ostin lapsilleni tuoretta leipää.",
    "fr": "Ce matin je suis allé au marché et j'ai acheté du pain pour mes enfants.",
    "he": "הבוקר הלכתי לשוק וקניתי לחם טרי בשביל הילדים שלי.",
    "hi": "आज सुबह मैं बाज़ार गया और अपने बच्चों के लिए रोटी खरीदी।",
    "hu": "Ma reggel elmentem a piacra, és kenyeret vettem a gyerekeimnek.",
    "it": "Stamattina sono andato al mercato e ho comprato il pane per i miei figli.",
    "ja": "今朝は市場へ行って、子どもたちのためにパンを買いました。",
    "ko": "오늘 아침에 시장에 가서 아이들에게 줄 빵을 샀습니다.",
    "nl": "Vanmorgen ging ik naar de markt en kocht brood voor mijn kinderen.",
    "pl": "Dziś rano poszedłem na targ i kupiłem świeży chleb dla dzieci.",
    "pt": "Hoje de manhã fui ao mercado e comprei pão para os meus filhos.",
    "ru": "Сегодня утром я пошёл на рынок и купил детям свежего хлеба.",
    "sv": "I morse gick jag till torget och köpte bröd till mina barn.",
    "ta": "இன்று காலை நான் சந்தைக்குச் சென்று குழந்தைகளுக்கு ரொட்டி வாங்கினேன்.",
    "th": "เช้านี้ฉันไปตลาดและซื้อขนมปังให้ลูก ๆ ของฉัน",
    "tr": "Bu sabah pazara gittim ve çocuklarım için taze ekmek aldım.",
    "uk": "Сьогодні вранці я пішов на ринок і купив дітям свіжого хліба.",
    "ur": "آج صبح میں بازار گیا اور اپنے بچوں کے لیے روٹی خریدی۔",
    "vi": "Sáng nay tôi đi chợ và mua bánh mì cho các con của tôi.",
    "zh": "今天早上我去市场给孩子们买了新鲜的面包。",
}


def test_a_sentence_in_each_language_is_told() -> None:
    found = identify_all(list(SENTENCES.values()))
    assert found.codes == list(SENTENCES)
    assert found.sure.all()
    assert ((found.scores > 0) & (found.scores <= 1)).all()


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "\ufffe\ufffd", "\ud800", "12.5 + 3", "x"])
def test_what_holds_nothing_to_tell_by_is_not_sure(text: str) -> None:
    assert not identify_all([text]).sure[0]


@given(st.lists(st.text(max_size=60), max_size=8), st.integers(0, 8))
def test_no_text_stops_it_and_none_changes_another(texts: list[str], at: int) -> None:
    whole = identify_all(texts)
    assert set(whole.codes) <= CODES | {"und"}
    parts = [identify_all(texts[:at]), identify_all(texts[at:])]
    assert whole.codes == [code for part in parts for code in part.codes]
    assert np.array_equal(whole.sure, np.concatenate([part.sure for part in parts]))
    assert np.array_equal(whole.scores, np.concatenate([part.scores for part in parts]))


def test_characters_that_a_model_refuses_are_passed_over() -> None:
    draw = random.Random(0)
    text = SENTENCES["de"]
    refused = ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\x9f", "\ufdd0", "\ufffe", "\U0010ffff"]
    for point in [*refused, *(chr(0x10000 * plane + 0xFFFF) for plane in range(17)), "\udfff"]:
        at = draw.randrange(len(text))
        assert identify_all([text[:at] + point + text[at:]]).codes == ["de"]


def test_only_the_head_of_a_long_text_is_read() -> None:
    head = (SENTENCES["en"] + " ") * (READ_CHARS // 60)
    assert identify_all([head + SENTENCES["ru"] * 1_000]).codes == ["en"]


def test_the_codes_are_those_of_the_models() -> None:
    assert len(CODES) == 176
    _, known = _other_model()
    assert len(known & CODES) > 100
    assert identify(SENTENCES["sv"]).code in CODES


def test_prompt_and_response_are_held_against_each_other() -> None:
    columns = needed([column_named("same_language", "response")])
    assert [column.name for column in columns[:2]] == ["prompt_language", "response_language"]
    de, en = SENTENCES["de"], SENTENCES["en"]
    found = Meter(columns, Tools()).measure(
        {"prompt": [de, de, de], "response": [de, en, "12"]}, {}
    )
    assert np.array_equal(found["same_language"], [1.0, 0.0, np.nan], equal_nan=True)


def test_sure_likely_and_probability_are_three_scores() -> None:
    names = ("language", "likely_language", "language_probability")
    columns = needed([column_named(name, "response") for name in names])
    texts = [SENTENCES["fr"], "12 + 3", "Oslo", ""]
    found = Meter(columns, Tools()).measure({"response": texts}, {})
    assert found["response_language"].tolist() == ["fr", None, None, None]
    likely = found["response_likely_language"].tolist()
    assert [code is None for code in likely] == [False, True, False, True]
    assert [n > 0 for n in found["response_language_probability"]] == [True, False, True, False]


def test_without_the_second_model_the_install_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycld2", None)
    _other_model.cache_clear()
    try:
        with pytest.raises(MissingExtraError) as caught:
            identify_all(["text"])
    finally:
        _other_model.cache_clear()
    assert caught.value.hint == "pip install 'tunesmith[language]'"
