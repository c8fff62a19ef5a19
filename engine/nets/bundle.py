"""A model as one file for other machines: a zip, stored, with a fixed list of members, none of which is a program.

| member | what |
| --- | --- |
| `manifest.json` | format, and the SHA-256 of every other member |
| `model.json` | classes, recipe (with the preprocessing), versions |
| `card.md` | text for people |
| `backbone.safetensors` | weights of the backbone by their timm names |
| `head.safetensors` | weights of the head, or |
| `classifier.skops`, `classifier.ubj` | a classic classifier in its place, or |
| `own_head.safetensors` | the thousand classes of a network used as it is; or, for all four, |
| `net.safetensors` | all weights of a network that was trained as a whole |

Readers take members by these names and write nothing to disk.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.base.errors import DamagedInput, UserError
from engine.base.files import atomic_open
from engine.nets.as_is_file import (
    OWN_HEAD_FILE,
    AsIsTrained,
    decode_as_is_info,
    decode_own_head,
    encode_as_is_info,
    encode_own_head,
)
from engine.nets.classic_file import (
    BOOSTED_FILE,
    SKOPS_FILE,
    ClassicTrained,
    decode_classic_info,
    decode_classifier,
    encode_classic_info,
    encode_classifier,
)
from engine.nets.model_file import (
    HEAD_FILE,
    INFO_FILE,
    TrainedModel,
    check_tensor_header,
    damaged,
    decode_head,
    decode_info,
    encode_head,
    encode_info,
)
from engine.nets.network_file import NET_FILE, NetworkTrained, decode_network_info, encode_network_info
from engine.nets.source import BackboneSource, facts_again
from engine.nets.tap import Described
from engine.recipe.catalogue import backbone_facts

if TYPE_CHECKING:
    from torch import Tensor

    from engine.nets.backbones import Backbone
    from engine.nets.network import Network

AnyTrained = TrainedModel | ClassicTrained | AsIsTrained | NetworkTrained

SUFFIX = ".fieldmark-model"
MANIFEST_FILE = "manifest.json"
BACKBONE_FILE = "backbone.safetensors"
CARD_FILE = "card.md"
BUNDLE_FORMAT = 1
# Largest sizes in bytes; few networks of timm have a billion parameters of four bytes.
MEMBERS = {
    MANIFEST_FILE: 64 << 10,
    INFO_FILE: 8 << 20,
    BACKBONE_FILE: 4 << 30,
    HEAD_FILE: 256 << 20,
    SKOPS_FILE: 1 << 30,
    BOOSTED_FILE: 1 << 30,
    OWN_HEAD_FILE: 256 << 20,
    NET_FILE: 4 << 30,
    CARD_FILE: 4 << 20,
}
_ALWAYS = frozenset({MANIFEST_FILE, INFO_FILE, CARD_FILE})
# Which members stand together.
LAYOUTS = (
    *(_ALWAYS | {BACKBONE_FILE, file} for file in (HEAD_FILE, SKOPS_FILE, BOOSTED_FILE, OWN_HEAD_FILE)),
    _ALWAYS | {NET_FILE},
)
# Fixed, so that equal models make equal files: 1980 is the first date a zip can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1


class BundleManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The list of members: hex digest by name, without the manifest itself."""

    format: int
    sha256: dict[str, str]


def write_bundle(path: Path, model: AnyTrained, card: str) -> None:
    """`path` holds the model, atomically.

    Raises:
        StorageError: the disk refused. DamagedInput: the backbone's weights are damaged.
        UserError: the model is too large.
    """
    members = {**_members_of(model), CARD_FILE: card.encode("utf-8")}
    for name, data in members.items():
        if len(data) > MEMBERS[name]:
            raise UserError(
                "The model is too large to be saved as one file.",
                safe="The model itself is unchanged.",
                advice="Train on a smaller network, or cut it at an earlier stage.",
                details=f"{name}: {len(data)} bytes",
            )
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    manifest = msgspec.json.format(msgspec.json.encode(BundleManifest(format=BUNDLE_FORMAT, sha256=digests)))
    with atomic_open(path) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {MANIFEST_FILE: manifest, **members}.items():
            entry = zipfile.ZipInfo(name, date_time=_DATE)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)


def _members_of(model: AnyTrained) -> dict[str, bytes]:
    if isinstance(model, NetworkTrained):
        return {INFO_FILE: encode_network_info(model.info), NET_FILE: model.data()}
    backbone = {BACKBONE_FILE: _backbone_bytes(model.source)}
    if isinstance(model, ClassicTrained):
        name, data = encode_classifier(model.estimator)
        return {INFO_FILE: encode_classic_info(model.info), **backbone, name: data}
    if isinstance(model, AsIsTrained):
        return {INFO_FILE: encode_as_is_info(model.info), **backbone, OWN_HEAD_FILE: encode_own_head(model.head)}
    return {INFO_FILE: encode_info(model.info), **backbone, HEAD_FILE: encode_head(model.head)}


def read_bundle(path: Path) -> AnyTrained:
    """The model a bundle holds, completely checked but for the backbone's tensors, which are when it is loaded.

    Raises:
        DamagedInput: the file is missing, not a bundle, or anything in it is not what it should be.
    """
    members = _read_members(path)
    try:
        manifest = msgspec.json.decode(members[MANIFEST_FILE], type=BundleManifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged(f"{MANIFEST_FILE}: {error}") from error
    if manifest.format != BUNDLE_FORMAT:
        raise damaged(f"{MANIFEST_FILE}: format {manifest.format}")
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != MANIFEST_FILE}
    if manifest.sha256 != digests:
        raise damaged(f"{MANIFEST_FILE}: the digests do not match")
    if NET_FILE in members:
        return _network_of(members)
    return _model_of(members, digests[BACKBONE_FILE])


def _network_of(members: dict[str, bytes]) -> NetworkTrained:
    info, data = decode_network_info(members[INFO_FILE]), members[NET_FILE]
    check_tensor_header(data, NET_FILE)

    def load() -> Network:
        from engine.nets.network import network_from

        return network_from(info.recipe, len(info.classes), data, NET_FILE)

    return NetworkTrained(info=info, load=load, data=lambda: data)


def _model_of(members: dict[str, bytes], digest: str) -> AnyTrained:
    """The model the members hold; `digest`: of the backbone's weights."""

    def source(info: Described) -> BackboneSource:
        return _source(info, members[BACKBONE_FILE], digest)

    for name in (SKOPS_FILE, BOOSTED_FILE):
        if name in members:
            classic = decode_classic_info(members[INFO_FILE])
            estimator = decode_classifier(name, members[name], classic)
            return ClassicTrained(info=classic, estimator=estimator, source=source(classic))
    if OWN_HEAD_FILE in members:
        as_is = decode_as_is_info(members[INFO_FILE])
        own = decode_own_head(members[OWN_HEAD_FILE], as_is)
        return AsIsTrained(info=as_is, head=own, source=source(as_is))
    info = decode_info(members[INFO_FILE])
    return TrainedModel(info=info, head=decode_head(members[HEAD_FILE], info), source=source(info))


def _source(info: Described, data: bytes, digest: str) -> BackboneSource:
    """The backbone inside a bundle. Its identity is the digest of what is here, never what the bundle claims."""
    check_tensor_header(data, BACKBONE_FILE)
    tap = info.tap
    if tap is None:
        facts = backbone_facts(info.backbone)

        def load() -> Backbone:
            from engine.nets.backbones import backbone_from_state

            return backbone_from_state(facts, _tensors(data), digest)

        return BackboneSource(facts=facts, weights=digest, load=load)
    tap_facts = facts_again(info, tap)

    def load_tap() -> Backbone:
        from engine.nets.frozen import frozen_from_state

        return frozen_from_state(tap, tap_facts, digest, _tensors(data), size=info.recipe.input.size)

    return BackboneSource(facts=tap_facts, weights=digest, load=load_tap, tap=tap)


def _tensors(data: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as load_tensors

    try:
        found: dict[str, Tensor] = load_tensors(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise damaged(f"{BACKBONE_FILE}: {error}") from error
    return found


def _backbone_bytes(source: BackboneSource) -> bytes:
    from safetensors.torch import save as save_tensors

    state = source.load().timm_net.state_dict()
    data: bytes = save_tensors({name: tensor.contiguous() for name, tensor in state.items()})
    return data


def _read_members(path: Path) -> dict[str, bytes]:
    """The content of all members; nothing else may be in the file, nothing may be missing or packed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or frozenset(names) not in LAYOUTS:
                raise damaged(f"members {names[:20]}")
            for entry in entries:
                _check_entry(entry)
            return {entry.filename: archive.read(entry) for entry in entries}
    except FileNotFoundError as error:
        raise DamagedInput("missing", "The model file is not there any more.", details=str(error)) from error
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise damaged(repr(error)) from error


def _check_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise damaged(f"{entry.filename}: not a plain file")
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        raise damaged(f"{entry.filename}: compressed")
    if entry.flag_bits & _ENCRYPTED:
        raise damaged(f"{entry.filename}: encrypted")
    if entry.file_size > MEMBERS[entry.filename]:
        raise damaged(f"{entry.filename}: {entry.file_size} bytes")
