"""The sample collection is drawn offline, the same every time, and can be told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.base.errors import StorageError
from engine.data.fish import draw_photo
from engine.data.sample import N_NEW, N_UNLABELLED, NEW_SPECIES, SIZE, SPECIES, Sample, make_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_sample(tmp_path_factory.mktemp("sample"), n_per_class=2)


def test_one_folder_of_jpegs_for_each_species(sample: Sample) -> None:
    folders = {folder.name: len(list(folder.glob("*.jpg"))) for folder in sample.photos.iterdir()}
    assert folders == {species.name: 2 for species in SPECIES}


def test_photos_to_try_lie_outside_the_collection(sample: Sample) -> None:
    assert len(list(sample.new_species.glob("*.jpg"))) == N_NEW
    assert len(list(sample.unlabelled.glob("*.jpg"))) == N_UNLABELLED
    for folder in (sample.new_species, sample.unlabelled):
        assert sample.photos not in folder.parents
    assert sample.new_species.name == NEW_SPECIES.name not in {species.name for species in SPECIES}


def test_every_photo_opens_in_full_size_and_none_is_drawn_twice(sample: Sample) -> None:
    contents = []
    for path in sample.photos.parent.rglob("*.jpg"):
        with Image.open(path) as image:
            assert (image.size, image.mode) == (SIZE, "RGB")
            contents.append(np.asarray(image).tobytes())
    assert len(set(contents)) == len(contents) == 2 * len(SPECIES) + N_NEW + N_UNLABELLED


def test_nothing_but_photos_is_left_behind(sample: Sample) -> None:
    assert {path.suffix for path in sample.photos.parent.rglob("*") if path.is_file()} == {".jpg"}


def test_an_interrupted_drawing_is_taken_up_again(tmp_path: Path) -> None:
    photos = make_sample(tmp_path, n_per_class=1).photos
    lost, kept = sorted(photos.rglob("*.jpg"))[:2]
    before, kept_time = lost.read_bytes(), kept.stat().st_mtime_ns
    lost.unlink()
    make_sample(tmp_path, n_per_class=1)
    assert lost.read_bytes() == before
    assert kept.stat().st_mtime_ns == kept_time


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_bytes(b"")
    with pytest.raises(StorageError, match="could not be written"):
        make_sample(tmp_path / "in the way", n_per_class=1)


@pytest.mark.parametrize("species", [*SPECIES, NEW_SPECIES], ids=lambda species: species.name)
def test_equal_seeds_draw_equal_photos_and_others_do_not(species: object) -> None:
    def drawn(seed: int) -> bytes:
        return draw_photo(species, np.random.default_rng(seed), 120, 90).tobytes()  # type: ignore[arg-type]

    assert drawn(1) == drawn(1) != drawn(2)


def test_fish_stand_out_from_their_water(sample: Sample) -> None:
    """The middle of a photo, where the fish is, differs more from the top edge than the top edge from itself."""
    spread = []
    for path in sample.photos.rglob("*.jpg"):
        with Image.open(path) as image:
            values = np.asarray(image, np.float64).mean(2)
        spread.append(values[100:200, 100:300].std() / max(1.0, values[:20].std()))
    assert np.median(spread) > 1.5
