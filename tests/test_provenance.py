"""Where a number comes from."""

import re

import pytest

from plate_seg import provenance


def test_the_command_is_named_without_its_folder(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/some/where/plate-seg", "evaluate", "--out", "two words"])

    assert provenance.command() == "plate-seg evaluate --out 'two words'"
    assert provenance.commit() == "unknown" or re.fullmatch(r"[0-9a-f]{7,}\+?", provenance.commit())


@pytest.mark.parametrize(
    ("flags", "instructions"),
    [
        ("sse2 avx2 avx512f avx512_bf16", " (AVX-512 with bf16)"),
        ("sse2 avx2 avx512f", " (AVX-512)"),
        ("sse2 avx2", " (AVX2)"),
        ("sse2", ""),
    ],
)
def test_the_processor_is_named_with_its_widest_instructions(flags, instructions, monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: {flags}\n")
    monkeypatch.setattr(provenance, "CPUINFO", tmp_path / "cpuinfo")

    assert provenance.processor() == f"Some CPU{instructions}, {provenance.threads()} threads"


def test_a_system_without_cpuinfo_still_has_a_processor(monkeypatch, tmp_path):
    monkeypatch.setattr(provenance, "CPUINFO", tmp_path / "none")

    assert provenance.processor().endswith(f", {provenance.threads()} threads")
