"""The five reference studies as plans: in full, with the studies' own sizes, and quick, in minutes on two cores.

Figures and sizes come from the studies; where a study used weights that are not on a machine its rows wait, and rows
with the embedded backbone stand beside them.
"""

from __future__ import annotations

import msgspec

from engine.recipe.study_plan import PlanRow, StudyPlan, Sweep, SweepField

# Small inputs and few epochs: enough to see what differs, not enough to be quoted.
_QUICK_NET = ("input.size=64", "training.stages[1].epochs=4", "training.batch=16")
_QUICK_TUNE = ("input.size=128", "training.stages[2].epochs=2")
_QUICK_TRANSFER = ("input.size=96", "training.stages[1].epochs=1", "training.stages[2].epochs=1")


def _nets(names: tuple[str, ...], changes: tuple[str, ...]) -> tuple[PlanRow, ...]:
    return tuple(PlanRow(recipe=name, set=changes) for name in names)


def _embedded(*, quick: bool) -> tuple[PlanRow, ...]:
    size = ("input.size=160",) if quick else ()
    return (
        PlanRow(recipe="quick", name="Quick (Lite0, linear)", set=size),
        PlanRow(recipe="fine_tune", name="Fine-tune Lite0", set=_QUICK_TUNE if quick else ()),
    )


def _fish_workshop(*, quick: bool) -> StudyPlan:
    grid = ("study1_cnn", "study1_cnn_norm", "study1_cnn_two", "study1_cnn_two_norm", "study1_improved")
    transfer = ("study1_vgg16", "study1_mobilenetv2", "study1_resnet50", "study1_densenet121")
    size = ("input.size=160",) if quick else ()
    return StudyPlan(
        name="Fish workshop",
        about="Batch norm or not, one convolution or two; transfer learning; classic classifiers on deep features.",
        rows=(
            *_embedded(quick=quick),
            *(PlanRow(recipe=name, set=size) for name in ("svm", "forest", "boosting")),
            *_nets(grid, _QUICK_NET if quick else ()),
            *_nets(transfer, _QUICK_TRANSFER if quick else ()),
            *_nets(("study1_svm", "study1_forest", "study1_boosting"), ("input.size=96",) if quick else ()),
        ),
        reference="Quick (Lite0, linear)",
    )


def _animals(*, quick: bool) -> StudyPlan:
    tune = _QUICK_TUNE if quick else ()
    return StudyPlan(
        name="Animals",
        about="A small network, and a fine-tuned one, where classes are of unequal size: weighted or not.",
        rows=(
            *_embedded(quick=quick),
            PlanRow(
                recipe="fine_tune",
                name="Fine-tune Lite0, classes not weighted",
                set=(*tune, "training.imbalance=none"),
            ),
            PlanRow(recipe="study2_cnn", set=_QUICK_NET if quick else ()),
            PlanRow(
                recipe="study2_efficientnet_b0",
                set=(*_QUICK_TRANSFER, "training.stages[3].epochs=1") if quick else (),
            ),
        ),
        reference="Quick (Lite0, linear)",
    )


def _cifar(*, quick: bool) -> StudyPlan:
    few = ("training.stages[1].epochs=6",) if quick else ()
    return StudyPlan(
        name="CIFAR",
        about="Small photos: a basic network, a deeper one, augmentation; features of a cut network and a forest.",
        rows=(
            *_embedded(quick=quick),
            *_nets(("study3_basic", "study3_improved", "study3_augmented"), few),
            PlanRow(recipe="forest", name="Forest on Lite0", set=("input.size=160",) if quick else ()),
            *_nets(("study3_vgg19_linear", "study3_vgg19_dense"), ("training.stages[1].epochs=2",) if quick else ()),
            PlanRow(recipe="study3_forest"),
        ),
        reference="Study 3: basic network",
    )


def _fruit(*, quick: bool) -> StudyPlan:
    small = ("input.size=64", "training.stages[1].epochs=3") if quick else ()
    return StudyPlan(
        name="Fruit",
        about="What batch size, learning rate and dropout do, everything else equal and from the same initial weights.",
        rows=(
            *_embedded(quick=quick),
            PlanRow(recipe="study4_mlp", set=small),
            PlanRow(recipe="study4_lenet", set=small),
            PlanRow(recipe="study4_lenet", name="LeNet-like, no dropout", set=(*small, "head.dropout=0")),
            *_nets(
                ("study4_vgg16", "study4_resnet50", "study4_efficientnet_b2"),
                ("input.size=96", "training.stages[1].epochs=1") if quick else (),
            ),
        ),
        sweeps=(
            Sweep(
                recipe="study4_lenet",
                name="LeNet-like",
                set=small,
                fields=(SweepField(place="training.batch", values=(64, 256)),),
            ),
            Sweep(
                recipe="study4_lenet",
                name="LeNet-like",
                set=small,
                fields=(SweepField(place="training.stages[1].lr", values=(1e-5, 1e-3, 1e-2)),),
            ),
        ),
        reference="Study 4: LeNet-like",
    )


def _imagenette(*, quick: bool) -> StudyPlan:
    few = ("input.size=64", "training.stages[1].epochs=2") if quick else ()
    return StudyPlan(
        name="Imagenette-like",
        about="A pretrained network as it is, the same kind from scratch, and only its head trained.",
        rows=(
            *_embedded(quick=quick),
            PlanRow(recipe="as_is", name="Lite0 as it is"),
            PlanRow(recipe="study5_as_is"),
            PlanRow(recipe="study5_scratch", set=few),
            PlanRow(recipe="study5_frozen", set=few),
        ),
        reference="Quick (Lite0, linear)",
    )


_MAKERS = {
    "fish-workshop": _fish_workshop,
    "animals": _animals,
    "cifar": _cifar,
    "fruit": _fruit,
    "imagenette": _imagenette,
}


def _template(name: str, *, quick: bool) -> StudyPlan:
    plan = _MAKERS[name](quick=quick)
    return msgspec.structs.replace(plan, name=f"{plan.name} (quick)") if quick else plan


# "fish-workshop" in full, "fish-workshop-quick" in minutes.
TEMPLATES: dict[str, StudyPlan] = {
    f"{name}-quick" if quick else name: _template(name, quick=quick) for name in _MAKERS for quick in (True, False)
}
