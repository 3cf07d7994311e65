"""The registry that LLaMA-Factory publishes: each entry with a file is read, with nothing lost."""

import pytest

LOCAL = {
    **{"identity": 91, "alpaca_en_demo": 999, "alpaca_zh_demo": 1000},
    **{"glaive_toolcall_en_demo": 300, "glaive_toolcall_zh_demo": 298},
    **{"mllm_demo": 6, "mllm_audio_demo": 3, "mllm_video_demo": 3, "mllm_video_audio_demo": 3},
    **{"dpo_en_demo": 300, "dpo_zh_demo": 300, "kto_en_demo": 300},
    **{"wiki_demo": 30, "c4_demo": 300},
}


@pytest.mark.parametrize("name", LOCAL)
def test_every_local_entry_of_the_published_registry_is_read(data, tmp_path, curate, name):
    registry = data / "hiyouga+LLaMA-Factory" / "data" / "dataset_info.json"
    out = tmp_path / "out"
    document = curate("convert", f"{registry}#{name}", "-o", out, "--json").document
    assert document["rows_out"] == LOCAL[name]
    assert document["rows_in"] == document["rows_out"] + sum(document["removed"].values())
    assert set(document["removed"]) <= {"TOL011"}
    assert set(document["findings"]) <= {"TOL011"}


def test_the_published_registry_holds_no_other_local_entry(data, curate):
    registry = data / "hiyouga+LLaMA-Factory" / "data" / "dataset_info.json"
    document = curate("validate", f"{registry}#*", "--select", "SRC036", "--json").document
    assert document["findings"]["SRC036"] == 104 - len(LOCAL)
    assert document["rows_in"] == 2 + sum(LOCAL.values())
