"""The split a run uses: drawn once, then only extended, so that no photo ever moves from test to train."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import msgspec

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId, SplitId
from engine.data.groups import GroupPhoto, group_keys
from engine.data.manifest import Part
from engine.data.relation_values import relation_value, without_source
from engine.data.split import SplitPhoto, make_split
from engine.insight.leaks import LeakReport, Stratum, leak_report, strata
from engine.project.context import Context
from engine.project.fold_splits import add_fold_split, fold_parts
from engine.project.split_plan import newest_whole, plan_of, set_plan, splits_by, written
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.recipe import Recipe, SplitCfg
from engine.store import history, listing, runs
from engine.store.relations import RelationRow, relation_rows
from engine.store.rows import SplitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderParts:
    """What folders named train, val or test say, taken by itself, and how much of it the split has kept.

    `n`: photos of which they say a part. `leaks`: what they part that belongs together, by kind. `n_moved`: photos that
    stand elsewhere in the split, because relatives of theirs stand there.
    """

    n: int
    leaks: tuple[LeakReport, ...]
    n_moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReport:
    """A split and what can be said against it.

    `plan`: how it was drawn; `plan.groups` is what it keeps together. `leaks`: one report for each kind of relation
    between photos, also for those the split does not keep together. `n_dated`: photos of which it is known when they
    were taken; bursts and days are of these. `n_outside`: photos that could be divided and are not in it. `n_gone`:
    photos of it that cannot be used now. `n_runs`: models that were scored on test photos of this plan, those deleted
    since included. `folders`: what the folders say of it; None if they say nothing, or the plan does not ask them.
    """

    split: SplitRow
    plan: SplitCfg
    strata: tuple[Stratum, ...]
    leaks: tuple[LeakReport, ...]
    n_dated: int
    n_outside: int
    n_gone: int
    n_runs: int
    folders: FolderParts | None

    @property
    def groups(self) -> GroupCfg:
        """What the split keeps together."""
        return self.plan.groups

    def keeps(self, kind: str) -> bool:
        """Whether the plan keeps photos of this relation together; equal files always are."""
        return kind == "contents" or bool(getattr(self.plan.groups, kind))

    @property
    def is_stale(self) -> bool:
        """Whether the next training will not use it as it is: photos came, went, or turned out to belong together."""
        parted = any(found.leaks and self.keeps(found.kind) for found in self.leaks)
        return bool(self.n_outside or self.n_gone) or parted


class Splits:
    """Decides which photos teach and which ones test."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def current(self) -> SplitRow | None:
        """The split made last, with its counts; those by which single folds are tested are passed over."""
        newest = newest_whole(self._context.db)
        return None if newest is None else runs.split_row(self._context.db, newest)

    def plan(self) -> SplitCfg:
        """How this project is divided wherever a recipe says nothing of its own."""
        return plan_of(self._context.db)

    def planned(self, recipe: Recipe, *, after: Recipe | None = None) -> Recipe:
        """The recipe as this project carries it out: divided by the project's plan, unless it has one of its own.

        `after`: the recipe of a run that it extends, whose split it keeps, so that nothing that taught then is tested
        on now.
        """
        return recipe.divided_by(self.plan() if after is None else after.split)

    def adopt(self, cfg: SplitCfg) -> Changes:
        """The project is divided by this plan from now on, and is divided so; runs that exist keep their split.

        Raises:
            UserError: no photo is labelled, or the pattern for file names is not one; the plan is as before.
        """
        self._refuse_empty()
        with self._context.db.transaction():
            self.up_to_date(cfg)
            set_plan(self._context.db, cfg)
        return Changes(splits=True)

    def adopt_parts(self, cfg: SplitCfg, parts: Mapping[PhotoId, Part]) -> Changes:
        """The project is divided exactly so from now on; photos that come later are divided by the plan.

        What `cfg.groups` keeps together has to be in one part, or else `up_to_date` moves photos.
        """
        with self._context.db.transaction():
            as_of_op = history.last_op(self._context.db)
            given = {int(i): part for i, part in parts.items()}
            runs.add_split(self._context.db, name="Split", plan=written(cfg), as_of_op=as_of_op, parts=given)
            set_plan(self._context.db, cfg)
        return Changes(splits=True)

    def up_to_date(self, cfg: SplitCfg) -> SplitId:
        """A split by this plan that holds every photo that can be used now, inside the open transaction.

        A split of the same plan is extended: photos it has keep their part, new ones are drawn; only where photos turn
        out to belong together do those in train follow the others to val or test, never back. Another plan means a new
        draw. Groups (`cfg.groups`) stand on one side. Parts that folders suggested are honoured if the plan says so;
        folders with a `val` but no `test` mean the photos held out, so `val` is taken as `test`.

        A plan with a fold follows the split of the same plan without one, which is brought up to date; it is drawn anew
        where that or the photos have changed.

        Raises:
            UserError: the plan's fold holds no photo.
        """
        db = self._context.db
        if cfg != cfg.whole:
            whole = runs.split_parts(db, self.up_to_date(cfg.whole))
            return add_fold_split(db, cfg, whole, self.group_keys(cfg.groups))
        # All of them: a photo that could not be used for a while is not in the newest one, and has its part still.
        equal = self._by_plan(cfg)
        earlier = runs.content_parts(db, equal)
        keys = self.group_keys(cfg.groups)
        photos = [
            SplitPhoto(
                photo_id=i,
                class_id=class_id,
                group=keys[i],
                given=cast("Part | None", earlier.get(sha)),
            )
            for i, class_id, sha, _ in runs.trainable_photos(db)
        ]
        if not earlier and cfg.use_given:
            photos = self._with_folder_parts(photos)
        parts = make_split(cfg, photos)
        if equal and runs.split_parts(db, equal[0]) == parts:
            return equal[0]
        return runs.add_split(db, name="Split", plan=written(cfg), as_of_op=history.last_op(db), parts=parts)

    def parts_of_today(self, cfgs: Collection[SplitCfg]) -> dict[SplitCfg, dict[int, str]]:
        """For each plan the part of every photo by which the next run is trained; none if they are divided again then.

        Nothing is drawn for a plan without a fold; see `up_to_date`.
        """
        found: dict[SplitCfg, dict[int, str]] = {}
        for plan in {cfg.whole for cfg in cfgs}:
            report = self.report(plan)
            is_ready = report is not None and not report.is_stale
            whole = runs.split_parts(self._context.db, report.split.id) if report is not None and is_ready else {}
            found[plan] = whole
            folds = [cfg for cfg in cfgs if cfg != plan and cfg.whole == plan]
            keys = self.group_keys(plan.groups) if folds and whole else {}
            for cfg in folds:
                found[cfg] = dict(fold_parts(self._context.db, cfg, whole, keys)) if whole else {}
        return found

    def divide(self, cfg: SplitCfg) -> Changes:
        """There is a split by this plan that holds every photo that can be used now; see `up_to_date`.

        Raises:
            UserError: no photo is labelled.
        """
        self._refuse_empty()
        with self._context.db.transaction():
            self.up_to_date(cfg)
        return Changes(splits=True)

    def report(self, cfg: SplitCfg) -> SplitReport | None:
        """What the newest split by this plan holds, and whether it parts what belongs together; None without one."""
        db = self._context.db
        equal = self._by_plan(cfg)
        if not equal:
            return None
        parts = cast("dict[int, Part]", runs.split_parts(db, equal[0]))
        class_of = {i: class_id for i, class_id, _, _ in runs.trainable_photos(db)}
        names = {row.id: row.name for row in listing.class_rows(db)}
        photos = [_group_photo(row) for row in relation_rows(db)]
        return SplitReport(
            split=runs.split_row(db, equal[0]),
            plan=cfg,
            strata=strata(parts, {i: names[ClassId(class_id)] for i, class_id in class_of.items()}),
            leaks=tuple(leak_report(kind, parts, group_keys(photos, one)) for kind, one in _each_kind(cfg.groups)),
            n_dated=sum(bool(one.taken) and one.photo_id in parts for one in photos),
            n_outside=sum(i not in parts for i in class_of),
            n_gone=sum(i not in class_of for i in parts),
            n_runs=runs.n_scored(db, equal),
            folders=self._folders(cfg, parts, photos),
        )

    def group_keys(self, cfg: GroupCfg) -> dict[int, bytes]:
        """For each photo whose file was fine when last seen the key of its group, see `engine.data.groups`.

        Raises:
            UserError: the pattern for file names is not one.
        """
        return group_keys([_group_photo(row) for row in relation_rows(self._context.db)], cfg)

    def questions(self, cfg: GroupCfg) -> dict[int, int]:
        """For each photo of `group_keys` the number of the question it asks, as comparisons count them.

        Copies, bursts and equal files are one question whatever `cfg` says, and so is what else it keeps together.
        """
        keys = self.group_keys(msgspec.structs.replace(cfg, copies=True, bursts=True))
        numbers: dict[bytes, int] = {}
        return {photo_id: numbers.setdefault(key, len(numbers)) for photo_id, key in keys.items()}

    def values(self, relation: str) -> dict[int, str]:
        """What each photo says under a relation, see `engine.data.relation_values`; empty where it is not known."""
        rows = relation_rows(self._context.db)
        values = {int(row.photo_id): relation_value(_group_photo(row), relation) for row in rows}
        return without_source(values) if relation == "folders" else values

    def _by_plan(self, cfg: SplitCfg) -> list[SplitId]:
        """The splits that were drawn by this plan, newest first."""
        return splits_by(self._context.db, cfg)

    def _refuse_empty(self) -> None:
        if not runs.trainable_photos(self._context.db):
            raise UserError("There is nothing to divide yet.", advice="Add labelled photos first.")

    def _folders(self, cfg: SplitCfg, parts: dict[int, Part], photos: list[GroupPhoto]) -> FolderParts | None:
        given = self._folder_parts() if cfg.use_given else {}
        if not given:
            return None
        found = (leak_report(kind, given, group_keys(photos, one)) for kind, one in _each_kind(cfg.groups))
        return FolderParts(
            n=len(given),
            leaks=tuple(report for report in found if report.leaks),
            n_moved=sum(parts.get(i, part) != part for i, part in given.items()),
        )

    def _folder_parts(self) -> dict[int, Part]:
        given = {i: part for i, _, _, part in runs.trainable_photos(self._context.db) if part is not None}
        if "test" not in given.values():
            given = {i: "test" if part == "val" else part for i, part in given.items()}
        return cast("dict[int, Part]", given)

    def _with_folder_parts(self, photos: list[SplitPhoto]) -> list[SplitPhoto]:
        given = self._folder_parts()
        return [
            SplitPhoto(
                photo_id=p.photo_id,
                class_id=p.class_id,
                group=p.group,
                given=given.get(p.photo_id),
            )
            for p in photos
        ]


def _each_kind(cfg: GroupCfg) -> Iterator[tuple[str, GroupCfg]]:
    """Every kind of relation by its name in `GroupCfg`, each alone."""
    nothing = msgspec.structs.replace(
        cfg, copies=False, bursts=False, folders=False, days=False, cameras=False, sites=False, names="", columns=""
    )
    yield "contents", nothing
    for kind in ("copies", "bursts", "days", "sites", "folders", "cameras"):
        # Classes often are folders, and one camera takes most photos: these two are relations only if it was said so.
        if kind not in ("folders", "cameras") or getattr(cfg, kind):
            yield kind, msgspec.structs.replace(nothing, **{kind: True})
    if cfg.headings():
        yield "columns", msgspec.structs.replace(nothing, columns=cfg.columns)
    if cfg.names:
        yield "names", msgspec.structs.replace(nothing, names=cfg.names)


def _group_photo(row: RelationRow) -> GroupPhoto:
    folder, name = os.path.split(row.rel_path)
    place = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    return GroupPhoto(
        photo_id=row.photo_id,
        sha256=row.sha256,
        folder=f"{row.source_id}/{os.fsdecode(folder)}",
        name=os.fsdecode(name),
        taken=row.taken,
        camera=row.camera,
        place=place,
        copies=row.copies,
        columns=row.columns,
    )
