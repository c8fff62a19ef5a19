"""Rows P1, P2, P3 and P10: from files to features, a class more, a first model, a folder classified."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from benchmarks.photos import copied_folder, listing_of, photo_files, without_class
from benchmarks.row import Row
from benchmarks.shell import fieldmark, fresh_home, script
from engine.recipe.recipe import InputCfg

N_CLASSIFIED = 1000


def features(folder: Path, scratch: Path) -> Row:
    """P1: features of all photos, from files, cold process on a known machine, against the usual way."""
    files = photo_files(folder)
    home = fresh_home(scratch)
    size, n_views = InputCfg().size, 2 if InputCfg().views == "flip" else 1
    script(home, "ours.features", listing_of(files[:8], scratch))  # measures the machine, once for ever
    ours = script(home, "ours.features", listing_of(files, scratch)).json()
    rival = script(home, "rivals.plain_features", listing_of(files, scratch), str(size), str(n_views)).json()
    return Row(
        name="P1",
        what=f"features of {len(files)} photos at {size} px, {n_views} views, from files",
        ours=f"{_rate(ours):.1f} photos/s ({ours['variant']})",
        rival=f"{_rate(rival):.1f} photos/s (torch eager fp32 NCHW, Pillow)",
        ratio=_rate(ours) / _rate(rival),
        target=">= 8 with bf16 hardware, >= 3 without",
    )


def add_class(folder: Path, scratch: Path, rival: dict[str, Any]) -> Row:
    """P2: a class more in a trained project, against fine-tuning anew (the rival's run of P3)."""
    rest, new = without_class(folder, scratch)
    home = fresh_home(scratch)
    project = scratch / "P2.fieldmark"
    fieldmark(home, "new", project)
    fieldmark(home, "import", project, rest)
    fieldmark(home, "train", project)
    n = len(photo_files(new))
    whole = fieldmark(home, "add-class", project, new.name, new)
    return Row(
        name="P2",
        what=f"class of {n} photos added to {len(photo_files(rest))}, shell to before/after, processes started anew",
        ours=f"{whole.seconds:.1f} s",
        rival=f"{rival['seconds']:.0f} s (fastai default fine-tune, all photos)",
        ratio=float(rival["seconds"]) / whole.seconds,
        target=">= 100",
    )


def quick(folder: Path, scratch: Path, rival: dict[str, Any]) -> Row:
    """P3: the first model from nothing, everything cold, against a default fine-tune of the same backbone."""
    home = fresh_home(scratch)
    project = scratch / "P3.fieldmark"
    parts = [
        fieldmark(home, "new", project),
        fieldmark(home, "import", project, folder),
    ]
    parts.append(fieldmark(home, "train", project))
    seconds = sum(part.seconds for part in parts)
    score = cast("dict[str, Any]", parts[-1].json()["test"])
    low, high = score["accuracy_ci95"]
    return Row(
        name="P3",
        what=f"new, import and Quick training of {len(photo_files(folder))} photos, all caches cold",
        ours=f"{seconds:.1f} s, {score['accuracy']:.3f} ({low:.2f} to {high:.2f}, n {score['n']})",
        rival=f"{rival['seconds']:.0f} s, {rival['accuracy']:.3f} (n {rival['n']}; fastai 1 + 3 epochs)",
        ratio=float(rival["seconds"]) / seconds,
        target=">= 15 at higher accuracy",
    )


def classify(folder: Path, scratch: Path) -> Row:
    """P10: a folder of 1,000 photos to CSV with a saved model, against P1's rival."""
    files = photo_files(folder)
    home = fresh_home(scratch)
    project, model = scratch / "P10.fieldmark", scratch / "p10.fieldmark-model"
    fieldmark(home, "new", project)
    fieldmark(home, "import", project, folder)
    fieldmark(home, "train", project)
    fieldmark(home, "export", project, model)
    many = copied_folder(files, scratch, N_CLASSIFIED)
    ours = fieldmark(home, "classify", model, many, "--csv", scratch / "out.csv")
    size, n_views = InputCfg().size, 2 if InputCfg().views == "flip" else 1
    listing = listing_of(photo_files(many), scratch)
    rival = script(home, "rivals.plain_features", listing, str(size), str(n_views))
    return Row(
        name="P10",
        what=f"{N_CLASSIFIED} photos to CSV with a saved model, cold process",
        ours=f"{ours.seconds:.1f} s",
        rival=f"{rival.seconds:.1f} s (features only, torch eager fp32 NCHW, Pillow)",
        ratio=rival.seconds / ours.seconds,
        target=">= 8 with bf16 hardware, >= 3 without",
    )


def _rate(result: dict[str, object]) -> float:
    return float(str(result["n"])) / float(str(result["seconds"]))
