"""Folders that cannot be made or written are told before the work."""

import os

import pytest

from plate_seg.errors import UserError
from plate_seg.places import require_writable


def test_a_folder_that_is_there_or_can_be_made_passes_and_none_is_made(tmp_path):
    require_writable("--out", tmp_path)
    require_writable("--out", tmp_path / "a" / "b")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "x", "x/y"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match=r"--out .*file is a file; give another folder"):
        require_writable("--out", tmp_path / "file" / below)


def test_a_folder_that_cannot_be_written_in_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(UserError, match="--run .* cannot be written in"):
        require_writable("--run", tmp_path / "a")
