"""The one training loop: stages, epochs, early stopping, checkpoints, pause and stop, and what follows a divergence."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from engine.base.errors import UserError
from engine.base.events import Answered, Checkpointed, Diverged, Emit, Epoch, NetworkReady, Notice, Step
from engine.base.stop import StopToken
from engine.nets.network import Network, load_network, network_facts, save_network
from engine.recipe.recipe import Recipe, sha256_of
from engine.recipe.training_cfg import StageCfg, TrainingCfg
from engine.train.checkpoint import (
    BEST_FILE,
    EpochSums,
    OptimiserState,
    Progress,
    load_checkpoint,
    save_checkpoint,
)
from engine.train.data import Labelled, Photos, Training, place_seed
from engine.train.heed import heed
from engine.train.judge import Judged, judge, logits_of
from engine.train.learner import Learner
from engine.train.losses import class_weights
from engine.train.ranks import ALONE, Ranks, share_of, together
from engine.train.schedule import Plateau, factor
from engine.train.shortage import memory_in_use
from engine.train.variant import TrainVariant, idle_gpu

# A crash costs at most so much work, or twenty times what saving takes where that is more.
CHECKPOINT_SECONDS = 60.0
SAVING_REST = 20
MAX_DIVERGED = 3
DIVERGED_FACTOR = 0.3


class Fit:
    """A training under way; `run` carries it out.

    Args:
        network: with its first weights, on the CPU. variant: where and how it is trained.
        train, val: photos to learn from and to judge each epoch by; both have photos.
        folder: of the run; checkpoints and `best.safetensors` are kept there.
        tell: hears what happens. now: a clock in seconds.
        ranks: the processes that train together; only number 0 writes files and is to have a `tell` that matters.
    """

    def __init__(
        self,
        network: Network,
        recipe: Recipe,
        photos: Photos,
        train: Labelled,
        val: Labelled,
        *,
        folder: Path,
        variant: TrainVariant,
        tell: Emit,
        stop: StopToken,
        now: Callable[[], float] = time.monotonic,
        ranks: Ranks = ALONE,
    ) -> None:
        assert recipe.training is not None
        self._cfg: TrainingCfg = recipe.training
        self._recipe = recipe
        self._photos = photos
        self._val = val
        self._data = Training(photos, train, network.n_classes, self._cfg, recipe.seed)
        self._variant = variant
        self._folder = folder
        self._tell = tell
        self._ranks = ranks
        self._stop = stop
        self._now = now
        self._learner = Learner(
            network,
            self._cfg,
            variant,
            weights=class_weights(train.columns, network.n_classes) if self._cfg.imbalance == "class_weights" else None,
            on_short=self._say_short,
            ranks=ranks,
        )
        self._progress = Progress()
        self._plateau = Plateau(self._cfg.schedule)
        self._began: int | None = None
        # Of the optimiser that the checkpoint was made with; taken up when its stage goes on.
        self._pending: OptimiserState | None = None
        self._last_saved, self._save_seconds = now(), 0.0

    def run(self, *, resume: bool) -> Network:
        """Train to the end, or until nothing gets better; returns the network to be used, on the CPU.

        Raises:
            Stopped: on request; the checkpoint holds everything up to the last step.
            UserError: the loss is not a number again and again, or a single photo does not fit in memory.
            DamagedInput: `resume`, and the checkpoint cannot be used. StorageError: the disk refused.
        """
        if resume:
            self._load()
        self._say_ready()
        if not resume:
            self._save(is_best=False)
        while self._progress.epoch < self._cfg.n_epochs and not self._is_stale():
            number, stage, first_epoch = self._stage()
            if self._began != number:
                self._begin_stage(number, stage, first_epoch)
            if self._epoch(stage, first_epoch):
                self._end_epoch(number)
        return self._result()

    def _begin_stage(self, number: int, stage: StageCfg, first_epoch: int) -> None:
        self._learner.begin_stage(stage)
        place = self._progress.epoch, self._progress.step_in_epoch
        if self._pending is not None and place > (first_epoch, 0):
            self._learner.load_optimiser(self._pending)
        self._began, self._pending = number, None

    def _stage(self) -> tuple[int, StageCfg, int]:
        """Number, settings and first epoch of the stage the next epoch belongs to."""
        first = 0
        for number, stage in enumerate(self._cfg.stages):
            if self._progress.epoch < first + stage.epochs:
                return number, stage, first
            first += stage.epochs
        raise AssertionError("no stage is left")

    def _epoch(self, stage: StageCfg, first_epoch: int) -> bool:
        """The rest of the epoch is learned; False if it diverged and is to go on from the last checkpoint."""
        progress, n_steps = self._progress, self._data.n_steps_per_epoch
        self._learner.train_mode(stage)
        # A step's time begins where the one before ended: fetching and changing the photos belongs to it.
        begin = self._now()
        for x, targets in self._data.batches(progress.epoch, progress.step_in_epoch):
            if self._heed():
                begin = self._now()
            step = (progress.epoch - first_epoch) * n_steps + progress.step_in_epoch
            rate = factor(self._cfg.schedule, step, stage.epochs * n_steps, n_steps)
            self._learner.set_rate(rate * progress.rate * self._plateau.rate)
            # Dropout draws from torch's own generator.
            torch.manual_seed(place_seed(self._recipe.seed + 1, progress.epoch, progress.step_in_epoch))
            loss, n_right = self._learner.learn(x, targets, progress.step)
            if not math.isfinite(loss):
                self._recover(loss)
                return False
            self._count(loss, n_right, len(x), self._now() - begin)
            if self._now() - self._last_saved > max(CHECKPOINT_SECONDS, SAVING_REST * self._save_seconds):
                self._save(is_best=False)
            begin = self._now()
        return True

    def _count(self, loss: float, n_right: int, n: int, seconds: float) -> None:
        progress = self._progress
        progress.step_in_epoch += 1
        progress.step += 1
        progress.micro = self._learner.micro
        progress.sums.n += n
        progress.sums.n_right += n_right
        progress.sums.loss_sum += loss * n
        progress.sums.seconds += seconds
        self._say_step(loss, n, seconds)

    def _end_epoch(self, stage_no: int) -> None:
        progress = self._progress
        found = self._judge()
        if not math.isfinite(found.loss):
            self._recover(found.loss)
            return
        progress.epoch += 1
        progress.step_in_epoch = 0
        self._say_epoch(stage_no, found)
        progress.sums = EpochSums()
        self._plateau.see(found.loss)
        score = -found.loss if self._cfg.stopping.metric == "loss" else getattr(found, self._cfg.stopping.metric)
        is_best = score > progress.best_score
        if is_best:
            progress.best_score, progress.best_epoch, progress.n_stale = score, progress.epoch, 0
            if self._ranks.rank == 0:
                save_network(self._folder / BEST_FILE, self._learner.judged)
        else:
            progress.n_stale += 1
        self._save(is_best=is_best)

    def _judge(self) -> Judged:
        """The numbers of the epoch that is over; each process looks at its share of the photos."""
        rows, own = self._val.rows, share_of(len(self._val.rows), self._ranks)
        logits = np.zeros((len(rows), self._learner.network.n_classes), dtype=np.float32)
        with together(self._ranks):
            logits[own] = logits_of(
                self._learner.judged,
                self._photos,
                rows[own],
                self._learner.network.n_classes,
                mirrored=self._recipe.input.views == "flip",
                casting=self._variant.casting(),
                heed=self._heed_here,
            )
        self._ranks.add_up(torch.from_numpy(logits))
        return judge(logits, self._val)

    def _is_stale(self) -> bool:
        """Whether the training ends because nothing got better for long."""
        patience = self._cfg.stopping.patience
        return bool(patience) and self._progress.n_stale >= patience

    def _result(self) -> Network:
        best = self._folder / BEST_FILE
        # Of several processes only number 0 uses the result, and it deletes the file when it has.
        if self._ranks.rank == 0 and self._cfg.stopping.restore_best and best.is_file():
            return load_network(self._recipe, self._learner.network.n_classes, best)
        return self._learner.judged.cpu().eval()

    def _heed(self) -> bool:
        """Wait while paused, and say whether that was so; leave a checkpoint and go if a stop was requested."""
        with together(self._ranks):
            return self._heed_here()

    def _heed_here(self) -> bool:
        return heed(self._stop, self._tell, lambda: self._save(is_best=False))

    def _recover(self, loss: float) -> None:
        """The weights are those of the last checkpoint, the rates are lower.

        Raises:
            UserError: it has happened too often.
        """
        n_diverged = self._progress.n_diverged + 1
        rate = self._progress.rate * DIVERGED_FACTOR if n_diverged <= MAX_DIVERGED else 0.0
        self._tell(Diverged(epoch=self._progress.epoch + 1, rate=rate))
        if n_diverged > MAX_DIVERGED:
            raise UserError(
                f"The training diverged: its loss became {loss}, also with lower learning rates.",
                safe="The best weights so far are kept, your photos and labels are unchanged.",
                advice="Choose a learning rate ten times lower in the recipe, or clip the gradient at 1.",
            )
        self._load()
        self._progress.n_diverged, self._progress.rate = n_diverged, rate
        text = f"The loss became {loss}. The training goes on from where it was last saved, with learning rates"
        self._tell(Notice(level="warning", text=f"{text} at {rate:.0%} of the recipe's."))

    def _load(self) -> None:
        self._progress, tensors, self._pending = load_checkpoint(self._folder, sha256_of(self._recipe))
        self._learner.load(tensors)
        self._learner.micro = self._progress.micro
        self._began = None
        self._plateau = Plateau(
            self._cfg.schedule,
            best=self._progress.plateau_best,
            n_bad=self._progress.plateau_bad,
            rate=self._progress.plateau_rate,
        )

    def _save(self, *, is_best: bool) -> None:
        if self._ranks.rank:
            return
        begin, progress, plateau = self._now(), self._progress, self._plateau
        progress.plateau_best, progress.plateau_bad, progress.plateau_rate = plateau.best, plateau.n_bad, plateau.rate
        save_checkpoint(
            self._folder, sha256_of(self._recipe), progress, self._learner.tensors(), self._learner.optimiser
        )
        self._last_saved = self._now()
        self._save_seconds = self._last_saved - begin
        self._tell(Checkpointed(epoch=progress.epoch, step=progress.step, is_best=is_best))

    def _say_ready(self) -> None:
        facts = network_facts(self._learner.network)
        self._tell(
            NetworkReady(
                title=self._learner.network.title,
                n_parameters=facts.n_parameters,
                n_buffers=facts.n_buffers,
                device=self._variant.device.type,
                variant=self._variant.name,
                n_epochs=self._cfg.n_epochs,
                n_steps_per_epoch=self._data.n_steps_per_epoch,
                idle_gpu=idle_gpu(self._variant),
            )
        )

    def _say_step(self, loss: float, n: int, seconds: float) -> None:
        progress, n_steps = self._progress, self._data.n_steps_per_epoch
        n_left = (self._cfg.n_epochs - progress.epoch) * n_steps - progress.step_in_epoch
        self._tell(
            Step(
                step=progress.step,
                epoch=progress.epoch + progress.step_in_epoch / n_steps,
                loss=loss,
                lr=self._learner.lr,
                images_per_s=n / max(seconds, 1e-9),
                memory_bytes=memory_in_use(self._variant.device),
                seconds_left=n_left * progress.sums.seconds / progress.step_in_epoch,
            )
        )

    def _say_epoch(self, stage_no: int, found: Judged) -> None:
        progress, sums = self._progress, self._progress.sums
        n = max(1, sums.n)
        train = Judged(n=sums.n, loss=sums.loss_sum / n, accuracy=sums.n_right / n, macro_f1=0.0)
        for part, numbers in (("train", train), ("val", found)):
            self._tell(
                Epoch(
                    epoch=progress.epoch,
                    stage=stage_no,
                    part="train" if part == "train" else "val",
                    n=numbers.n,
                    loss=numbers.loss,
                    accuracy=numbers.accuracy,
                    macro_f1=None if part == "train" else numbers.macro_f1,
                    seconds=sums.seconds,
                    lr=self._learner.lr,
                )
            )
        self._tell(Answered(epoch=progress.epoch, answered=found.answered, shown=found.shown))

    def _say_short(self, micro: int) -> None:
        self._tell(
            Notice(
                level="warning",
                text=f"Memory was short: {micro} photos are held at once from now on. Steps stay as large as they were"
                " and take longer.",
            )
        )
