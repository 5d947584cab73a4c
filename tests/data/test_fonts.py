import pytest

from plate_seg.data.fonts import STYLES, Font, load
from plate_seg.errors import UserError

FACES = sorted({face for style in STYLES.values() for face in style}, key=str)


@pytest.mark.parametrize("face", FACES, ids=str)
def test_every_face_opens(face):
    assert load(face, 32).getbbox("8")[2] > 0


def test_a_missing_package_names_the_remedy():
    with pytest.raises(UserError, match="fontpkg-no-such-face is missing; pip install"):
        load(Font("no_such_face", "Regular.ttf"), 32)


def test_weight_thickens_a_variable_face():
    light, bold = (load(Font("arimo", "Arimo[wght].ttf", weight), 100) for weight in (400, 700))

    assert bold.getmask("I").getbbox()[2] > light.getmask("I").getbbox()[2]
