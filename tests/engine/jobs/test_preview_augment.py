"""Photos as a training sees them: nothing where nothing is set, and what is set, as often as is asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from engine.base.errors import StorageError, UserError
from engine.base.fspath import to_bytes
from engine.base.stop import StopToken
from engine.data.augment_preview import AugmentPreview, read_preview
from engine.data.manifest import Manifest
from engine.jobs import preview_augment
from engine.jobs.spec import PreviewAugmentSpec, PreviewPhoto
from engine.recipe.recipe import InputCfg
from engine.recipe.training_cfg import AUGMENTS, AugmentCfg
from tests.helpers.learning import SIZE, Heard

N_PHOTOS, N_DRAWN = 3, 4


@pytest.fixture
def spec(tmp_path: Path, manifest: Manifest) -> PreviewAugmentSpec:
    """Three photos of different classes, unchanged four times."""
    photos = [PreviewPhoto(photo_id=one.photo_id, path=one.path, sha256=one.sha256) for one in manifest.photos[::8]]
    return PreviewAugmentSpec(
        photos=tuple(photos),
        input=InputCfg(size=SIZE),
        augment=AugmentCfg(),
        seed=5,
        n_drawn=N_DRAWN,
        pixels=to_bytes(tmp_path / "pixels"),
        out=to_bytes(tmp_path / "preview.npz"),
    )


def drawn(spec: PreviewAugmentSpec, **changed: object) -> AugmentPreview:
    spec = msgspec.structs.replace(spec, **changed)
    preview_augment.run(spec, Heard(), StopToken())
    return read_preview(Path(spec.out.decode()))


def test_without_augmentation_training_sees_what_validation_sees(spec: PreviewAugmentSpec) -> None:
    found = drawn(spec)
    assert found.photo_ids.tolist() == [photo.photo_id for photo in spec.photos]
    assert found.drawn.shape == (N_PHOTOS, N_DRAWN, SIZE, SIZE, 3)
    assert (found.drawn == found.seen[:, None]).all()
    assert (found.shares == np.eye(N_PHOTOS)[:, None]).all()


def test_changes_are_those_of_the_settings_and_of_the_seed(spec: PreviewAugmentSpec) -> None:
    mirrored = drawn(spec, augment=AugmentCfg(flip_h=1.0))
    assert np.abs(mirrored.drawn[:, 0].astype(int) - mirrored.seen[:, :, ::-1]).max() <= 1
    strong = drawn(spec, augment=AUGMENTS["strong"])
    assert (strong.drawn[:, 0] != strong.drawn[:, 1]).any(), "each time anew"
    assert (drawn(spec, augment=AUGMENTS["strong"]).drawn == strong.drawn).all(), "the same seed, the same pictures"
    assert (drawn(spec, augment=AUGMENTS["strong"], seed=6).drawn != strong.drawn).any()


def test_mixed_photos_tell_their_shares_and_fixed_versions_come_in_order(spec: PreviewAugmentSpec) -> None:
    mixed = drawn(spec, augment=AugmentCfg(mixup=1.0))
    assert mixed.shares.sum(axis=2) == pytest.approx(1)
    assert (mixed.shares.max(axis=2) < 1).any()
    up_front = drawn(spec, augment=AugmentCfg(up_front=True), n_drawn=8)
    assert (up_front.drawn[:, 0] == up_front.seen).all(), "the first version is the photo itself"
    assert np.abs(up_front.drawn[:, 1].astype(int) - up_front.seen[:, :, ::-1]).max() <= 1


def test_large_pictures_are_shown_smaller(spec: PreviewAugmentSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_augment, "MOST_SIDE", 16)
    assert drawn(spec).drawn.shape == (N_PHOTOS, N_DRAWN, 16, 16, 3)


def test_photos_that_cannot_be_read_are_left_out(spec: PreviewAugmentSpec, tmp_path: Path) -> None:
    gone = PreviewPhoto(photo_id=99, path=b"/nowhere.png", sha256=b"x" * 32)
    assert 99 not in drawn(spec, photos=(*spec.photos, gone)).photo_ids
    with pytest.raises(UserError, match="can be read"):
        drawn(spec, photos=(gone,))
    (tmp_path / "preview.npz").write_bytes(b"PK")
    with pytest.raises(StorageError):
        read_preview(tmp_path / "preview.npz")
