"""What changed between two runs: recipe, photos and labels, split, code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.ids import PhotoId, RunId
from engine.data.manifest import Manifest, ManifestPhoto
from engine.project.run_log import RunLog, run_log, run_manifest
from engine.recipe.difference import Difference, differences
from engine.recipe.recipe import from_json

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoChange:
    """A photo with its class, or its part, in the list of the first run and of the second."""

    photo_id: PhotoId
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """How many photos of a class there are in the list of the first run and of the second."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRenamed:
    """A class that has another name in the second list; its photos are not relabelled by that."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoChanges:
    """The lists of photos of two runs against each other.

    Args:
        added: photos that only the second has. excluded, unsure, removed: photos that only the first has, by what they
            were when the second began; `removed` are those without a label, or whose file could not be used.
        relabelled, moved: photos of both with another class, or in another part. per_class: every class, by name.
    """

    added: tuple[PhotoId, ...]
    excluded: tuple[PhotoId, ...]
    unsure: tuple[PhotoId, ...]
    removed: tuple[PhotoId, ...]
    relabelled: tuple[PhotoChange, ...]
    moved: tuple[PhotoChange, ...]
    per_class: tuple[ClassCount, ...]
    renamed: tuple[ClassRenamed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChanges:
    """All that is recorded of two runs and differs.

    Args:
        recipe: choices, those of the plan of the split and the seed among them. versions: of what made the two.
        same_plan: whether both were divided by one plan.
    """

    before: RunLog
    after: RunLog
    recipe: tuple[Difference, ...]
    photos: PhotoChanges
    same_plan: bool
    versions: tuple[Difference, ...]

    @property
    def same_data(self) -> bool:
        """Whether both have the same photos with the same labels, by content."""
        return self.before.data_digest == self.after.data_digest

    @property
    def same_split(self) -> bool:
        """Whether the same photos stand in the same parts, by content."""
        return self.before.split_digest == self.after.split_digest

    @property
    def is_nothing(self) -> bool:
        """Whether nothing that is recorded differs, so that the one repeats the other."""
        same_start = self.before.parent == self.after.parent
        return not self.recipe and not self.versions and self.same_data and self.same_split and same_start


def run_changes(project: Project, before: RunId, after: RunId) -> RunChanges:
    """What changed from the one run to the other.

    Raises:
        UserError: there is no such run. StorageError: a list of photos cannot be read.
    """
    old, new = (from_json(project.runs.row(run_id).recipe) for run_id in (before, after))
    logs = run_log(project, before), run_log(project, after)
    return RunChanges(
        before=logs[0],
        after=logs[1],
        recipe=differences(old, new),
        photos=_photo_changes(project, before, after),
        same_plan=old.split == new.split,
        versions=_versions(logs[0].versions, logs[1].versions),
    )


def _versions(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(place=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _photo_changes(project: Project, before: RunId, after: RunId) -> PhotoChanges:
    lists = run_manifest(project, before), run_manifest(project, after)
    old, new = ({photo.photo_id: photo for photo in found.photos} for found in lists)
    gone = [PhotoId(i) for i in old if i not in new]
    states = project.history.label_states(gone, project.runs.row(after).as_of_op)
    both = [i for i in old if i in new]
    return PhotoChanges(
        added=tuple(PhotoId(i) for i in new if i not in old),
        excluded=tuple(i for i in gone if states[i] == "excluded"),
        unsure=tuple(i for i in gone if states[i] == "unsure"),
        removed=tuple(i for i in gone if states[i] not in ("excluded", "unsure")),
        relabelled=_relabelled(lists, [(old[i], new[i]) for i in both]),
        moved=tuple(
            PhotoChange(photo_id=PhotoId(i), before=old[i].part, after=new[i].part)
            for i in both
            if old[i].part != new[i].part
        ),
        per_class=_per_class(*lists),
        renamed=_renamed(*lists),
    )


def _relabelled(
    lists: tuple[Manifest, Manifest], pairs: Iterable[tuple[ManifestPhoto, ManifestPhoto]]
) -> tuple[PhotoChange, ...]:
    found = []
    for was, now in pairs:
        first, second = lists[0].classes[was.class_no], lists[1].classes[now.class_no]
        # By id: a class that got another name is the same class.
        if first.class_id != second.class_id:
            found.append(PhotoChange(photo_id=PhotoId(was.photo_id), before=first.name, after=second.name))
    return tuple(found)


def _per_class(before: Manifest, after: Manifest) -> tuple[ClassCount, ...]:
    names = {one.class_id: one.name for one in (*before.classes, *after.classes)}
    old, new = (Counter(found.classes[photo.class_no].class_id for photo in found.photos) for found in (before, after))
    return tuple(
        ClassCount(name=name, before=old[class_id], after=new[class_id])
        for class_id, name in sorted(names.items(), key=lambda item: item[1].casefold())
    )


def _renamed(before: Manifest, after: Manifest) -> tuple[ClassRenamed, ...]:
    names = {one.class_id: one.name for one in after.classes}
    pairs = [(one.name, names.get(one.class_id, one.name)) for one in before.classes]
    return tuple(ClassRenamed(before=was, after=now) for was, now in pairs if was != now)
