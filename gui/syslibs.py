"""The system libraries Qt needs, looked for before Qt is imported: a bare system gets advice and not a crash."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Mapping

# Library file -> Debian package. Found by dropping one package after the other from a bare Debian 12.
ALWAYS = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
ON_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    # Without this one Qt complains about xcb-cursor0, which is there.
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# Debian 13 and Ubuntu 24.04 renamed packages when time stamps grew to 64 bits.
RENAMED_WITH_64_BIT_TIME = {"libglib2.0-0": "libglib2.0-0t64"}

Load = Callable[[str], object]


def missing_libraries(
    environment: Mapping[str, str] | None = None, *, load: Load = ctypes.CDLL, system: str = sys.platform
) -> tuple[str, ...]:
    """Files of the libraries without which Qt cannot start here; empty on systems other than Linux.

    Args:
        environment: tells whether a window would open on an X server; the process's own by default.
        load: raises OSError for a library that is not there.
        system: as `sys.platform`.
    """
    if not system.startswith("linux"):
        return ()
    wanted = [*ALWAYS, *(ON_X11 if _uses_x11(os.environ if environment is None else environment) else ())]
    return tuple(name for name in wanted if not _is_there(name, load))


def advice(missing: Iterable[str], *, release: Mapping[str, str] | None = None) -> str:
    """What to type so that the missing libraries are there; one sentence and one command.

    Args:
        missing: library files as `missing_libraries` names them.
        release: fields of /etc/os-release; read from there by default.
    """
    fields = _os_release() if release is None else release
    packages = [_package(name, fields) for name in missing]
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(packages)
    names = ", ".join(missing)
    if _is_debian_like(fields):
        return f"Fieldmark cannot open its window: the system lacks {names}. Please run\n\n  {line}\n"
    return (
        f"Fieldmark cannot open its window: the system lacks {names}. Install the packages that hold them; "
        f"on Debian and Ubuntu that is\n\n  {line}\n"
    )


def _uses_x11(environment: Mapping[str, str]) -> bool:
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform.split(":")[0].split(";")[0] == "xcb"
    return bool(environment.get("DISPLAY")) and not environment.get("WAYLAND_DISPLAY")


def _is_there(name: str, load: Load) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True


def _package(library: str, release: Mapping[str, str]) -> str:
    package = {**ALWAYS, **ON_X11}[library]
    return RENAMED_WITH_64_BIT_TIME.get(package, package) if _has_64_bit_time(release) else package


def _has_64_bit_time(release: Mapping[str, str]) -> bool:
    first = {"debian": 13.0, "ubuntu": 24.04}.get(release.get("ID", ""))
    try:
        return first is not None and float(release.get("VERSION_ID", "0")) >= first
    except ValueError:
        return False


def _is_debian_like(release: Mapping[str, str]) -> bool:
    return bool({"debian", "ubuntu"} & {release.get("ID", ""), *release.get("ID_LIKE", "").split()})


def _os_release() -> dict[str, str]:
    try:
        with open("/etc/os-release", encoding="utf-8") as lines:
            pairs = (line.rstrip("\n").partition("=") for line in lines)
            return {key: value.strip('"') for key, _, value in pairs}
    except OSError:
        return {}
