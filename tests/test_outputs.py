"""Files and folders of results: whole or as before, behind links, into pipes, and nobody else's replaced."""

import os
import threading

import pytest

from plate_seg import outputs
from plate_seg.errors import UserError


@pytest.mark.parametrize("place", ["file/plates.json", "folder", "n" * 256])
def test_place_that_cannot_be_written_is_one_clear_line(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    with pytest.raises(UserError, match="choose a file that can be written"):
        outputs.check_writable(tmp_path / place)


@pytest.mark.parametrize("place", ["file", "file/folder", "n" * 256])
def test_folder_that_cannot_be_written_is_one_clear_line(tmp_path, place):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match="choose a folder that can be written"):
        outputs.check_folder(tmp_path / place)


def test_checks_make_the_folder_and_leave_it_empty(tmp_path):
    outputs.check_writable(tmp_path / "new" / "plates.json")
    outputs.check_folder(tmp_path / "other" / "folder")

    assert list((tmp_path / "new").iterdir()) == list((tmp_path / "other" / "folder").iterdir()) == []


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "plates.json").write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    with pytest.raises(UserError, match="No space left"):
        outputs.write_beside(tmp_path / "plates.json", "new")

    assert (tmp_path / "plates.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["plates.json"]


def test_a_name_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / ("n" * 251 + ".csv")
    outputs.check_writable(path)

    outputs.write_beside(path, "whole")

    assert path.read_text() == "whole"


def test_a_link_stays_one_and_its_file_is_written(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "link.json").symlink_to(tmp_path / "kept" / "plates.json")
    outputs.check_writable(tmp_path / "link.json")

    outputs.write_beside(tmp_path / "link.json", "new")

    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "kept" / "plates.json").read_text() == "new"


def test_a_link_in_circles_is_one_clear_line(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")

    with pytest.raises(UserError, match="symbolic links"):
        outputs.check_writable(tmp_path / "a")


def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    pipe, taken = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: taken.append(pipe.read_text()))
    reader.start()

    outputs.check_writable(pipe)
    outputs.write_beside(pipe, "plates")

    reader.join()
    assert taken == ["plates"] and pipe.is_fifo()


def test_an_open_file_is_added_to(tmp_path):
    with open(tmp_path / "all.txt", "w+b", buffering=0) as stream:
        stream.write(b"a line\n")
        outputs.check_writable(f"/dev/fd/{stream.fileno()}")

        outputs.write_beside(f"/dev/fd/{stream.fileno()}", "[]\n")

    assert (tmp_path / "all.txt").read_text() == "a line\n[]\n"


@pytest.mark.parametrize(
    ("names", "problem"), [(("a", "b", "x/../a"), "two results"), (("a", "a/b"), "for a file and for a folder")]
)
def test_files_that_would_overwrite_each_other_are_refused(tmp_path, names, problem):
    outputs.check_apart([tmp_path / "a", tmp_path / "ab", tmp_path / "b" / "a"])

    with pytest.raises(UserError, match=problem):
        outputs.check_apart([tmp_path / name for name in names])


def test_what_is_not_ours_is_named_before_its_folder_is_replaced(tmp_path):
    for name in ("own", "notes.txt"):
        (tmp_path / name).mkdir()
    outputs.check_own(tmp_path, ("own", "notes.txt").__contains__)

    with pytest.raises(UserError, match="notes.txt.*move it"):
        outputs.check_own(tmp_path, "own".__eq__)


@pytest.mark.parametrize("was_there", [True, False])
def test_a_folder_is_put_in_place_as_a_whole(tmp_path, was_there):
    made, out = tmp_path / "made", tmp_path / "out"
    for folder in [made, out] if was_there else [made]:
        folder.mkdir()
        (folder / folder.name).touch()

    outputs.put_in_place(made, out)

    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in out.iterdir()] == ["made"]


def test_the_old_folder_comes_back_when_the_new_one_cannot_be_put_there(tmp_path, monkeypatch):
    made, out, replace = tmp_path / "made", tmp_path / "out", os.replace
    for folder in (made, out):
        folder.mkdir()
        (folder / folder.name).touch()

    def fail(source, target):
        if source == made:
            raise OSError(5, "Input/output error")
        replace(source, target)

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(UserError, match="out: Input/output error"):
        outputs.put_in_place(made, out)

    assert [path.name for path in out.iterdir()] == ["out"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "out"]


def test_neither_the_current_folder_is_replaced_nor_what_no_folder_can_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "circle").symlink_to("circle")

    for name in (".", tmp_path, "link", "/", "circle", "n" * 256):
        with pytest.raises(UserError, match="name a new folder"):
            outputs.replaceable(name)
    assert outputs.replaceable("x/../new") == tmp_path / "new"


def test_a_folder_that_is_there_or_can_be_made_passes_and_none_is_made(tmp_path):
    outputs.require_writable("--out", tmp_path)
    outputs.require_writable("--out", tmp_path / "a" / "b")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "x", "x/y"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    (tmp_path / "file").touch()

    with pytest.raises(UserError, match=r"--out .*file is a file; give another folder"):
        outputs.require_writable("--out", tmp_path / "file" / below)


def test_a_folder_that_cannot_be_written_in_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(UserError, match="--run .* cannot be written in"):
        outputs.require_writable("--run", tmp_path / "a")
