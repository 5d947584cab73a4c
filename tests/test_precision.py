"""The number format: bfloat16 where the CPU computes in it, float32 elsewhere."""

import keras
import pytest

from plate_seg import precision


@pytest.fixture
def cpu(tmp_path, monkeypatch):
    """Sets what the machine says of its CPU."""
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    monkeypatch.setattr(precision, "CPU_FLAGS", tmp_path / "cpuinfo")

    def say(flags):
        (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")

    return say


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512_bf16 amx_bf16", True), ("fpu avx512f", False), ("xavx512_bf16x", False), ("", False)],
)
def test_the_flag_decides(cpu, flags, expected):
    cpu(flags)

    assert precision.cpu_has_bfloat16() is expected
    assert precision.choose("auto") == ("mixed_bfloat16" if expected else "float32")


@pytest.mark.parametrize(("limit", "expected"), [("AVX2", False), ("avx512_core", False), ("all", True)])
def test_a_limit_on_onednn_is_kept(cpu, monkeypatch, limit, expected):
    cpu("avx512_bf16")
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", limit)

    assert precision.cpu_has_bfloat16() is expected


def test_a_machine_that_does_not_tell_trains_in_float32(cpu):
    assert precision.choose("auto") == "float32"


def test_the_wish_of_the_user_comes_first(cpu):
    cpu("avx512_bf16")
    assert precision.choose("float32") == "float32"
    cpu("")
    assert precision.choose("bfloat16") == "mixed_bfloat16"


def test_a_policy_holds_within_and_is_put_back_after_an_error():
    before = keras.config.dtype_policy().name
    with pytest.raises(RuntimeError), precision.policy("mixed_bfloat16"):
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
        raise RuntimeError

    assert keras.config.dtype_policy().name == before == "float32"
