"""The networks of the five reference studies as recipes, by name.

Parameters (K classes, photos of the stated side) as the studies print them, all asserted by tests:

- Study 1, K = 9, 224: `study1_cnn` 51,778,889, the other three of its grid 51,779,849 (batch norm), 52,562,729 (two
  convolutions), 52,564,649 (both); `study1_improved` 103,058,153; VGG16 134,297,417, MobileNetV2 2,235,401, ResNet50
  23,526,473, DenseNet121 6,963,081. Counted as torch does: without the means and variances that batch norm keeps.
- Study 3, K = 100, 32: `study3_basic` 184,004 and `study3_improved` 497,092 as Keras counts, means and variances of
  batch norm included; 183,844 and 496,100 without them, as torch counts. `study3_vgg19_dense`, 96: 48,493,476 with,
  of which 37,907,300 learn (the body is frozen). `study3_vgg19_linear`, 32: 11,404,452, of which 819,300 learn.
- Study 4, K = 3, 300: `study4_mlp` 68,851,023, `study4_lenet` 9,966,691.
- Study 2, K = 10, 128: `study2_cnn` 111,498; the study states neither its filters (here 32, 64, 128) nor its count.

What a study does not state is: Adam at a constant rate of 1e-3 (networks that start from pretrained weights: 1e-3 for
the head, 1e-4 for the whole), batches of 32, no augmentation, nothing about imbalance, the weights of the lowest
validation loss, dropout of 0.5. Shares of validation photos are the study's; test photos are always held out as well.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseCfg, DenseHeadCfg, HeadCfg
from engine.recipe.model_cfg import (
    BackboneCfg,
    BuiltCfg,
    ConvCfg,
    DropoutCfg,
    Layer,
    ModelCfg,
    NormCfg,
    PoolCfg,
    blocks,
)
from engine.recipe.recipe import InputCfg, Recipe, SplitCfg
from engine.recipe.training_cfg import (
    AUGMENTS,
    AugmentCfg,
    OptimCfg,
    ScheduleCfg,
    StageCfg,
    StoppingCfg,
    TrainingCfg,
)

_ADAM = OptimCfg(name="adam", weight_decay=0.0)
_PLAIN = TrainingCfg(
    stages=(StageCfg(epochs=20, lr=1e-3),),
    augment=AUGMENTS["off"],
    optim=_ADAM,
    schedule=ScheduleCfg(kind="constant"),
    imbalance="none",
)
# The mean over the three channels of ImageNet's mean and deviation, 0.449 and 0.226 of the range 0..255.
_IMAGENET_MEAN, _IMAGENET_STD = 114.5, 57.6
_STUDY3_AUGMENT = AugmentCfg(flip_h=0.5, rotate=10.0, shift=0.1, shear=0.01, zoom=0.05)


def _recipe(
    name: str,
    title: str,
    size: int,
    model: ModelCfg,
    head: HeadCfg,
    training: TrainingCfg | None = _PLAIN,
    val: float = 0.15,
) -> Recipe:
    return Recipe(
        name=name,
        title=title,
        input=InputCfg(size=size),
        model=model,
        head=head,
        training=training,
        split=SplitCfg(val=val),
    )


def _training(base: TrainingCfg = _PLAIN, **changes: object) -> TrainingCfg:
    return msgspec.structs.replace(base, **changes)


def _study1() -> tuple[Recipe, ...]:
    head = DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=1024),))
    grid = tuple(
        _recipe(
            "study1_cnn" + "_two" * (convs == 2) + "_norm" * norm,
            f"Study 1: four blocks of {('one convolution', 'two convolutions')[convs - 1]}"
            + (", batch norm" if norm else ""),
            224,
            BuiltCfg(layers=blocks((32, 64, 128, 256), convs=convs, norm=norm)),
            head,
        )
        for convs in (1, 2)
        for norm in (False, True)
    )
    layers = blocks((32, 64, 128), convs=2, norm_after_pool=True, dropout=0.5)
    improved = _recipe("study1_improved", "Study 1: improved network", 224, BuiltCfg(layers=layers), head)
    two_steps = _training(stages=(StageCfg(epochs=5, layers="head", lr=1e-3), StageCfg(epochs=2, lr=1e-4)))
    transfer = tuple(
        _recipe(
            f"study1_{name}", f"Study 1: {title}", 224, BackboneCfg(backbone=f"timm/{arch}"), DenseHeadCfg(), two_steps
        )
        for name, title, arch in (
            ("vgg16", "VGG16", "vgg16"),
            ("mobilenetv2", "MobileNetV2", "mobilenetv2_100"),
            ("resnet50", "ResNet50", "resnet50"),
            ("densenet121", "DenseNet121", "densenet121"),
        )
    )
    return (*grid, improved, *transfer)


def _study2() -> tuple[Recipe, ...]:
    layers: list[Layer] = []
    for filters in (32, 64, 128):
        layers += [ConvCfg(filters=filters), NormCfg(), PoolCfg()]
    short = _training(stages=(StageCfg(epochs=12, lr=1e-3),), batch=12, stopping=StoppingCfg(metric="loss", patience=5))
    cnn = _recipe(
        "study2_cnn",
        "Study 2: three blocks",
        128,
        BuiltCfg(layers=tuple(layers)),
        DenseHeadCfg(dropout=0.1, dense=(DenseCfg(width=128, dropout=0.5),)),
        short,
    )
    rounds = _training(
        stages=(
            StageCfg(epochs=5, layers="head", lr=1e-3),
            StageCfg(epochs=5, lr=1e-4),
            StageCfg(epochs=5, lr=1e-4),
        ),
        augment=AugmentCfg(flip_h=0.5, rotate=20.0, shift=0.1, shear=5.0, zoom=0.2),
        imbalance="class_weights",
    )
    head = DenseHeadCfg(dense=(DenseCfg(width=128, dropout=0.5),))
    model = BackboneCfg(backbone="timm/efficientnet_b0")
    return cnn, _recipe("study2_efficientnet_b0", "Study 2: EfficientNet-B0", 128, model, head, rounds, val=0.2)


def _valid(filters: int) -> ConvCfg:
    return ConvCfg(filters=filters, padding="valid")


def _study3() -> tuple[Recipe, ...]:
    flat = DenseHeadCfg(pool="flatten")
    ten = _training(stages=(StageCfg(epochs=10, lr=1e-3),))
    longer = _training(stages=(StageCfg(epochs=30, lr=1e-3),))
    basic: tuple[Layer, ...] = (
        *(_valid(16), DropoutCfg(p=0.1), PoolCfg(), NormCfg()),
        *(_valid(32), DropoutCfg(p=0.2), _valid(64), DropoutCfg(p=0.25), PoolCfg(how="average"), NormCfg()),
    )
    improved = BuiltCfg(
        layers=(
            *(_valid(16), DropoutCfg(p=0.2), PoolCfg(), NormCfg()),
            *(_valid(32), DropoutCfg(p=0.15), NormCfg(), _valid(64), DropoutCfg(p=0.25), NormCfg()),
            *(_valid(128), DropoutCfg(p=0.3), PoolCfg(how="average"), NormCfg()),
            *(_valid(256), DropoutCfg(p=0.45), NormCfg()),
        )
    )
    augmented = _training(longer, augment=_STUDY3_AUGMENT)
    frozen = _training(stages=(StageCfg(epochs=50, layers="head", lr=1e-3),), stopping=StoppingCfg(patience=5))
    # Its last six layers dropped: the features end at the last convolution of the fourth of its five blocks.
    cut = BackboneCfg(backbone="timm/vgg19", cut=4)
    dense = DenseHeadCfg(
        pool="flatten", dense=(DenseCfg(width=512, norm=True, dropout=0.3), DenseCfg(width=256, dropout=0.4))
    )
    return (
        _recipe("study3_basic", "Study 3: basic network", 32, BuiltCfg(layers=basic), flat, ten),
        _recipe("study3_improved", "Study 3: improved network", 32, improved, flat, longer),
        _recipe("study3_augmented", "Study 3: improved, augmented", 32, improved, flat, augmented, val=0.1),
        _recipe("study3_vgg19_linear", "Study 3: VGG-19 cut, linear", 32, cut, flat, frozen),
        _recipe("study3_vgg19_dense", "Study 3: VGG-19 cut, dense layers", 96, cut, dense, frozen),
    )


def _study4() -> tuple[Recipe, ...]:
    training = _training(
        stages=(StageCfg(epochs=30, lr=1e-4),),
        batch=8,
        augment=AugmentCfg(up_front=True),
        stopping=StoppingCfg(metric="accuracy", patience=3),
    )
    pixels = BuiltCfg(input_mean=_IMAGENET_MEAN, input_std=_IMAGENET_STD)
    layers: tuple[Layer, ...] = (
        *(ConvCfg(filters=6, kernel=5, padding="valid"), PoolCfg()),
        *(ConvCfg(filters=16, kernel=5, padding="valid"), PoolCfg()),
    )
    lenet_head = DenseHeadCfg(pool="flatten", dropout=0.5, dense=(DenseCfg(width=120), DenseCfg(width=84, dropout=0.5)))
    mlp_head = DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=255),))
    lenet = msgspec.structs.replace(pixels, layers=layers)
    frozen = _training(training, stages=(StageCfg(epochs=30, layers="head", lr=1e-3),), batch=32)
    two_layers = DenseHeadCfg(dense=(DenseCfg(width=256),))
    transfer = tuple(
        _recipe(
            f"study4_{name}", f"Study 4: {title}", 300, BackboneCfg(backbone=f"timm/{name}"), two_layers, frozen, 0.2
        )
        for name, title in (("vgg16", "VGG16"), ("resnet50", "ResNet50"), ("efficientnet_b2", "EfficientNet-B2"))
    )
    return (
        _recipe("study4_mlp", "Study 4: dense layers only", 300, pixels, mlp_head, training, val=0.2),
        _recipe("study4_lenet", "Study 4: LeNet-like", 300, lenet, lenet_head, training, val=0.2),
        *transfer,
    )


def _study5() -> tuple[Recipe, ...]:
    pretrained = BackboneCfg(backbone="timm/efficientnet_b0")
    scratch = msgspec.structs.replace(pretrained, weights="none")
    forty = _training(stages=(StageCfg(epochs=40, lr=1e-3),))
    frozen = _training(stages=(StageCfg(epochs=20, layers="head", lr=1e-3),))
    head = DenseHeadCfg(norm=True, dropout=0.5)
    return (
        _recipe("study5_scratch", "Study 5: EfficientNet-B0 from scratch", 224, scratch, DenseHeadCfg(), forty),
        _recipe("study5_frozen", "Study 5: EfficientNet-B0, head only", 224, pretrained, head, frozen),
    )


def _frozen() -> tuple[Recipe, ...]:
    """What the studies put on networks that do not learn: classic classifiers on their features, or nothing."""
    densenet = BackboneCfg(backbone="timm/densenet121")
    methods: tuple[tuple[Literal["svm", "forest", "boosting"], str], ...] = (
        ("svm", "support vector machine"),
        ("forest", "random forest"),
        ("boosting", "boosted trees"),
    )
    cut = BackboneCfg(backbone="timm/vgg19", cut=4)
    resnet = BackboneCfg(backbone="timm/resnet50")
    return (
        *(
            _recipe(
                f"study1_{method}", f"Study 1: DenseNet121, {title}", 224, densenet, ClassicCfg(method=method), None
            )
            for method, title in methods
        ),
        _recipe("study3_forest", "Study 3: VGG-19 cut, random forest", 96, cut, ClassicCfg(method="forest"), None),
        _recipe("study5_as_is", "Study 5: ResNet50 as it is", 224, resnet, AsIsCfg(), None),
    )


STUDY_PRESETS: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (*_study1(), *_study2(), *_study3(), *_study4(), *_study5(), *_frozen())
}
