"""The rival of P1 and P10: torch eager, float32, NCHW, full Pillow decode in two loader processes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from engine.nets.backbones import load_classifier
from engine.recipe.catalogue import backbone_facts


class Photos(Dataset):  # type: ignore[type-arg]
    """The files as normalised tensors of shape (3, size, size)."""

    def __init__(self, files: list[Path], size: int) -> None:
        self.files = files
        facts = backbone_facts("efficientnet_lite0")
        mean, std = ([v / 255 for v in values] for values in (facts.input_mean, facts.input_std))
        steps = [
            transforms.Resize((size, size)),
            transforms.ToTensor(),
            transforms.Normalize(mean, std),
        ]
        self.transform = transforms.Compose(steps)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> torch.Tensor:
        with Image.open(self.files[index]) as photo:
            return self.transform(photo.convert("RGB"))


def main(listing: Path, size: int, n_views: int) -> None:
    """Features of the photos listed in a file, one path a line; `n_views` 2 adds the mirror image."""
    files = [Path(line) for line in listing.read_text("utf-8").splitlines()]
    begin = time.perf_counter()
    network = load_classifier("efficientnet_lite0").net
    network.reset_classifier(0)
    network.eval()
    n = 0
    with torch.no_grad():
        for batch in DataLoader(Photos(files, size), batch_size=16, num_workers=2):
            n += len(network(batch))
            if n_views == 2:
                network(batch.flip(3))
    print(json.dumps({"seconds": time.perf_counter() - begin, "n": n}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
