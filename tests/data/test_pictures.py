import os
import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from plate_seg.data.pictures import picture_size, read_picture, write_picture
from plate_seg.errors import UserError

RED, BLUE = (255, 0, 0), (0, 0, 255)
TURNED = Path(__file__).with_name("turned.heic")


def halves(width=8, height=4):
    """Red on the left, blue on the right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = RED, BLUE
    return picture


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".webp", ".tif", ".jpg"])
def test_every_format_reads_back_as_rgb(tmp_path, suffix):
    write_picture(tmp_path / f"a{suffix}", halves(64, 32))

    picture = read_picture(tmp_path / f"a{suffix}")

    assert picture.shape == (32, 64, 3) and picture.dtype == np.uint8
    assert picture[16, 8, 0] > 200 and picture[16, 56, 2] > 200


@pytest.mark.parametrize("name", ["hai chữ số.png", "biển số xe Đà Nẵng.png"])
def test_names_with_spaces_and_vietnamese_letters(tmp_path, name):
    write_picture(tmp_path / name, halves())

    np.testing.assert_array_equal(read_picture(tmp_path / name), halves())


def test_grey_becomes_three_equal_channels(tmp_path):
    Image.new("L", (5, 3), 77).save(tmp_path / "a.png")

    assert (read_picture(tmp_path / "a.png") == 77).all()


def test_transparent_pixels_become_white(tmp_path):
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(tmp_path / "a.png")

    assert (read_picture(tmp_path / "a.png") == 255).all()


def test_palette_colors_are_looked_up(tmp_path):
    Image.fromarray(halves()).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "a.png")

    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), halves())


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_keep_the_high_byte(tmp_path, suffix, channels):
    levels = np.full((3, 4, channels), 200 * 256 + 9, np.uint16)
    (tmp_path / f"a{suffix}").write_bytes(cv2.imencode(suffix, levels)[1].tobytes())

    assert (read_picture(tmp_path / f"a{suffix}") == 200).all()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
def test_exif_rotation_turns_picture_and_size(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side: turn a quarter clockwise
    Image.fromarray(halves(64, 32)).save(tmp_path / f"a{suffix}", exif=exif)

    picture = read_picture(tmp_path / f"a{suffix}")

    assert picture_size(tmp_path / f"a{suffix}") == picture.shape[:2] == (64, 32)
    assert picture[8, 16, 0] > 200 and picture[56, 16, 2] > 200  # left went to the top


def test_a_telephones_heic_is_read_upright():
    """Of pillow-heif: blue left of red, stored blue above red, 48 wide and 64 high, with a turn noted in the file."""
    picture = read_picture(TURNED)

    assert picture_size(TURNED) == picture.shape[:2] == (48, 64)
    assert picture[24, 8, 2] > 200 and picture[24, 56, 0] > 200 and (picture[..., 1] < 60).all()


def test_a_heic_cut_short_or_without_a_picture_is_named_in_a_user_error(tmp_path):
    whole = TURNED.read_bytes()
    for name, content in {"cut.heic": whole[: len(whole) - 40], "head.heic": whole[:30]}.items():
        (tmp_path / name).write_bytes(content)

        with pytest.raises(UserError, match=name):
            read_picture(tmp_path / name)


@pytest.mark.parametrize("shape", [(1, 1), (6000, 8), (8, 6000)])
def test_extreme_sizes_are_read(tmp_path, shape):
    write_picture(tmp_path / "a.png", np.zeros((*shape, 3), np.uint8))

    assert read_picture(tmp_path / "a.png").shape == (*shape, 3)
    assert picture_size(tmp_path / "a.png") == shape


def broken(folder, kind):
    path = folder / "a.jpg"
    write_picture(path, np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    whole = path.read_bytes()
    content = {"empty": b"", "cut short": whole[: len(whole) // 2], "no picture": b"hello" * 99}
    path.write_bytes(content[kind]) if kind in content else path.unlink()
    return path


@pytest.mark.parametrize("kind", ["missing", "empty", "cut short", "no picture"])
def test_unreadable_files_are_named_in_a_user_error(tmp_path, kind):
    path = broken(tmp_path, kind)

    with pytest.raises(UserError, match="a.jpg.*; ") as caught:
        read_picture(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp"])
def test_other_formats_cut_short_are_named_in_a_user_error(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write_picture(path, np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:3000])

    with pytest.raises(UserError, match="a\\."):
        read_picture(path)


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(UserError, match="picture file"):
        read_picture(tmp_path)


def test_nothing_half_written_stays_when_the_folder_is_a_file(tmp_path):
    (tmp_path / "file").write_text("here")

    with pytest.raises(UserError, match="folder"):
        write_picture(tmp_path / "file" / "a.png", halves())
    for name in ("a.xyz", "a.heic"):
        with pytest.raises(UserError, match=f"{name}.*ending.*use one of .jpg"):
            write_picture(tmp_path / name, halves())

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_large_pictures_are_read_without_a_warning_and_larger_ones_named_so(tmp_path):
    Image.new("1", (12000, 9000)).save(tmp_path / "large.png")
    Image.new("1", (15000, 12500)).save(tmp_path / "larger.png")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert picture_size(tmp_path / "large.png") == (9000, 12000)
        with pytest.raises(UserError, match="15000 x 12500, larger than 180000000 pixels; make it smaller"):
            read_picture(tmp_path / "larger.png")


def test_a_picture_comes_out_of_a_pipe(tmp_path):
    write_picture(tmp_path / "a.png", halves())
    os.mkfifo(tmp_path / "pipe")
    for content in ((tmp_path / "a.png").read_bytes(), b""):
        writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content])
        writer.start()
        if content:
            np.testing.assert_array_equal(read_picture(tmp_path / "pipe"), halves())
        else:
            with pytest.raises(UserError, match="pipe: the file is empty"):
                read_picture(tmp_path / "pipe")
        writer.join()


def test_places_that_the_system_refuses_are_no_damaged_pictures(tmp_path):
    (tmp_path / "circle.jpg").symlink_to(tmp_path / "circle.jpg")

    for path, problem in {tmp_path / "circle.jpg": "symbolic links", tmp_path / ("n" * 256): "name too long"}.items():
        with pytest.raises(UserError, match=f"{problem}; check the path"):
            read_picture(path)
    with pytest.raises(UserError, match="a device; give a picture file"):
        read_picture("/dev/zero")


def test_a_name_as_long_as_names_can_be_is_written(tmp_path):
    write_picture(tmp_path / ("n" * 251 + ".png"), halves())

    np.testing.assert_array_equal(read_picture(tmp_path / ("n" * 251 + ".png")), halves())
