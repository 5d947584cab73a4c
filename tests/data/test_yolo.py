import numpy as np
import pytest

from plate_seg.data.pictures import write_picture
from plate_seg.data.yolo import read_yolo
from plate_seg.errors import UserError


def write(folder, labels, names="names: [car_plate, '7', B]\n", part=""):
    write_picture(folder / "images" / part / "a.png", np.zeros((50, 100, 3), np.uint8))
    (folder / "labels" / part).mkdir(parents=True)
    (folder / "labels" / part / "a.txt").write_text(labels)
    if names is not None:
        (folder / "data.yaml").write_text(names)
    return folder


def test_centers_and_sizes_become_boxes(tmp_path):
    (sample,) = read_yolo(write(tmp_path, "2 0.325 0.5 0.05 0.12\n0 0.3 0.5 0.4 0.2\n1 0.145 0.5 0.05 0.12\n"))

    (plate,) = sample.plates
    np.testing.assert_allclose(plate.box, [0.4, 0.1, 0.6, 0.5], rtol=1e-6)
    assert [character.label for character in plate.characters] == [7, 11]


def test_the_score_of_a_model_that_labelled_is_passed_over(tmp_path):
    (sample,) = read_yolo(write(tmp_path, "0 0.3 0.5 0.4 0.2 0.87"))

    np.testing.assert_allclose(sample.plates[0].box, [0.4, 0.1, 0.6, 0.5], rtol=1e-6)


def test_an_outline_of_more_points_is_a_box(tmp_path):
    (sample,) = read_yolo(write(tmp_path, "0 0.1 0.4 0.3 0.38 0.5 0.41 0.5 0.61 0.1 0.6"))

    np.testing.assert_allclose(sample.plates[0].box, [0.38, 0.1, 0.61, 0.5], rtol=1e-6)
    assert sample.plates[0].corners is None


def test_a_set_whose_names_hold_no_plate_is_one_of_crops(tmp_path):
    (sample,) = read_yolo(write(tmp_path / "letters", "0 0.3 0.5 0.1 0.2", "names: ['7', B]\n"))

    assert not sample.scene and sample.source == "letters"
    np.testing.assert_array_equal(sample.plates[0].box, [0, 0, 1, 1])
    assert [character.label for character in sample.plates[0].characters] == [7]


def test_labels_stand_in_place_of_the_last_folder_of_images(tmp_path):
    folder = tmp_path / "images" / "cars"

    (sample,) = read_yolo(write(folder, "0 0.3 0.5 0.4 0.2"))

    assert len(sample.plates) == 1


def test_four_points_are_corners_from_the_top_left(tmp_path):
    (sample,) = read_yolo(write(tmp_path, "0 0.5 0.61 0.1 0.6 0.1 0.4 0.5 0.41"))

    np.testing.assert_allclose(sample.plates[0].corners, [[0.4, 0.1], [0.41, 0.5], [0.61, 0.5], [0.6, 0.1]], rtol=1e-6)
    np.testing.assert_allclose(sample.plates[0].box, [0.4, 0.1, 0.61, 0.5], rtol=1e-6)


@pytest.mark.parametrize("stated", ["[4, 3]  # x, y, visible", "\n  - 4\n  - 3"])
def test_points_after_the_box_are_corners(tmp_path, stated):
    points = "0.5 0.61 2 0.1 0.6 1 0.1 0.4 2 0.5 0.41 2"
    names = f"kpt_shape: {stated}\nnames: [plate, '7']\n"

    (sample,) = read_yolo(write(tmp_path, f"0 0.3 0.5 0.42 0.24 {points}\n1 0.2 0.5 0.1 0.1 {points}\n", names))

    (plate,) = sample.plates
    np.testing.assert_allclose(plate.box, [0.38, 0.09, 0.62, 0.51], rtol=1e-6)
    np.testing.assert_allclose(plate.corners, [[0.4, 0.1], [0.41, 0.5], [0.61, 0.5], [0.6, 0.1]], rtol=1e-6)
    np.testing.assert_allclose(plate.characters[0].box, [0.45, 0.15, 0.55, 0.25], rtol=1e-6)


def test_points_may_come_without_visibility(tmp_path):
    line = "0 0.3 0.5 0.42 0.24 0.1 0.4 0.5 0.41 0.5 0.61 0.1 0.6"

    (sample,) = read_yolo(write(tmp_path, line, "names: [plate]\nkpt_shape: [4, 2]\n"))

    np.testing.assert_allclose(sample.plates[0].corners[2], [0.61, 0.5], rtol=1e-6)


@pytest.mark.parametrize("points", ["", "0.1 0.4 2 0.5 0.41 2 0.5 0.61 2 0.1 0.6 0", "0 0 2" + " 0.5 0.6 2" * 3])
def test_points_that_are_not_labelled_leave_a_box(tmp_path, points):
    (sample,) = read_yolo(write(tmp_path, f"0 0.3 0.5 0.4 0.2 {points}", "names: [plate]\nkpt_shape: [4, 3]\n"))

    assert sample.plates[0].corners is None


@pytest.mark.parametrize("shape", ["[17, 3]", "[4, 4]", "many", ""])
def test_other_points_than_four_corners_are_refused(tmp_path, shape):
    with pytest.raises(UserError, match="data.yaml: kpt_shape"):
        read_yolo(write(tmp_path, "0 0.3 0.5 0.4 0.2", f"kpt_shape: {shape}\nnames: [plate]\n"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("0 0.3 0.5 0.4 0.2 0.1 0.4 0.5 0.41", "line 1: 8 numbers after the class"),
        ("0 0.3 0.5 0.4 0.2" + " 0.3 0.5 2" * 4, "line 1: box .* has no area"),
        ("0 0.3 0.5 0.4 0.2 0.1 0.4 2 0.5 0.4 2 0.5 1.2 2 0.1 0.6 2", "line 1: point 0.5 1.2 off the picture"),
    ],
)
def test_points_that_cannot_be_used_are_named(tmp_path, line, words):
    with pytest.raises(UserError, match=words):
        read_yolo(write(tmp_path, line, "names: [plate]\nkpt_shape: [4, 3]\n"))


def test_points_are_fractions_but_for_rounding(tmp_path):
    assert read_yolo(write(tmp_path, "0 0.1 0.4 1.005 0.4 1.005 0.6 0.1 0.6"))[0].plates[0].corners[1, 1] > 1

    (tmp_path / "labels" / "a.txt").write_text("0 0.1 0.4 1.02 0.4 1.02 0.6 0.1 0.6")
    with pytest.raises(UserError, match="a.txt, line 1: point 1.02 0.4 off the picture"):
        read_yolo(tmp_path)


def test_a_byte_order_mark_is_no_part_of_a_line(tmp_path):
    write(tmp_path, "")
    (tmp_path / "labels" / "a.txt").write_text("0 0.3 0.5 0.4 0.2", encoding="utf-8-sig")

    assert len(read_yolo(tmp_path)[0].plates) == 1


def test_a_single_class_is_the_plate_whatever_its_name(tmp_path):
    (sample,) = read_yolo(write(tmp_path, "0 0.3 0.5 0.4 0.2", "nc: 1\nnames:\n  0: thing\n"))

    assert len(sample.plates) == 1 and not sample.plates[0].complete


def test_names_above_the_part_are_found(tmp_path):
    write(tmp_path, "1 0.3 0.5 0.4 0.2\n0 0.3 0.5 0.6 0.4", part="train")

    (sample,) = read_yolo(tmp_path / "images" / "train")

    assert [character.label for character in sample.plates[0].characters] == [7]


def test_a_picture_without_labels_has_no_plates(tmp_path):
    write(tmp_path, "0 0.3 0.5 0.4 0.2")
    (tmp_path / "labels" / "a.txt").unlink()

    assert read_yolo(tmp_path)[0].plates == ()


@pytest.mark.parametrize(
    "line", ["0 0.3 0.5 0 0.2", "9 0.3 0.5 0.4 0.2", "x 1 2 3 4", "0 0.3 0.5 0.4", "0 nan 0.5 0.4 0.2", "-1 0 0 1 1"]
)
def test_lines_that_cannot_be_used_are_named(tmp_path, line):
    with pytest.raises(UserError, match="a.txt, line 2"):
        read_yolo(write(tmp_path, f"0 0.3 0.5 0.4 0.2\n{line}\n"))


def test_classes_without_names_are_refused(tmp_path):
    with pytest.raises(UserError, match="data.yaml or classes.txt"):
        read_yolo(write(tmp_path, "1 0.3 0.5 0.4 0.2", names=None))


def test_a_class_outside_plates_and_characters_is_named(tmp_path):
    with pytest.raises(UserError, match="'truck'"):
        read_yolo(write(tmp_path, "0 0.3 0.5 0.4 0.2", "names: [plate, truck]"))
