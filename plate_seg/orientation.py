"""JPEG files upright within a graph: TensorFlow decodes their pixels as they are stored, phones store them lying.

References: EXIF 2.32 (CIPA DC-008, 2019), section 4.6; TIFF 6.0 (Adobe, 1992), section 2.
"""

import tensorflow as tf

HEAD = 1 << 17  # bytes that are looked through: EXIF is among the first segments, which are of 64 KB at most
START = b"\xff\xd8"  # of a JPEG file
MARK = b"Exif\0\0"  # of the segment; a TIFF header follows
TAG = 0x0112  # of the orientation, whose value are two bytes
ENTRIES = 64  # that are looked through; cameras write about ten


def decode_upright(encoded: tf.Tensor) -> tf.Tensor:
    """Returns a JPEG or PNG file, scalar string, as uint8 RGB [height, width, 3], turned as its `orientation` says."""
    image = tf.io.decode_image(encoded, channels=3, expand_animations=False)
    image.set_shape([None, None, 3])
    return upright(image, orientation(encoded))


def upright(image: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
    """Returns stored pixels [height, width, 3] as they were seen.

    Args:
        value: EXIF orientation, scalar 1..8: 2 to 4 are mirrored or upside down, 5 to 8 swap height and width as well.
    """
    image = tf.cond(value > 4, lambda: tf.transpose(image, [1, 0, 2]), lambda: image)
    image = tf.cond(tf.reduce_any(value == [3, 4, 7, 8]), lambda: image[::-1], lambda: image)
    return tf.cond(tf.reduce_any(value == [2, 3, 6, 7]), lambda: image[:, ::-1], lambda: image)


def orientation(encoded: tf.Tensor) -> tf.Tensor:
    """Returns the EXIF orientation of a file, scalar string, as int64 1..8; 1 of no JPEG or one that says nothing."""
    head = tf.cast(tf.io.decode_raw(tf.strings.substr(encoded, 0, HEAD), tf.uint8), tf.int64)
    head = tf.pad(head, [[0, len(MARK) + 1]])  # so that a window begins at each byte
    is_jpeg = tf.reduce_all(head[: len(START)] == list(START))
    windows = tf.size(head) - len(MARK)
    is_mark = tf.reduce_all([head[n : windows + n] == byte for n, byte in enumerate(MARK)], 0)
    header = tf.argmax(tf.cast(is_mark, tf.int32)) + len(MARK)
    is_big = _number(head, header, 1) == ord("M")
    entries = header + _number(head, header + 4, 4, is_big)
    rows = tf.range(ENTRIES, dtype=tf.int64)
    places = entries + 2 + 12 * rows
    is_it = (_number(head, places, 2, is_big) == TAG) & (rows < _number(head, entries, 2, is_big))
    value = tf.reduce_max(tf.where(is_it, _number(head, places + 8, 2, is_big), 0))
    return tf.where(is_jpeg & tf.reduce_any(is_mark) & (value >= 1) & (value <= 8), value, 1)


def _number(head: tf.Tensor, places: tf.Tensor, size: int, is_big: tf.Tensor | bool = True) -> tf.Tensor:
    """Returns the integers of `size` bytes that begin at `places`, the first byte highest if `is_big`."""
    order = tf.range(size, dtype=tf.int64)
    last = tf.size(head, tf.int64) - 1  # a broken file points anywhere
    places = tf.minimum(tf.expand_dims(places, -1) + order, last)
    power = tf.where(is_big, order[::-1], order)
    return tf.reduce_sum(tf.gather(head, places) * 256**power, -1)
