"""Where a number comes from."""

import os
import subprocess

import pytest

from plate_seg import provenance


def test_the_command_is_named_without_its_folder(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/some/where/plate-seg", "evaluate", "--out", "two words"])

    assert provenance.command() == "plate-seg evaluate --out 'two words'"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that holds the module, in no checkout."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # a hook of git's has some
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "provenance.py").write_text("one")
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "provenance.py"))
    return tmp_path


def git(folder, *arguments):
    command = ["git", "-C", folder, "-c", "user.name=me", "-c", "user.email=me@here", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_commit_is_marked_where_its_files_have_changed_since(folder):
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    (folder / "new").touch()  # which is no file of the commit

    commit = provenance.commit()
    (folder / "provenance.py").write_text("two")

    assert len(commit) >= 7 and git(folder, "rev-parse", "HEAD").startswith(commit)
    assert provenance.commit() == f"{commit}+"


def test_outside_of_a_checkout_the_commit_is_unknown(folder):
    assert provenance.commit() == "unknown"


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
