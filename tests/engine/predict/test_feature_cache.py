"""The cache gives back what was kept, and nothing else, whatever became of its files."""

import hashlib
import multiprocessing
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.predict.feature_cache import FeatureCache, FeatureKey
from engine.recipe.recipe import InputCfg

KEY = FeatureKey(backbone="b", weights="w", input=InputCfg())
WIDTH = 6


def sha(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def row(number: int) -> NDArray[np.float32]:
    """Numbers that float16 holds exactly."""
    return np.arange(WIDTH, dtype=np.float32) + number


def keep(cache: FeatureCache, numbers: list[int]) -> None:
    cache.append([sha(number) for number in numbers], np.stack([row(number) for number in numbers]))


def opened(folder: Path) -> FeatureCache:
    return FeatureCache(folder, KEY, WIDTH)


def test_what_was_kept_is_read_in_any_order_by_anybody(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    keep(cache, [1, 2, 3])
    for reader in (cache, opened(tmp_path)):
        assert np.array_equal(reader.read([sha(3), sha(1), sha(3)]), np.stack([row(3), row(1), row(3)]))
        assert reader.missing([sha(2), sha(4), sha(4), sha(5)]) == [sha(4), sha(5)]


def test_reading_what_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        opened(tmp_path).read([sha(1)])


def test_reading_nothing_gives_an_empty_matrix(tmp_path: Path) -> None:
    assert opened(tmp_path).read([]).shape == (0, WIDTH)


@settings(max_examples=40, deadline=None)
@given(lost_of_rows=st.integers(0, 40), lost_of_index=st.integers(0, 80))
def test_a_torn_end_costs_only_the_torn_rows_and_is_mended_by_the_next_writer(
    tmp_path_factory: pytest.TempPathFactory, lost_of_rows: int, lost_of_index: int
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    keep(opened(folder), [1, 2, 3, 4])
    for name, lost in (("rows.f16", lost_of_rows), ("index.bin", lost_of_index)):
        path = folder / KEY.name() / name
        content = path.read_bytes()
        path.write_bytes(content[: len(content) - lost])
    cache = opened(folder)
    n_whole = 4 - max(-(-lost_of_rows // (2 * WIDTH)), -(-lost_of_index // 36))
    assert cache.missing([sha(n) for n in range(1, 5)]) == [sha(n) for n in range(n_whole + 1, 5)]
    keep(cache, [7, 8])
    numbers = [*range(1, n_whole + 1), 7, 8]
    assert np.array_equal(opened(folder).read([sha(n) for n in numbers]), np.stack([row(n) for n in numbers]))


def test_a_row_that_is_not_what_was_written_counts_as_missing_and_can_be_kept_again(tmp_path: Path) -> None:
    keep(opened(tmp_path), [1, 2, 3])
    path = tmp_path / KEY.name() / "rows.f16"
    content = bytearray(path.read_bytes())
    content[2 * WIDTH + 3] ^= 0x40
    path.write_bytes(bytes(content))
    cache = opened(tmp_path)
    assert cache.missing([sha(1), sha(2), sha(3)]) == [sha(2)]
    keep(cache, [2])
    assert np.array_equal(opened(tmp_path).read([sha(2)])[0], row(2))


def test_two_open_caches_append_without_losing_each_others_rows(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    keep(one, [1])
    keep(two, [2, 3])
    keep(one, [4])
    assert opened(tmp_path).missing([sha(n) for n in (1, 2, 3, 4)]) == []
    assert np.array_equal(one.read([sha(3)])[0], row(3))


def append_many(folder: Path, first: int) -> None:
    cache = opened(folder)
    for number in range(first, first + 40):
        keep(cache, [number])


@pytest.mark.slow
def test_two_processes_append_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_many, args=(tmp_path, first)) for first in (0, 100)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    numbers = [*range(40), *range(100, 140)]
    found = opened(tmp_path).read([sha(number) for number in numbers])
    assert np.array_equal(found, np.stack([row(number) for number in numbers]))


def test_a_cache_deleted_while_open_begins_anew(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    keep(cache, [1, 2])
    shutil.rmtree(tmp_path / KEY.name())
    (tmp_path / KEY.name()).mkdir()
    keep(cache, [3])
    assert np.array_equal(cache.read([sha(3)])[0], row(3))
    assert opened(tmp_path).missing([sha(1)]) == [sha(1)]


def test_features_that_float16_cannot_hold_are_an_error_and_leave_no_trace(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for value in (np.nan, 1e9):
        with pytest.raises(ValueError, match="finite"), np.errstate(over="ignore"):
            cache.append([sha(1)], np.full((1, WIDTH), value, dtype=np.float32))
    assert opened(tmp_path).missing([sha(1)]) == [sha(1)]


@pytest.mark.parametrize(
    "other",
    [
        FeatureKey(backbone="c", weights="w", input=InputCfg()),
        FeatureKey(backbone="b", weights="x", input=InputCfg()),
        FeatureKey(backbone="b", weights="w", input=InputCfg(size=64)),
        FeatureKey(backbone="b", weights="w", input=InputCfg(), pipeline=99),
    ],
)
def test_features_made_in_another_way_are_kept_apart(tmp_path: Path, other: FeatureKey) -> None:
    keep(opened(tmp_path), [1])
    assert FeatureCache(tmp_path, other, WIDTH).missing([sha(1)]) == [sha(1)]
