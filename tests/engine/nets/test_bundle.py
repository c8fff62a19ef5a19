"""A bundle gives back the model that was put in, and no crafted file does anything but get refused."""

import functools
import io
import json
import pickle
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save as save_arrays

from engine.base.errors import DamagedInput
from engine.nets.bundle import (
    BACKBONE_FILE,
    CARD_FILE,
    LAYOUTS,
    MANIFEST_FILE,
    MEMBERS,
    read_bundle,
    write_bundle,
)
from engine.nets.heads import Head
from engine.nets.model_file import HEAD_FILE, INFO_FILE, ModelClass, ModelInfo, TrainedModel, decode_info, encode_info
from engine.nets.source import installed
from engine.recipe.recipe import Recipe

Members = dict[str, bytes]


@functools.cache
def model() -> TrainedModel:
    source = installed("efficientnet_lite0")
    rng = np.random.default_rng(0)
    d = source.facts.n_features
    info = ModelInfo(
        recipe=Recipe(),
        classes=tuple(
            ModelClass(class_id=at, name=name, n_photos=5) for at, name in enumerate(("cod", "=ling", "ide"))
        ),
        backbone=source.facts.name,
        backbone_title=source.facts.title,
        backbone_licence=source.facts.licence,
        weights=source.weights,
        n_features=d,
        feature_key="key",
        strength=0.1,
        temperature=1.5,
        seed=0,
        versions={"fieldmark": "0"},
    )
    head = Head(
        weights=rng.normal(0, 0.1, (d, 3)).astype(np.float32), bias=np.zeros(3, dtype=np.float32), temperature=1.5
    )
    return TrainedModel(info=info, head=head, source=source)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "fish.fieldmark-model"
    write_bundle(path, model(), "# Fish\n")
    return path


@pytest.fixture(scope="module")
def members(bundle: Path) -> Members:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sealed(members: Members) -> Members:
    """The members with a manifest that fits them, as a careful attacker would write it."""
    import hashlib

    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != MANIFEST_FILE}
    return {**members, MANIFEST_FILE: json.dumps({"format": 1, "sha256": digests}).encode()}


def packed(
    path: Path, members: Members, *, compression: int = zipfile.ZIP_STORED, extra: Members | None = None
) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in [*members.items(), *(extra or {}).items()]:
            archive.writestr(name, data)
    return path


def test_the_model_comes_back_as_it_was(bundle: Path) -> None:
    found = read_bundle(bundle)
    assert found.info == model().info
    assert np.array_equal(found.head.weights, model().head.weights)
    pixels = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)
    wanted = model().source.load().net(pixels)
    assert torch.equal(found.source.load().net(pixels), wanted)


def test_caches_know_the_backbone_in_a_bundle_for_the_installed_one(bundle: Path) -> None:
    assert read_bundle(bundle).source.weights == model().source.weights


def test_equal_models_make_equal_files(bundle: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "again", model(), "# Fish\n")
    assert (tmp_path / "again").read_bytes() == bundle.read_bytes()


def test_a_bundle_that_was_only_repacked_is_accepted(members: Members, tmp_path: Path) -> None:
    assert read_bundle(packed(tmp_path / "b", members)).info == model().info


def canary(path: Path) -> bytes:
    """A pickle that makes a file when it is loaded."""

    class Trap:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
            return open, (str(path), "w")

    return pickle.dumps(Trap())


def test_a_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "evil.fieldmark-model"
    path.write_bytes(canary(tmp_path / "canary"))
    with pytest.raises(DamagedInput):
        read_bundle(path)
    torch.save({"a": torch.zeros(1)}, path)
    with pytest.raises(DamagedInput):
        read_bundle(path)
    assert not (tmp_path / "canary").exists()


def test_a_pickle_in_place_of_tensors_is_refused_and_never_run(members: Members, tmp_path: Path) -> None:
    evil = canary(tmp_path / "canary")
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "a", sealed({**members, HEAD_FILE: evil})))
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed({**members, BACKBONE_FILE: evil}))).source.load()
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "sub/../../outside", "readme.txt"])
def test_members_beyond_the_list_are_refused_and_nothing_is_written(
    members: Members, tmp_path: Path, name: str
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = packed(inner / "b", members, extra={name: b"x"})
    with pytest.raises(DamagedInput):
        read_bundle(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["inner"]
    assert [entry.name for entry in inner.iterdir()] == ["b"]


@pytest.mark.parametrize("name", sorted(LAYOUTS[0]))
def test_a_missing_member_is_refused(members: Members, tmp_path: Path, name: str) -> None:
    rest = {other: data for other, data in members.items() if other != name}
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", rest))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_occurs_twice_is_refused(members: Members, tmp_path: Path) -> None:
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", members, extra={HEAD_FILE: members[HEAD_FILE]}))


def test_a_link_as_member_is_refused(members: Members, tmp_path: Path) -> None:
    path = tmp_path / "b"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK if name == CARD_FILE else stat.S_IFREG) << 16
            archive.writestr(entry, data)
    with pytest.raises(DamagedInput):
        read_bundle(path)


def test_a_compressed_bundle_is_refused_before_anything_is_unpacked(members: Members, tmp_path: Path) -> None:
    bomb = {**members, CARD_FILE: bytes(MEMBERS[CARD_FILE])}
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed(bomb), compression=zipfile.ZIP_DEFLATED))


def test_a_member_beyond_its_size_is_refused(members: Members, tmp_path: Path) -> None:
    large = {**members, CARD_FILE: bytes(MEMBERS[CARD_FILE] + 1)}
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed(large)))


@pytest.mark.parametrize("name", sorted(LAYOUTS[0] - {MANIFEST_FILE}))
def test_a_member_whose_digest_is_wrong_is_refused(members: Members, tmp_path: Path, name: str) -> None:
    changed = bytearray(members[name])
    changed[-1] ^= 1
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", {**members, name: bytes(changed)}))


def huge_header() -> bytes:
    return struct.pack("<Q", 2**60) + b"{}"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        huge_header(),
        save_arrays({"weights": np.zeros((1280, 2), np.float32), "bias": np.zeros(2, np.float32)}),
        save_arrays({"weights": np.zeros((64, 3), np.float32), "bias": np.zeros(3, np.float32)}),
        save_arrays({"weights": np.zeros((1280, 3), np.float64), "bias": np.zeros(3, np.float64)}),
        save_arrays({"weights": np.full((1280, 3), np.nan, np.float32), "bias": np.zeros(3, np.float32)}),
        save_arrays({"weights": np.zeros((1280, 3), np.float32)}),
    ],
)
def test_a_head_that_does_not_fit_is_refused(members: Members, tmp_path: Path, head: bytes) -> None:
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed({**members, HEAD_FILE: head})))


@pytest.mark.parametrize(
    "backbone", [b"", huge_header(), save_arrays({"conv_stem.weight": np.zeros((32, 3, 3, 3), np.float32)})]
)
def test_a_backbone_that_does_not_fit_is_refused(members: Members, tmp_path: Path, backbone: bytes) -> None:
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed({**members, BACKBONE_FILE: backbone}))).source.load()


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"classes": []},
        {"classes": [{"class_id": 1, "name": "", "n_photos": 1}] * 3},
        {"backbone": "resnet9000"},
        {"n_features": 64},
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"strength": 1e999},
        {"surprise": 1},
        {"recipe": {"input": {"size": 10**9}}},
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    members: Members, tmp_path: Path, change: dict[str, object]
) -> None:
    info = {**json.loads(members[INFO_FILE]), **change}
    with pytest.raises(DamagedInput):
        read_bundle(packed(tmp_path / "b", sealed({**members, INFO_FILE: json.dumps(info).encode()})))


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_no_manifest_and_no_description_raises_anything_but_damaged_input(
    members: Members, tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("b")
    small = {**members, BACKBONE_FILE: b""}
    with pytest.raises(DamagedInput):
        read_bundle(packed(folder / "a", {**small, MANIFEST_FILE: data}))
    with pytest.raises(DamagedInput):
        decode_info(data)


@settings(max_examples=25, deadline=None)
@given(at=st.integers(0, 2**30), value=st.integers(0, 255))
def test_a_changed_byte_never_changes_the_model_unnoticed(
    bundle: Path, tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    content = bytearray(bundle.read_bytes())
    # Most of the file is weights; half the changes go to the parts that are not.
    position = at % len(content) if at % 2 else -1 - at % 2000
    content[position] = value
    path = tmp_path_factory.mktemp("b") / "b"
    path.write_bytes(bytes(content))
    try:
        found = read_bundle(path)
    except DamagedInput:
        return
    assert found.info == model().info
    assert found.source.weights == model().source.weights
    assert np.array_equal(found.head.weights, model().head.weights)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(io.BytesIO().getvalue())
    for name in ("empty", "missing"):
        with pytest.raises(DamagedInput):
            read_bundle(tmp_path / name)


def test_the_description_survives_writing_and_reading() -> None:
    assert decode_info(encode_info(model().info)) == model().info
