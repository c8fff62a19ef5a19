"""Rows P4 and P12: how much of the machine fine-tuning uses, and what many settings cost over one pass of features."""

from __future__ import annotations

from pathlib import Path

from benchmarks.photos import listing_of, photo_files
from benchmarks.row import Row
from benchmarks.shell import fresh_home, script

N_PHOTOS = 256


def finetune(folder: Path, scratch: Path) -> Row:
    """P4: photos a second of the second epoch (and of the first with decoding) against tensors in memory."""
    files = photo_files(folder)[:N_PHOTOS]
    found = script(fresh_home(scratch), "ours.finetune", listing_of(files, scratch)).json()
    n, limit = float(str(found["n"])), float(str(found["synthetic"]))
    first = n / (float(str(found["first"])) + float(str(found["decoding"])))
    second = n / float(str(found["second"]))
    return Row(
        name="P4",
        what=f"fine-tuning EfficientNet-Lite0 at 224 px on {n:.0f} photos from files ({found['variant']})",
        ours=f"{second:.1f} photos/s; first epoch with decoding {first:.1f} ({first / limit:.2f})",
        rival=f"{limit:.1f} photos/s (tensors in memory, no augmentation)",
        ratio=second / limit,
        target=">= 0.95, first epoch >= 0.8",
    )


def settings(folder: Path, scratch: Path) -> Row:
    """P12: everything learned from one pass of features, against the pass."""
    found = script(fresh_home(scratch), "ours.folds", folder).json()
    one, sweep, classic = (float(str(found[name])) for name in ("pass", "sweep", "classic"))
    return Row(
        name="P12",
        what=f"12 strengths and 3 SVMs, 5 folds each ({found['fits']} fits) on {found['n']} photos",
        ours=f"{one + sweep + classic:.1f} s ({sweep:.1f} s logistic, {classic:.1f} s SVMs)",
        rival=f"{one:.1f} s (one pass of features)",
        ratio=one / (one + sweep + classic),
        target=">= 0.83 (at most 1.2 passes)",
    )
