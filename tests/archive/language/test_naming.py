"""The ways in which people write the name of an office."""

import pytest

from services.archive.language.naming import shortest, ways_to_write


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Cục Hải quan TP. Hồ Chí Minh", "cuc hai quan tp hcm"),
        ("Cục Hải quan TP. Hồ Chí Minh", "cuc hai quan thanh pho ho chi minh"),
        ("Cục Hải quan TP.HCM", "hai quan ho chi minh"),
        ("Chi cục Hải quan khu vực II", "hai quan khu vuc ii"),
        ("Chi cục Hải quan khu vực II", "hq kv 2"),
        ("Hải quan khu vực 12", "hai quan khu vuc xii"),
        ("Cục Hải quan tỉnh Quảng Ninh", "cuc hai quan quang ninh"),
        ("UBND thành phố Huế", "uy ban nhan dan tp hue"),
    ],
)
def test_a_name_is_known_however_it_is_written(name, written):
    assert tuple(written.split()) in ways_to_write(name)


def test_nothing_is_left_out_that_makes_it_a_name():
    assert ways_to_write("Cục Thuế") == {("cuc", "thue")}
    assert ("hai", "quan") not in ways_to_write("Cục Hải quan")
    assert ("khu", "vuc", "iii") not in ways_to_write("Khu vực II")
    assert ways_to_write("?") == frozenset()


def test_the_shortest_names_stand_in_the_longer_ones():
    names = [("chi", "cuc", "hai", "quan"), ("hai", "quan"), ("quan", "hai")]
    assert shortest(names) == [("hai", "quan"), ("quan", "hai")]
