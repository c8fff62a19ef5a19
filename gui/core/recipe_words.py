"""What the choices of a recipe are called on the screen; their help comes from the engine, in the terms of the art."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from engine.recipe.fields import Field, Part, title_of


def _text(text: str) -> str:
    return QT_TRANSLATE_NOOP("Recipe", text)


# By field; `Part.field` where the same name means something else.
LABELS: Mapping[str, str] = {
    "title": _text("Title"),
    "name": _text("Name"),
    "recipe_version": _text("Version"),
    "input": _text("Photos"),
    "model": _text("Network"),
    "head": _text("What learns on top"),
    "training": _text("Training"),
    "split": _text("Split"),
    "seed": _text("Seed"),
    "SplitCfg.seed": _text("Seed of the split"),
    "SplitCfg.fold": _text("Fold that is tested"),
    "FoldCfg.n": _text("Folds"),
    "FoldCfg.at": _text("Fold, from 0"),
    "FoldCfg.seed": _text("Seed of the folds"),
    "size": _text("Photo size, pixels"),
    "PoolCfg.size": _text("Side of the square"),
    "fit": _text("Framing"),
    "views": _text("Views"),
    "val": _text("Held out for tuning"),
    "test": _text("Held out for the test"),
    "use_given": _text("Keep parts that folders give"),
    "groups": _text("Stays together"),
    "copies": _text("Copies"),
    "bursts": _text("Bursts"),
    "burst_seconds": _text("Pause within a burst, seconds"),
    "folders": _text("Photos of one folder"),
    "days": _text("Photos of one day"),
    "cameras": _text("Photos of one camera"),
    "sites": _text("Photos of one site"),
    "names": _text("Names alike in"),
    "backbone": _text("Architecture"),
    "weights": _text("First weights"),
    "cut": _text("Cut after stage"),
    "layers": _text("Layers"),
    "StageCfg.layers": _text("What learns"),
    "input_mean": _text("Mean of the pixels"),
    "input_std": _text("Spread of the pixels"),
    "filters": _text("Filters"),
    "kernel": _text("Kernel"),
    "padding": _text("Padding"),
    "norm": _text("Batch norm"),
    "relu": _text("ReLU"),
    "how": _text("Keeps"),
    "p": _text("Share left out"),
    "strengths": _text("Strengths to try"),
    "folds": _text("Folds"),
    "balanced": _text("Classes weigh the same"),
    "method": _text("Method"),
    "strength": _text("Strength (C)"),
    "trees": _text("Trees"),
    "depth": _text("Depth of the trees"),
    "neighbours": _text("Neighbours"),
    "rounds": _text("Rounds of boosting"),
    "width": _text("Width"),
    "dropout": _text("Dropout"),
    "pool": _text("Feature map becomes"),
    "dense": _text("Dense layers"),
    "mapping": _text("Meaning of the classes"),
    "class_name": _text("Class"),
    "columns": _text("ImageNet classes"),
    "GroupCfg.columns": _text("Same value in columns"),
    "flip_h": _text("Mirror left and right"),
    "flip_v": _text("Mirror top and bottom"),
    "rotate": _text("Turn, degrees"),
    "shift": _text("Shift, share"),
    "shear": _text("Shear, degrees"),
    "zoom": _text("Zoom, share"),
    "colour": _text("Colour"),
    "policy": _text("Published bundle"),
    "mixup": _text("Mixup"),
    "cutmix": _text("CutMix"),
    "erase": _text("Grey patch"),
    "up_front": _text("Eight fixed versions"),
    "epochs": _text("Epochs"),
    "n_last": _text("Last stages"),
    "lr": _text("Learning rate"),
    "layer_decay": _text("Decay by layer"),
    "OptimCfg.name": _text("Optimiser"),
    "weight_decay": _text("Weight decay"),
    "momentum": _text("Momentum"),
    "kind": _text("Learning rate over time"),
    "warmup": _text("Warm-up, share"),
    "floor": _text("Lowest rate, share"),
    "every": _text("Step every, epochs"),
    "factor": _text("Step factor"),
    "patience": _text("Patience, epochs"),
    "metric": _text("Watched number"),
    "restore_best": _text("Keep the best epoch"),
    "stages": _text("Stages"),
    "batch": _text("Photos a step"),
    "augment": _text("Augmentation"),
    "optim": _text("Optimiser"),
    "schedule": _text("Schedule"),
    "stopping": _text("Early stopping"),
    "imbalance": _text("Classes of unequal size"),
    "focal_gamma": _text("Focal gamma"),
    "smoothing": _text("Label smoothing"),
    "ema": _text("Mean of the weights"),
    "clip": _text("Gradient clipping"),
    "initial_weights": _text("Shared first weights"),
}
CHOICES: Mapping[str, str] = {
    "fit.whole": _text("Whole photo, squeezed to a square"),
    "fit.crop": _text("Centre of the photo"),
    "views.one": _text("Photo alone"),
    "views.flip": _text("Photo and its mirror image"),
    "weights.pretrained": _text("Pretrained"),
    "weights.none": _text("Random: from scratch"),
    "padding.same": _text("Padded to the same size"),
    "padding.valid": _text("No padding"),
    "how.max": _text("The largest"),
    "how.average": _text("The mean"),
    "pool.average": _text("The mean of each channel"),
    "pool.flatten": _text("One long row"),
    "method.svm": _text("Support vector machine"),
    "method.forest": _text("Random forest"),
    "method.boosting": _text("Boosted trees"),
    "method.neighbours": _text("Nearest neighbours"),
    "policy.none": _text("None"),
    "policy.randaugment": _text("RandAugment"),
    "policy.trivialaugment": _text("TrivialAugment"),
    "layers.head": _text("Only what is on top"),
    "layers.last": _text("The last stages too"),
    "layers.all": _text("Everything"),
    "kind.constant": _text("Constant"),
    "kind.cosine": _text("Cosine"),
    "kind.step": _text("Steps"),
    "kind.one_cycle": _text("One cycle"),
    "kind.plateau": _text("Lower on a plateau"),
    "metric.loss": _text("Validation loss"),
    "metric.accuracy": _text("Share that is right"),
    "metric.macro_f1": _text("Macro F1"),
    "imbalance.none": _text("Nothing is done"),
    "imbalance.class_weights": _text("Weights in the loss"),
    "imbalance.balanced_sampler": _text("As many draws of each class"),
    "imbalance.focal": _text("Focal loss"),
}
# Kinds of parts that stand for one another, by their tag.
KINDS: Mapping[str, str] = {
    "backbone": _text("A known architecture"),
    "built": _text("Layer by layer"),
    "logistic": _text("Logistic regression (Quick)"),
    "classic": _text("A classic classifier"),
    "dense": _text("Layers that learn with the network"),
    "as_is": _text("Nothing: its own thousand classes"),
    "conv": _text("Convolution"),
    "pool": _text("Pooling"),
    "norm": _text("Batch norm"),
    "dropout": _text("Dropout"),
}


def field_label(part: Part, field: Field) -> str:
    """What the field is called."""
    known = LABELS.get(f"{part.__name__}.{field.name}") or LABELS.get(field.name) or field.name.replace("_", " ")
    return QCoreApplication.translate("Recipe", known)


def choice_label(field: Field, value: str) -> str:
    """What one of the field's choices is called."""
    return QCoreApplication.translate("Recipe", CHOICES.get(f"{field.name}.{value}", value))


def kind_label(part: Part) -> str:
    """What a kind of part is called among those it stands beside; empty if there is only one kind."""
    tag = title_of(part)
    return QCoreApplication.translate("Recipe", KINDS[tag]) if tag else ""
