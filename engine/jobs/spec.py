"""What a job is asked to do, as frozen values that travel to the child process as one JSON line.

All paths are bytes and absolute. A job reads the files its spec names and writes only below the folders it names.
"""

from __future__ import annotations

import msgspec

from engine.exchange.forms import Form, Photos
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg
from engine.recipe.views_cfg import ViewsCfg


class JobSpec(msgspec.Struct, frozen=True, kw_only=True, tag_field="job"):
    """Base of all job descriptions."""


class ImportSpec(JobSpec, frozen=True, kw_only=True, tag="import"):
    """Find photos below `roots` (folders or single files), read each completely, and report them.

    `known_file`: msgpack list of `KnownFile`, or None; unchanged known files are skipped without being read.
    `thumbs`: folder of the thumbnail cache, or None for no thumbnails (a preview).
    `flight_file`: where the job notes which files are being decoded, so that a file that kills the process is known.
    `copy_to`: folder into which every photo is copied, named by its content; its path is then that of the copy.
    `read_layout`: whether folder names suggest classes and parts.
    """

    roots: tuple[bytes, ...]
    known_file: bytes | None = None
    thumbs: bytes | None = None
    flight_file: bytes | None = None
    copy_to: bytes | None = None
    read_layout: bool = True


class KnownFile(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A file the project already has; unchanged means equal size and modification time."""

    path: bytes
    n_bytes: int
    mtime_ns: int


class TrainSpec(JobSpec, frozen=True, kw_only=True, tag="train"):
    """Train `recipe` on the manifest and leave the results in `run_folder`.

    Written there: the model, `predictions.npz` (see engine.data.predictions) and `metrics.jsonl`. `features`: folder of
    the feature cache. `pixels`: folder of the cache of decoded photos. `machine`: folder of the cache of what was
    measured on this machine. `library`: folder of the weights that were fetched or imported. `start_from`: run folder
    of a model that is the starting point, or None: for Quick its strength (C) and head (adding a class), for a network
    its weights. `resume`: go on from the checkpoint in `run_folder`. `processes`: how many learn a network together; 0
    for one on each GPU, or one. `variant`: the way of computing in which a network is trained if this machine has it;
    empty: the fastest.
    """

    recipe: Recipe
    manifest: bytes
    run_folder: bytes
    features: bytes
    machine: bytes
    pixels: bytes = b""
    library: bytes = b""
    start_from: bytes | None = None
    resume: bool = False
    processes: int = 0
    variant: str = ""


class FindRateSpec(JobSpec, frozen=True, kw_only=True, tag="find_rate"):
    """Find a learning rate for the recipe's network on the manifest; a `RateFound` as JSON is left at `out`."""

    recipe: Recipe
    manifest: bytes
    pixels: bytes
    machine: bytes
    library: bytes
    out: bytes
    n_steps: int = 60


class ClassifySpec(JobSpec, frozen=True, kw_only=True, tag="classify"):
    """Classify photos (files, or folders searched like an import) with a model.

    `model`: a model bundle file, or a run folder. `csv`: where to write the table, or None. `library`: folder of the
    weights that were fetched or imported; empty for the user's own.
    Results are also emitted as `Classified` events unless `quiet`.
    """

    model: bytes
    inputs: tuple[bytes, ...]
    machine: bytes
    csv: bytes | None = None
    quiet: bool = False
    library: bytes = b""


class ExportPhotosSpec(JobSpec, frozen=True, kw_only=True, tag="export_photos"):
    """Write the photos listed in `catalogue` (a file, see `engine.exchange.catalogue`) into the new folder `out`.

    `form`, `photos` and `bom` as in `engine.exchange.export.write_export`.
    """

    catalogue: bytes
    out: bytes
    form: Form
    photos: Photos = "copy"
    bom: bool = False


class ScoreViewsSpec(JobSpec, frozen=True, kw_only=True, tag="score_views"):
    """Score a run's model looking at each photo in several `views` against looking once.

    On photos that it has not learned from and that are not for testing, `n_most` at most; a
    `engine.insight.view_gain.ViewGain` as JSON is left at `out`. `library`: as for `ClassifySpec`.
    """

    run_folder: bytes
    manifest: bytes
    features: bytes
    machine: bytes
    views: ViewsCfg
    out: bytes
    library: bytes = b""
    n_most: int = 1000


class AnswerInViewsSpec(JobSpec, frozen=True, kw_only=True, tag="answer_in_views"):
    """Ask a run's model about its test photos in several `views`; `engine.data.predictions` are left at `out`.

    `manifest`: of the run. `library`: as for `ClassifySpec`.
    """

    run_folder: bytes
    manifest: bytes
    machine: bytes
    views: ViewsCfg
    out: bytes
    library: bytes = b""


class ExportSpec(JobSpec, frozen=True, kw_only=True, tag="export"):
    """Write the model of a run as one bundle file; `card`: Markdown text put into it.

    `library`: folder of the weights that were fetched or imported; empty for the user's own.
    """

    run_folder: bytes
    out: bytes
    card: str = ""
    library: bytes = b""


class MeasureSpec(JobSpec, frozen=True, kw_only=True, tag="measure"):
    """Load torch and the backbone, and measure the fastest way to run it here unless that is known already.

    `library`: folder of the weights that were fetched or imported; empty for the user's own.
    """

    recipe: Recipe
    machine: bytes
    library: bytes = b""


class DoctorSpec(JobSpec, frozen=True, kw_only=True, tag="doctor"):
    """Gather facts that need torch (versions, devices); the result is a JSON file at `out`."""

    out: bytes
    machine: bytes


class LayersSpec(JobSpec, frozen=True, kw_only=True, tag="layers"):
    """Work out the layers of the recipe's network for `n_classes` classes; a `LayerTable` as JSON is left at `out`."""

    recipe: Recipe
    n_classes: int
    out: bytes


class MeasureBackbonesSpec(JobSpec, frozen=True, kw_only=True, tag="measure_backbones"):
    """Measure the networks of the front page; rows of `engine.data.backbone_measure` are left at `out`."""

    out: bytes
    machine: bytes


class FetchWeightsSpec(JobSpec, frozen=True, kw_only=True, tag="fetch_weights"):
    """Fetch the pretrained weights of the network called `backbone` (`timm/NAME`) into the folder `library`.

    `hub`: address of another hub than the usual one; empty for that.
    """

    backbone: str
    library: bytes
    hub: str = ""


class LookUpWeightsSpec(JobSpec, frozen=True, kw_only=True, tag="look_up_weights"):
    """Find what the hub offers for the network called `backbone` (`timm/NAME`); a `HubOffer` is left at `out`."""

    backbone: str
    out: bytes


class ImportWeightsSpec(JobSpec, frozen=True, kw_only=True, tag="import_weights"):
    """Match the file of weights at `path` to the network called `backbone` (`timm/NAME`), and keep it in `library`.

    `licence`: what the user says of it. `keep`: false to learn how it fits; a `FitReport` as JSON is left at `out`.
    """

    path: bytes
    backbone: str
    library: bytes
    out: bytes
    licence: str = ""
    keep: bool = True


class FindCopiesSpec(JobSpec, frozen=True, kw_only=True, tag="find_copies"):
    """Find the photos that are one picture; `engine.data.copies_found` says how they are listed and what is left.

    `photos`: file with the list of photos. `thumbs`: folder of the thumbnail cache. `cache`: folder in which what the
    search needs of each photo is kept. `out`: where to leave the result.
    """

    photos: bytes
    thumbs: bytes
    cache: bytes
    out: bytes


class FindAlikeSpec(JobSpec, frozen=True, kw_only=True, tag="find_alike"):
    """Compare photos by what the recipe's network sees in them; `engine.insight.alike_file` says what is left at `out`.

    `photos`: file with the list of photos. The other folders are those of `TrainSpec`.
    """

    recipe: Recipe
    photos: bytes
    features: bytes
    machine: bytes
    library: bytes
    out: bytes


class LookSpec(JobSpec, frozen=True, kw_only=True, tag="look"):
    """Look at each photo once for its metadata and its quality; `engine.data.looks` says how that is kept.

    `photos`: file with the list of photos. `thumbs`: folder of the thumbnail cache. `cache`: folder of the looks.
    """

    photos: bytes
    thumbs: bytes
    cache: bytes


class CompareSplitsSpec(JobSpec, frozen=True, kw_only=True, tag="compare_splits"):
    """Score the recipe with groups kept together and with photos drawn singly; an `Honesty` as JSON is left at `out`.

    The folders are those of `TrainSpec`.
    """

    recipe: Recipe
    manifest: bytes
    features: bytes
    machine: bytes
    library: bytes
    out: bytes


class LeaveOneOutSpec(JobSpec, frozen=True, kw_only=True, tag="leave_one_out"):
    """Score each group of a relation by the recipe learned from the others; a `LeaveOneOut` as JSON is left at `out`.

    `relation`: as in `engine.data.relation_values`, where `values` is described too, the file that says which group
    each photo is of. The folders are those of `TrainSpec`.
    """

    recipe: Recipe
    relation: str
    manifest: bytes
    values: bytes
    features: bytes
    machine: bytes
    library: bytes
    out: bytes


class PreviewPhoto(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A photo to show: its id, where it is, and its content."""

    photo_id: int
    path: bytes
    sha256: bytes


class PreviewAugmentSpec(JobSpec, frozen=True, kw_only=True, tag="preview_augment"):
    """Change the photos as a training would, `n_drawn` times; `engine.data.augment_preview` says what is left at `out`.

    `input`: how a photo becomes the network's input. `seed`: another one gives other changes. `pixels`: as for
    `TrainSpec`.
    """

    photos: tuple[PreviewPhoto, ...]
    input: InputCfg
    augment: AugmentCfg
    seed: int
    n_drawn: int
    pixels: bytes
    out: bytes


AnySpec = (
    ImportSpec
    | TrainSpec
    | FindRateSpec
    | ClassifySpec
    | ScoreViewsSpec
    | AnswerInViewsSpec
    | ExportSpec
    | MeasureSpec
    | DoctorSpec
    | LayersSpec
    | MeasureBackbonesSpec
    | FetchWeightsSpec
    | LookUpWeightsSpec
    | ImportWeightsSpec
    | LookSpec
    | CompareSplitsSpec
    | FindCopiesSpec
    | ExportPhotosSpec
    | FindAlikeSpec
    | LeaveOneOutSpec
    | PreviewAugmentSpec
)

_decoder: msgspec.json.Decoder[AnySpec] = msgspec.json.Decoder(AnySpec)


def encode(spec: AnySpec) -> bytes:
    """One line of JSON without the newline."""
    return msgspec.json.encode(spec)


def decode(line: bytes) -> AnySpec:
    """The spec a line holds.

    Raises:
        msgspec.DecodeError: not a spec of this version.
    """
    return _decoder.decode(line)
