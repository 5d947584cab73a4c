"""The real graph, exported, in a program that cannot import the package."""

import subprocess
import sys

import numpy as np

from plate_seg.export import OUTPUTS, export

SIZES = [(1, 1), (96, 128), (250, 90), (40, 400)]
STRANGER = """
import sys
sys.modules["plate_seg"] = None  # importing it fails from here on
import numpy as np, tensorflow as tf
find = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
pictures = np.load(sys.argv[2])
answers = {name: find(images=tf.constant(pictures[name])) for name in pictures.files}
np.savez(sys.argv[3], **{f"{name}/{key}": value.numpy().astype("U") if value.dtype == tf.string else value.numpy()
         for name, found in answers.items() for key, value in found.items()})
"""


def test_a_stranger_gets_the_answers_of_keras_from_the_real_graph(serving, tmp_path):
    random = np.random.default_rng(1)
    pictures = {f"{h}x{w}": random.integers(0, 256, (2, h, w, 3), np.uint8) for h, w in SIZES}
    np.savez(tmp_path / "pictures.npz", **pictures)
    folder = export(serving, tmp_path / "plate_seg")

    arguments = [str(folder), str(tmp_path / "pictures.npz"), str(tmp_path / "answers.npz")]
    subprocess.run([sys.executable, "-I", "-c", STRANGER, *arguments], cwd=tmp_path, check=True)

    answers = np.load(tmp_path / "answers.npz")
    for name, images in pictures.items():
        expected = serving(images, training=False)
        masks = answers[f"{name}/character_masks"] != expected["character_masks"]
        assert np.mean(masks) < 1e-3  # a stroke logit of zero may round to either side
        for output in set(OUTPUTS) - {"character_masks"}:
            np.testing.assert_allclose(answers[f"{name}/{output}"], expected[output], 1e-4, 1e-4, err_msg=output)
    assert answers["96x128/num_characters"].sum() > 0  # otherwise nothing was compared with nothing
