"""A network that begins with the weights of an earlier one, also where classes were added, removed or moved since."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.nets.network import Network


def take_over(network: Network, class_ids: Sequence[int], earlier: Network, earlier_ids: Sequence[int]) -> bool:
    """All weights of `earlier` are in `network`, each class's by its id; classes it did not know keep what they have.

    False, and nothing is changed, if the two are not alike but for their classes.

    Args:
        class_ids, earlier_ids: the class of each output.
    """
    last = f"head.layers.{len(network.head.layers) - 1}."
    own: dict[str, Tensor] = network.state_dict()
    held: dict[str, Tensor] = earlier.state_dict()

    def shapes(state: dict[str, Tensor]) -> dict[str, torch.Size]:
        # The first length of the last layer is the number of classes.
        return {name: tensor.shape[1:] if name.startswith(last) else tensor.shape for name, tensor in state.items()}

    if shapes(own) != shapes(held):
        return False
    row_of = {class_id: row for row, class_id in enumerate(earlier_ids)}
    known = [(row, row_of[class_id]) for row, class_id in enumerate(class_ids) if class_id in row_of]
    rows, earlier_rows = torch.tensor(known, dtype=torch.long).reshape(-1, 2).unbind(1)

    def merged(name: str, tensor: Tensor) -> Tensor:
        if not name.startswith(last):
            return held[name]
        return tensor.index_copy(0, rows, held[name][earlier_rows])

    network.load_state_dict({name: merged(name, tensor) for name, tensor in own.items()})
    return True
