"""Which kinds a true plate is counted among."""

from dataclasses import replace

import pytest

from plate_seg.metrics.groups import memberships, plate_groups, width_group
from tests.metrics.examples import sample, true_plate


@pytest.mark.parametrize(("width", "edges"), [(39.9, "0-40"), (40, "40-60"), (239.9, "160-240"), (240, "240")])
def test_a_range_of_widths_begins_with_its_lower_edge(width, edges):
    assert width_group(width).split(" px")[0] == f"width {edges}"


def test_a_plate_is_of_its_width_lines_vehicle_and_kind_of_picture():
    plate = true_plate(lines=2, vehicle="bus")  # 46 px wide, 28 px high

    assert list(plate_groups(plate, sample(plate))) == ["width 40-60 px", "lines 2", "vehicle bus", "scenes"]
    unknown = replace(plate, lines=None, vehicle=None)
    assert list(plate_groups(unknown, sample(plate, scene=False))) == ["width 40-60 px", "crops"]


def test_every_plate_of_every_picture_has_its_rows():
    plate = true_plate()

    table = memberships([sample(plate), sample(), sample(plate, true_plate(left=100))])

    assert table[table.group == "scenes"][["picture", "plate"]].to_numpy().tolist() == [[0, 0], [2, 0], [2, 1]]
