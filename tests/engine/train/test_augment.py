"""Random changes are drawn from their generator alone, keep to their ranges, and off changes nothing."""

from __future__ import annotations

import pytest
import torch

from engine.recipe.training_cfg import AUGMENTS, AugmentCfg
from engine.train.augment import N_UP_FRONT, augment, mixed, up_front


def photos(n: int = 4, side: int = 24) -> torch.Tensor:
    rng = torch.Generator().manual_seed(3)
    coarse = torch.rand(n, 3, 4, 4, generator=rng) * 255
    return torch.nn.functional.interpolate(coarse, size=side, mode="bilinear").to(torch.uint8)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_off_is_the_photo_itself() -> None:
    assert torch.equal(augment(photos(), AugmentCfg(), rng()), photos().float())


@pytest.mark.parametrize("level", ["light", "standard", "strong"])
def test_the_same_seed_draws_the_same_and_another_others(level: str) -> None:
    cfg = AUGMENTS[level]
    first, again, other = (augment(photos(), cfg, rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == photos().shape
    assert first.dtype == torch.float32
    assert 0 <= first.min() <= first.max() <= 255


def test_torch_s_own_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    x = augment(photos(), AugmentCfg(policy="randaugment", erase=0.5, colour=0.2, rotate=5), rng())
    mixed(x, torch.eye(4), mixup=0.3, cutmix=0.3, rng=rng())
    assert torch.equal(torch.get_rng_state(), before)


def test_mirroring_is_exact() -> None:
    assert torch.allclose(augment(photos(), AugmentCfg(flip_h=1.0), rng()), photos().float().flip(3), atol=1e-2)
    assert torch.allclose(augment(photos(), AugmentCfg(flip_v=1.0), rng()), photos().float().flip(2), atol=1e-2)


def test_zoom_cuts_out_and_never_shows_what_is_not_there() -> None:
    ramp = torch.linspace(0, 255, 32).repeat(6, 3, 32, 1).to(torch.uint8)
    seen = augment(ramp, AugmentCfg(zoom=0.5), rng())
    spans = seen[:, 0, 16].amax(dim=1) - seen[:, 0, 16].amin(dim=1)
    assert (spans < 255).all()
    assert (spans > 255 * 0.4).all()
    assert (seen[:, 0, 16].diff(dim=1) > -1).all(), "a ramp stays a ramp: no mirrored edge within the cut-out"


def test_eight_versions_are_fixed_and_differ() -> None:
    rows = torch.arange(3).repeat_interleave(N_UP_FRONT)
    versions = torch.arange(N_UP_FRONT).repeat(3)
    many = photos(3)[rows]
    first, again = (up_front(many, rows, versions, seed=7) for _ in range(2))
    assert torch.equal(first, again), "the same in every epoch"
    assert torch.equal(first[0], photos(3)[0]), "the first is the photo itself"
    assert torch.equal(first[1], photos(3)[0].flip(2))
    assert torch.equal(first[2], photos(3)[0].flip(1))
    assert torch.equal(first[3], photos(3)[0].flip(1).flip(2))
    assert len({bytes(one.numpy().tobytes()) for one in first}) == len(first)
    assert not torch.equal(up_front(many, rows, versions, seed=8)[4], first[4])


@pytest.mark.parametrize(("mixup", "cutmix"), [(0.4, 0.0), (0.0, 1.0), (0.4, 1.0)])
def test_mixed_targets_are_shares_of_what_is_in_the_photo(mixup: float, cutmix: float) -> None:
    # Photo n is the colour n everywhere and of class n: the mean colour tells the shares.
    x = torch.arange(4.0).reshape(4, 1, 1, 1).expand(4, 3, 16, 16).clone()
    for seed in range(8):
        found, targets = mixed(x, torch.eye(4), mixup=mixup, cutmix=cutmix, rng=rng(seed))
        assert torch.allclose(targets.sum(dim=1), torch.ones(4))
        told = (targets * torch.arange(4.0)).sum(dim=1)
        assert torch.allclose(found.mean(dim=(1, 2, 3)), told, atol=1e-5)


def test_mixing_off_or_of_a_single_photo_changes_nothing() -> None:
    x, targets = photos().float(), torch.eye(4)
    assert mixed(x, targets, mixup=0.0, cutmix=0.0, rng=rng())[0] is x
    assert mixed(x[:1], targets[:1], mixup=1.0, cutmix=0.0, rng=rng())[0].shape[0] == 1


def test_a_patch_is_erased_as_often_as_asked() -> None:
    many = torch.full((200, 3, 20, 20), 10, dtype=torch.uint8)
    n = int((augment(many, AugmentCfg(erase=0.25), rng()).amax(dim=(1, 2, 3)) > 100).sum())
    assert 30 <= n <= 70
