"""EXIF orientation in a graph, against Pillow's."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from plate_seg.orientation import HEAD, decode_upright, orientation, upright

TAG = 0x0112
STORED = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


def saved(value=None, suffix="jpeg", endian="<", before=b""):
    """A picture file that notes an orientation, and what is `before` its EXIF segment."""
    exif = Image.Exif()
    exif.endian = endian
    exif[0x010F] = "a camera's maker"  # a tag before, whose value lies elsewhere
    if value is not None:
        exif[TAG] = value
    file = io.BytesIO()
    Image.fromarray(np.repeat(np.repeat(STORED, 16, 0), 16, 1)).save(file, suffix, exif=exif, quality=95)
    content = file.getvalue()
    return content[:2] + before + content[2:]


@pytest.mark.parametrize("value", range(1, 9))
def test_pixels_are_turned_as_pillow_turns_them(value):
    exif = Image.Exif()
    exif[TAG] = value
    stored = Image.fromarray(STORED)
    stored.info["exif"] = exif.tobytes()
    expected = np.asarray(ImageOps.exif_transpose(stored))

    np.testing.assert_array_equal(upright(tf.constant(STORED), tf.constant(value, tf.int64)), expected)


@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_a_jpeg_file_says_how_it_was_held(value, endian):
    assert int(orientation(saved(value, endian=endian))) == value


def test_a_segment_before_that_of_exif_is_passed_over():
    comment = b"\xff\xfe" + (60_000).to_bytes(2, "big") + bytes(59_998)
    assert int(orientation(saved(6, before=comment))) == 6


@pytest.mark.parametrize(
    "file",
    [
        saved(),
        saved(suffix="png"),
        saved(6)[:30],
        saved(9),
        saved(0),
        saved(6).replace(b"Exif\0\0", b"Exif\0\1"),
        saved(6)[1:],
        b"\xff\xd8" + bytes(HEAD) + saved(6)[2:],
        b"\xff\xd8Exif\0\0MM\0*\xff\xff\xff\xff",
        b"",
    ],
)
def test_a_file_that_does_not_say_stays_as_it_is(file):
    assert int(orientation(file)) == 1


def test_a_file_is_decoded_upright_in_a_graph():
    file = saved(6)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(file))).convert("RGB"))

    picture = tf.function(decode_upright, input_signature=[tf.TensorSpec([], tf.string)])(file)

    assert picture.shape == (48, 32, 3)
    np.testing.assert_allclose(picture, expected, atol=3)  # two decoders
