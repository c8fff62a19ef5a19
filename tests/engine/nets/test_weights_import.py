"""Files of weights from elsewhere: read without running them, matched, kept, and used."""

import argparse
import hashlib
import pickle
from pathlib import Path

import pytest
import timm
import torch
import torchvision
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.base.errors import DamagedInput, UserError
from engine.nets import weights_import
from engine.nets.network import build_network
from engine.nets.weights_import import fit_file, import_weights
from engine.recipe.catalogue import SHORTLIST
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import TrainingCfg
from engine.weights.library import find_weights, kept_weights

NAME = "timm/test_resnet"
State = dict[str, Tensor]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    return folder


def made(name: str = "test_resnet", n_classes: int = 7) -> nn.Module:
    torch.manual_seed(3)
    net: nn.Module = timm.create_model(name, num_classes=n_classes)
    return net


def saved(folder: Path, state: object, name: str = "weights.pth") -> Path:
    if name.endswith(".safetensors"):
        assert isinstance(state, dict)
        save_file(state, folder / name)
    else:
        torch.save(state, folder / name)
    return folder / name


def recipe(backbone: str, size: int = 64, cut: int = 0) -> Recipe:
    return Recipe(
        model=BackboneCfg(backbone=backbone, cut=cut),
        head=DenseHeadCfg(),
        training=TrainingCfg(),
        input=InputCfg(size=size),
    )


def embedded(backbone: str, library: Path, photos: Tensor) -> Tensor:
    network = build_network(recipe(backbone, photos.shape[-1]), 2, library=library, seed=0).eval()
    with torch.no_grad():
        return network.embed(photos)


def normalised(photos: Tensor, net: nn.Module) -> Tensor:
    mean, std = (torch.tensor(net.pretrained_cfg[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    return (photos / 255.0 - mean) / std


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.pth", "weights.pt", "weights.bin"])
def test_imported_weights_are_what_a_pretrained_network_starts_from(tmp_path: Path, library: Path, name: str) -> None:
    net = made().eval()
    kept, report = import_weights(saved(tmp_path, net.state_dict(), name), NAME, library, licence="MIT")
    assert (report.usable, report.n_fitted, report.n_classes) == (True, report.n_wanted, 7)
    assert (kept.info.origin, kept.info.licence, kept.info.source, kept.info.n_classes) == ("imported", "MIT", name, 7)
    assert kept.info.sha256 == hashlib.sha256(kept.path.read_bytes()).hexdigest()
    photos = torch.rand(2, 3, 64, 64) * 255
    net.reset_classifier(0)
    with torch.no_grad():
        torch.testing.assert_close(embedded(NAME, library, photos), net(normalised(photos, net)))


def test_import_of_the_same_weights_twice_keeps_them_once(tmp_path: Path, library: Path) -> None:
    path = saved(tmp_path, made().state_dict())
    assert import_weights(path, NAME, library, licence="") == import_weights(path, NAME, library, licence="")
    assert len(kept_weights(library)) == 1


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"state_dict": state, "epoch": 3, "args": argparse.Namespace(lr=0.1)},
        lambda state: {"model": {f"module.{name}": value for name, value in state.items()}},
        lambda state: {"state_dict": {f"model.net.{name}": value for name, value in state.items()}},
        lambda state: {"state_dict": {"wrong": torch.zeros(1)}, "state_dict_ema": state},
    ],
    ids=["checkpoint", "parallel", "lightning", "averaged"],
)
def test_checkpoints_of_training_programs_are_unwrapped(tmp_path: Path, wrap: object) -> None:
    assert callable(wrap)
    assert fit_file(saved(tmp_path, wrap(made().state_dict())), NAME).usable


def test_features_without_a_classifier_are_weights_too(tmp_path: Path, library: Path) -> None:
    path = saved(tmp_path, made(n_classes=0).state_dict())
    kept, report = import_weights(path, NAME, library, licence="")
    assert (kept.info.n_classes, report.n_classes) == (0, 0)
    assert "no classifier" in report.summary()
    assert embedded(NAME, library, torch.zeros(1, 3, 64, 64)).shape[0] == 1


def test_half_precision_is_widened(tmp_path: Path, library: Path) -> None:
    import_weights(saved(tmp_path, made().half().state_dict()), NAME, library, licence="")
    assert embedded(NAME, library, torch.zeros(1, 3, 64, 64)).dtype == torch.float32


def test_counters_of_batches_may_be_missing(tmp_path: Path, library: Path) -> None:
    state = {name: value for name, value in made().state_dict().items() if not name.endswith("num_batches_tracked")}
    import_weights(saved(tmp_path, state), NAME, library, licence="")
    assert build_network(recipe(NAME), 2, library=library, seed=0).n_classes == 2


def test_report_says_what_fitted_and_what_did_not(tmp_path: Path) -> None:
    state = made().state_dict()
    del state["layer1.0.conv1.weight"]
    state["layer1.0.bn1.weight"] = torch.zeros(3)
    state["optimizer.step"] = torch.zeros(1)
    report = fit_file(saved(tmp_path, state), NAME)
    assert not report.usable
    assert report.missing == ("layer1.0.conv1.weight",)
    assert report.left_over == ("optimizer.step",)
    assert [(one.name, one.found) for one in report.wrong_shape] == [("layer1.0.bn1.weight", (3,))]
    assert report.n_fitted == report.n_wanted - 2
    assert "1 missing, 1 of another shape, 1 left over" in report.summary()
    assert "layer1.0.bn1.weight (3,), not (" in report.details()


def test_left_over_tensors_do_no_harm_and_are_not_kept(tmp_path: Path, library: Path) -> None:
    state = {**made().state_dict(), "aux.weight": torch.zeros(3)}
    kept, report = import_weights(saved(tmp_path, state), NAME, library, licence="")
    assert report.left_over == ("aux.weight",)
    assert b"aux.weight" not in kept.path.read_bytes()


def test_file_of_another_network_is_refused_with_the_name_of_one_it_fits(
    tmp_path: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = {name: SHORTLIST[name] for name in ("timm/resnet50", "timm/mobilenetv2_100")}
    monkeypatch.setattr(weights_import, "SHORTLIST", some)
    path = saved(tmp_path, made("mobilenetv2_100").state_dict())
    with pytest.raises(UserError, match="does not fit the network") as told:
        import_weights(path, NAME, library, licence="")
    assert "It fits timm/mobilenetv2_100." in told.value.advice
    assert list(library.iterdir()) == []


def test_torchvision_s_mobilenet_answers_alike_when_matched_by_order(tmp_path: Path, library: Path) -> None:
    torch.manual_seed(0)
    original = torchvision.models.mobilenet_v2(weights=None)
    original(torch.rand(4, 3, 64, 64))  # moves batch norm's means, so that a mix-up would show
    report = import_weights(saved(tmp_path, original.state_dict()), "timm/mobilenetv2_100", library, licence="")[1]
    assert report.by_order
    assert "matched by their order" in report.summary()
    photos = torch.rand(2, 3, 64, 64) * 255
    net = timm.create_model("mobilenetv2_100")
    with torch.no_grad():
        wanted = original.eval().features(normalised(photos, net)).mean(dim=(2, 3))
    torch.testing.assert_close(embedded("timm/mobilenetv2_100", library, photos), wanted)


@pytest.mark.slow
def test_torchvision_s_densenet_answers_alike_under_timm_s_names(tmp_path: Path, library: Path) -> None:
    torch.manual_seed(0)
    original = torchvision.models.densenet121(weights=None).eval()
    report = import_weights(saved(tmp_path, original.state_dict()), "timm/densenet121", library, licence="")[1]
    assert report.usable
    photos = torch.rand(1, 3, 64, 64) * 255
    with torch.no_grad():
        maps = torch.relu(original.features(normalised(photos, timm.create_model("densenet121"))))
    torch.testing.assert_close(embedded("timm/densenet121", library, photos), maps.mean(dim=(2, 3)))


def test_vision_transformer_is_adapted_to_another_size_of_photos(tmp_path: Path, library: Path) -> None:
    import_weights(saved(tmp_path, made("test_vit").state_dict()), "timm/test_vit", library, licence="")
    assert embedded("timm/test_vit", library, torch.zeros(1, 3, 96, 96)).shape == (1, 64)


def test_imported_network_can_be_cut(tmp_path: Path, library: Path) -> None:
    net = made().eval()
    import_weights(saved(tmp_path, net.state_dict()), NAME, library, licence="")
    cut = build_network(recipe(NAME, cut=2), 2, library=library, seed=0)
    names = [name for name, _ in cut.body.named_parameters()]
    assert torch.equal(dict(cut.body.named_parameters())["net.conv1.0.weight"], net.state_dict()["conv1.0.weight"])
    assert not [name for name in names if "layer4" in name]


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (open, ("evil-was-here", "w"))


def test_program_in_a_checkpoint_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pth"
    torch.save({"state_dict": made().state_dict(), "extra": Evil()}, path)
    with pytest.raises(DamagedInput, match="more than weights"):
        fit_file(path, NAME)
    assert not (tmp_path / "evil-was-here").exists()


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
@pytest.mark.parametrize(
    "content", [b"", b"no weights at all", pickle.dumps([1, 2], protocol=2), b"PK\x03\x04" + b"0" * 99], ids=range(4)
)
def test_file_that_is_no_weights_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DamagedInput):
        fit_file(path, NAME)


def test_half_of_a_file_is_refused(tmp_path: Path) -> None:
    for name in ("weights.pth", "weights.safetensors"):
        path = saved(tmp_path, made().state_dict(), name)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(DamagedInput):
            fit_file(path, NAME)


def test_weights_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    state = made().state_dict()
    state["fc.bias"] = torch.full((7,), float("nan"))
    with pytest.raises(DamagedInput, match="not all numbers"):
        fit_file(saved(tmp_path, state), NAME)


def test_missing_file_and_unknown_network_are_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedInput) as told:
        fit_file(tmp_path / "none.pth", NAME)
    assert told.value.kind == "missing"
    with pytest.raises(UserError, match="no network called"):
        fit_file(saved(tmp_path, made().state_dict()), "timm/resnet5000")


def test_weights_damaged_in_the_library_are_refused(tmp_path: Path, library: Path) -> None:
    kept, _ = import_weights(saved(tmp_path, made().state_dict()), NAME, library, licence="")
    data = kept.path.read_bytes()
    other = made("test_resnet", n_classes=3).state_dict()
    for damage in (data[: len(data) // 2], b"", b"text"):
        kept.path.write_bytes(damage)
        with pytest.raises(DamagedInput):
            build_network(recipe(NAME), 2, library=library, seed=0)
    save_file(other, kept.path)
    with pytest.raises(DamagedInput):
        build_network(recipe(NAME), 2, library=library, seed=0)
    one_bit = bytearray(data)
    one_bit[-1] ^= 1
    kept.path.write_bytes(one_bit)
    with pytest.raises(DamagedInput):
        build_network(recipe(NAME), 2, library=library, seed=0)
    assert find_weights(library, "test_resnet").path == kept.path
