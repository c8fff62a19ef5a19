"""Writing an export: photos copied or linked and the form's own files, in a new folder that is there whole or not."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from engine import __version__
from engine.base.errors import DamagedInput, StorageError, UserError
from engine.base.files import PART_SUFFIX, atomic_write, fsync_dir
from engine.base.fspath import to_path
from engine.exchange import camera_traps, csv_manifest, fiftyone, huggingface, image_folder
from engine.exchange.catalogue import Catalogue, dataset_sha256
from engine.exchange.forms import COMPLETE, RECORD, ExportRecord, Form, LeftOut, Photos
from engine.exchange.layout import Placed, where_they_are
from engine.image.source import open_regular

_BLOCK = 1 << 20
# What says that a link cannot be made here, though a copy can: another disk, too many links, a system without them.
_NO_LINK = frozenset({errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS})


def write_export(
    catalogue: Catalogue,
    out: Path,
    form: Form,
    *,
    photos: Photos = "copy",
    bom: bool = False,
    after_each: Callable[[], None] = lambda: None,
) -> ExportRecord:
    """`out` is a new folder with the photos in the form asked for; it appears when everything in it is complete.

    A photo whose file is gone or is not the one that was labelled is left out; the record, which lies in the folder
    too, says so. Originals are only read.

    Args:
        photos: `link` makes further names for the files themselves, which takes no room; where that cannot be done
            they are copied. `none` writes tables alone, in the forms of `COMPLETE`.
        bom: begin a CSV manifest with a byte order mark.
        after_each: called after each photo; what it raises ends the export, and nothing is left of it.
    Raises:
        UserError: see `check_export`; or no photo is left to export.
        StorageError: the disk refused.
    """
    check_export(out, form, photos)
    placed = where_they_are(catalogue) if photos == "none" else _place(catalogue, form)
    with _new_folder(out) as folder:
        kept, left_out, n_copied_instead = _bring(placed, folder, photos, after_each)
        if not kept:
            raise UserError(
                "There is no photo to export.",
                safe="Nothing was written.",
                advice="In this form there are labelled photos only, whose files are where they were.",
            )
        present = tuple(one.photo for one in kept)
        record = ExportRecord(
            app="Fieldmark",
            version=__version__,
            form=form,
            dataset_sha256=dataset_sha256(present),
            classes=tuple(name for name in catalogue.classes if any(one.class_name == name for one in present)),
            n_photos=len(kept),
            n_without_label=len(catalogue.photos) - len(placed),
            n_copied_instead=n_copied_instead,
            left_out=tuple(left_out),
        )
        _write_tables(folder, kept, record, bom=bom)
        atomic_write(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=1))
    return record


def read_record(out: Path) -> ExportRecord:
    """What the export in the folder says of itself.

    Raises:
        StorageError: there is none.
    """
    try:
        return msgspec.json.decode((out / RECORD).read_bytes(), type=ExportRecord)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("What was exported cannot be read.", details=repr(error)) from error


def check_export(out: Path, form: Form, photos: Photos) -> None:
    """Do nothing if such an export can be made there.

    Raises:
        UserError: there is something already, no folder to put it in, or the form is nothing without photos.
    """
    if photos == "none" and form not in COMPLETE:
        raise UserError(
            "This form is made of the photos themselves.", safe="Nothing was written.", advice="Copy or link them."
        )
    if os.path.lexists(out):
        raise UserError(
            f"{out.name} is there already.", safe="Nothing was written.", advice="Choose the name of a new folder."
        )
    if not out.absolute().parent.is_dir():
        raise UserError(
            f"There is no folder {out.absolute().parent}.", safe="Nothing was written.", advice="Make it first."
        )


def _place(catalogue: Catalogue, form: Form) -> tuple[Placed, ...]:
    match form:
        case "csv":
            return csv_manifest.place(catalogue)
        case "coco-camera-traps":
            return camera_traps.place(catalogue)
        case "huggingface":
            return huggingface.place(catalogue)
        case "fiftyone-json":
            return fiftyone.place(catalogue)
        case "imagefolder" | "fiftyone":
            return image_folder.place(catalogue)


def _write_tables(folder: Path, placed: Sequence[Placed], record: ExportRecord, *, bom: bool) -> None:
    told = {"dataset_sha256": record.dataset_sha256, "version": record.version}
    match record.form:
        case "csv":
            csv_manifest.write(folder, placed, bom=bom)
        case "coco-camera-traps":
            camera_traps.write(folder, record.classes, placed, **told)
        case "huggingface":
            huggingface.write(folder, placed, **told)
        case "fiftyone-json":
            fiftyone.write(folder, record.classes, placed)
        case "imagefolder":
            image_folder.write(folder, placed)
        case "fiftyone":
            pass  # its folders say everything


def _bring(
    placed: Sequence[Placed], folder: Path, photos: Photos, after_each: Callable[[], None]
) -> tuple[list[Placed], list[LeftOut], int]:
    """(photos that are in the folder now, photos that are not, how many were copied instead of linked)."""
    kept: list[Placed] = []
    left_out: list[LeftOut] = []
    n_copied_instead = 0
    for one in placed:
        try:
            linked = photos == "none" or _bring_one(one, folder, link=photos == "link")
        except DamagedInput as error:
            why = error.kind if error.kind in ("missing", "changed") else "unreadable"
            left_out.append(LeftOut(path=one.photo.rel_path, why=why))  # type: ignore[arg-type]
        else:
            kept.append(one)
            n_copied_instead += photos == "link" and not linked
        after_each()
    return kept, left_out, n_copied_instead


def _bring_one(one: Placed, folder: Path, *, link: bool) -> bool:
    """The photo is in the folder; returns whether as a link.

    Raises:
        DamagedInput: its file is `missing`, `unreadable`, or `changed` since it was imported.
    """
    target = folder / to_path(one.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    source = to_path(one.photo.path)
    linked = link and _link(source, target)
    try:
        digest = _digest(target) if linked else _copy(source, target)
        if digest != one.photo.sha256:
            raise DamagedInput("changed", "The file is not the one that was imported.")
    except DamagedInput:
        target.unlink(missing_ok=True)
        raise
    return linked


def _link(source: Path, target: Path) -> bool:
    try:
        os.link(os.path.realpath(source), target)
    except FileNotFoundError as error:
        raise DamagedInput("missing", "The file is not there any more.") from error
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        return False
    return True


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := _read(file.read):
            digest.update(block)
    return digest.digest()


def _copy(source: Path, target: Path) -> bytes:
    """The target has the source's bytes and time; returns their SHA-256. The original is only read."""
    digest = hashlib.sha256()
    with open_regular(source) as file, open(target, "xb") as out:
        while block := _read(file.read):
            digest.update(block)
            out.write(block)
        info = os.fstat(file.fileno())
    os.utime(target, ns=(info.st_atime_ns, info.st_mtime_ns))
    return digest.digest()


def _read(read: Callable[[int], bytes]) -> bytes:
    """A block of the original; a disk that fails there is no fault of the place that is written to."""
    try:
        return read(_BLOCK)
    except OSError as error:
        raise DamagedInput("unreadable", "The file could not be read.", details=repr(error)) from error


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` that becomes it when the block ends without an error, and vanishes otherwise."""
    part = out.absolute().parent / f".{secrets.token_hex(8)}{PART_SUFFIX}"
    try:
        part.mkdir()
        yield part
        fsync_dir(part)
        # An empty folder of that name, made meanwhile, would be replaced; anything else is refused by the system.
        os.rename(part, out)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise StorageError(
            f"{out.name} could not be written.",
            safe="Nothing is left of it; your photos and labels are unchanged.",
            advice="Check that the disk is connected and has free space, then try again.",
            details=repr(error),
        ) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    fsync_dir(out.absolute().parent)
