"""A system without Qt's libraries is told what to install."""

import pytest

from gui import syslibs

DEBIAN_12 = {"ID": "debian", "VERSION_ID": "12"}


def without(*absent: str) -> syslibs.Load:
    def load(name: str) -> object:
        if name in absent:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    return load


def everything_absent(name: str) -> object:
    raise OSError(name)


def test_a_complete_system_lacks_nothing() -> None:
    assert syslibs.missing_libraries({"DISPLAY": ":0"}, load=without(), system="linux") == ()


def test_an_absent_library_is_named() -> None:
    assert syslibs.missing_libraries({}, load=without("libEGL.so.1"), system="linux") == ("libEGL.so.1",)


@pytest.mark.parametrize(
    ("environment", "looks_for_xcb"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":0"}, False),
        ({}, False),
    ],
)
def test_libraries_of_x11_are_needed_only_where_a_window_opens_there(
    environment: dict[str, str], looks_for_xcb: bool
) -> None:
    missing = syslibs.missing_libraries(environment, load=everything_absent, system="linux")
    assert set(missing) == set(syslibs.ALWAYS) | (set(syslibs.ON_X11) if looks_for_xcb else set())


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_bring_their_libraries(system: str) -> None:
    assert syslibs.missing_libraries({"DISPLAY": ":0"}, load=everything_absent, system=system) == ()


def test_advice_is_one_line_to_copy() -> None:
    text = syslibs.advice(("libGL.so.1", "libglib-2.0.so.0"), release=DEBIAN_12)
    assert "apt-get install -y --no-install-recommends libgl1 libglib2.0-0\n" in text


@pytest.mark.parametrize("release", [{"ID": "debian", "VERSION_ID": "13"}, {"ID": "ubuntu", "VERSION_ID": "24.04"}])
def test_advice_knows_the_packages_of_newer_releases(release: dict[str, str]) -> None:
    assert " libglib2.0-0t64\n" in syslibs.advice(("libglib-2.0.so.0",), release=release)


def test_older_ubuntu_keeps_the_older_name() -> None:
    release = {"ID": "ubuntu", "VERSION_ID": "22.04", "ID_LIKE": "debian"}
    assert " libglib2.0-0\n" in syslibs.advice(("libglib-2.0.so.0",), release=release)


def test_elsewhere_the_advice_says_for_which_system_the_line_is() -> None:
    assert "on Debian and Ubuntu that is" in syslibs.advice(("libGL.so.1",), release={"ID": "fedora"})


def test_advice_without_release_data_still_names_the_packages() -> None:
    assert "libegl1" in syslibs.advice(("libEGL.so.1",), release={})


def test_this_machine_can_open_its_window_if_the_tests_run() -> None:
    assert syslibs.missing_libraries({"QT_QPA_PLATFORM": "offscreen"}) == ()
