import numpy as np
import pytest

from plate_seg.data.ccpd import read_ccpd
from plate_seg.data.pictures import write_picture
from plate_seg.errors import UserError

NAME = "025-95_113-10&20_50&31-50&31_11&30_10&20_49&21-0_0_22_27_27_33_16-37-15.png"


def write(folder, name=NAME):
    write_picture(folder / name, np.zeros((50, 100, 3), np.uint8))
    return folder


def test_the_name_tells_box_corners_and_text(tmp_path):
    (sample,) = read_ccpd(write(tmp_path))

    (plate,) = sample.plates
    np.testing.assert_allclose(plate.box, [0.4, 0.1, 0.62, 0.5])
    np.testing.assert_allclose(plate.corners, [[0.4, 0.1], [0.42, 0.49], [0.62, 0.5], [0.6, 0.11]])
    assert (plate.text, plate.complete, plate.characters) == ("皖AY339S", False, ())


@pytest.mark.parametrize(
    "name",
    ["cat.png", NAME.replace("10&20_50&31-", "10&20_10&31-"), NAME.replace("-0_0_", "-99_0_")],
)
def test_names_that_cannot_be_used_are_told(tmp_path, name):
    with pytest.raises(UserError, match="png"):
        read_ccpd(write(tmp_path, name))
