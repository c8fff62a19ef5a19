"""Random changes to a batch of training photos, all photos at once, drawn from a generator that the caller seeds.

Mirroring, turning, shifting, shearing and zooming are one change of coordinates, so that a photo is resampled once.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.transforms import v2

from engine.recipe.training_cfg import AugmentCfg

GREY = 127.5
# The eight fixed versions of "up front": mirrored none, across, up-down, both; then the same scaled and turned.
N_UP_FRONT = 8
UP_FRONT_ZOOM = 0.2
UP_FRONT_ROTATE = 15.0
# Share of the photo that an erased patch covers (Zhong et al. 2020, section 4).
ERASE_AREA = (0.02, 0.2)


def augment(photos: Tensor, cfg: AugmentCfg, rng: torch.Generator) -> Tensor:
    """The photos, each changed at random as `cfg` says.

    Args:
        photos: (n, 3, side, side) uint8.
        rng: on the CPU, so that a GPU draws the same changes.
    Returns:
        (n, 3, side, side) float32 in 0..255.
    """
    if cfg.policy != "none":
        photos = _policy(photos, cfg.policy, rng)
    x = photos.float()
    if any((cfg.flip_h, cfg.flip_v, cfg.rotate, cfg.shift, cfg.shear, cfg.zoom)):
        x = _moved(x, _geometry(len(x), cfg, rng))
    if cfg.colour:
        x = _coloured(x, cfg.colour, rng)
    return _erased(x, cfg.erase, rng) if cfg.erase else x


def up_front(photos: Tensor, rows: Tensor, versions: Tensor, seed: int) -> Tensor:
    """Photos in their fixed versions: the same row and version give the same photo in every epoch.

    Args:
        photos: (n, 3, side, side) uint8; rows: (n,) which photo each is; versions: (n,) in [0, 8).
    Returns:
        (n, 3, side, side) uint8.
    """
    n = len(photos)
    angle, scale = torch.zeros(n), torch.ones(n)
    for at in torch.nonzero(versions >= N_UP_FRONT // 2).flatten().tolist():
        rng = torch.Generator().manual_seed(hash((seed, int(rows[at]), int(versions[at]))) & 0x7FFF_FFFF_FFFF)
        angle[at], scale[at] = _between(1, UP_FRONT_ROTATE, rng), 1 - UP_FRONT_ZOOM * torch.rand(1, generator=rng)
    flip_h, flip_v = 1 - 2.0 * (versions % 2), 1 - 2.0 * (versions // 2 % 2)
    matrix = _matrix(angle, torch.zeros(n), scale, flip_h, flip_v, torch.zeros(n, 2))
    return _moved(photos.float(), matrix).round().clamp(0, 255).to(torch.uint8)


def mixed(x: Tensor, targets: Tensor, *, mixup: float, cutmix: float, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Photos and their targets mixed in pairs: by mixup, by cutmix, or one of the two at random where both are on.

    Args:
        x: (n, 3, side, side) float32; targets: (n, k) shares that sum to 1; mixup, cutmix: alpha, 0 = off.
    Source: Zhang et al. 2018 (mixup), Yun et al. 2019 (CutMix), equations 1 and 2 of both.
    """
    if not (mixup or cutmix) or len(x) < 2:
        return x, targets
    cut = bool(cutmix) and (not mixup or bool(torch.rand(1, generator=rng) < 0.5))
    share = _beta(cutmix if cut else mixup, rng)
    other = torch.randperm(len(x), generator=rng).to(x.device)
    if not cut:
        x = share * x + (1 - share) * x[other]
        return x, share * targets + (1 - share) * targets[other]
    side = x.shape[-1]
    half = int(side * math.sqrt(1 - share) / 2)
    row, column = (int(v) for v in torch.randint(0, side, (2,), generator=rng))
    top, bottom = max(0, row - half), min(side, row + half)
    left, right = max(0, column - half), min(side, column + half)
    x = x.clone()
    x[:, :, top:bottom, left:right] = x[other][:, :, top:bottom, left:right]
    share = 1 - (bottom - top) * (right - left) / (side * side)
    return x, share * targets + (1 - share) * targets[other]


def _beta(alpha: float, rng: torch.Generator) -> float:
    """A draw of Beta(alpha, alpha) from the generator, by two gamma draws."""
    state = torch.get_rng_state()
    try:
        torch.manual_seed(int(torch.randint(0, 2**62, (1,), generator=rng)))
        return float(torch.distributions.Beta(alpha, alpha).sample())
    finally:
        torch.set_rng_state(state)


def _between(n: int, limit: float, rng: torch.Generator) -> Tensor:
    return (2 * torch.rand(n, generator=rng) - 1) * limit


def _geometry(n: int, cfg: AugmentCfg, rng: torch.Generator) -> Tensor:
    flip_h = 1 - 2.0 * (torch.rand(n, generator=rng) < cfg.flip_h)
    flip_v = 1 - 2.0 * (torch.rand(n, generator=rng) < cfg.flip_v)
    angle, shear = _between(n, cfg.rotate, rng), _between(n, cfg.shear, rng)
    scale = 1 - cfg.zoom * torch.rand(n, generator=rng)
    # A smaller cut-out may lie anywhere in the photo; shifts come on top. Both in units of half a side.
    offset = torch.stack([_between(n, 1.0, rng) * (1 - scale), _between(n, 1.0, rng) * (1 - scale)], dim=1)
    shift = torch.stack([_between(n, 2 * cfg.shift, rng), _between(n, 2 * cfg.shift, rng)], dim=1)
    return _matrix(angle, shear, scale, flip_h, flip_v, offset + shift)


def _matrix(angle: Tensor, shear: Tensor, scale: Tensor, flip_h: Tensor, flip_v: Tensor, offset: Tensor) -> Tensor:
    """(n, 2, 3): where each place of the result comes from, in coordinates of -1..1."""
    cos, sin = torch.cos(torch.deg2rad(angle)), torch.sin(torch.deg2rad(angle))
    slant = torch.tan(torch.deg2rad(shear))
    rows = [
        torch.stack([cos * scale * flip_h, (cos * slant - sin) * scale * flip_v, offset[:, 0]], dim=1),
        torch.stack([sin * scale * flip_h, (sin * slant + cos) * scale * flip_v, offset[:, 1]], dim=1),
    ]
    return torch.stack(rows, dim=1)


def _moved(x: Tensor, matrix: Tensor) -> Tensor:
    grid = functional.affine_grid(matrix.to(x.device, x.dtype), list(x.shape), align_corners=False)
    # Beyond the edge the photo goes on mirrored: black corners would be something to learn.
    return functional.grid_sample(x, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def _coloured(x: Tensor, strength: float, rng: torch.Generator) -> Tensor:
    n = len(x)
    brightness, contrast, saturation = (
        (1 + _between(n, strength, rng)).reshape(n, 1, 1, 1).to(x.device) for _ in range(3)
    )
    grey = x.mean(dim=1, keepdim=True)
    x = grey + (x - grey) * saturation
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    return ((mean + (x - mean) * contrast) * brightness).clamp(0, 255)


def _erased(x: Tensor, p: float, rng: torch.Generator) -> Tensor:
    side = x.shape[-1]
    x = x.clone()
    for at in torch.nonzero(torch.rand(len(x), generator=rng) < p).flatten().tolist():
        low, high = ERASE_AREA
        length = int(side * math.sqrt(low + (high - low) * float(torch.rand(1, generator=rng))))
        row, column = (int(v) for v in torch.randint(0, side - length + 1, (2,), generator=rng))
        x[at, :, row : row + length, column : column + length] = GREY
    return x


def _policy(photos: Tensor, policy: str, rng: torch.Generator) -> Tensor:
    """A published bundle of changes, photo by photo; it draws from torch's global generator, which is put back."""
    change = v2.RandAugment() if policy == "randaugment" else v2.TrivialAugmentWide()
    state = torch.get_rng_state()
    try:
        torch.manual_seed(int(torch.randint(0, 2**62, (1,), generator=rng)))
        return torch.stack([change(photo) for photo in photos])
    finally:
        torch.set_rng_state(state)
