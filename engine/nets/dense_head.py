"""The head of a trained network: dense layers on the body's vector, then one output a class."""

from __future__ import annotations

from torch import Tensor, nn

from engine.recipe.head_cfg import DenseHeadCfg

# Small first scores: the loss begins near ln k, whatever the width of the layer.
_LAST_STD = 0.01


class DenseHead(nn.Module):
    """Batch norm and dropout of what enters, dense layers, then the linear layer; (n, d) to (n, k) logits."""

    def __init__(self, cfg: DenseHeadCfg, n_inputs: int, n_classes: int) -> None:
        super().__init__()
        modules: list[nn.Module] = _norm_and_dropout(n_inputs, norm=cfg.norm, dropout=cfg.dropout)
        width = n_inputs
        for layer in cfg.dense:
            dense = nn.Linear(width, layer.width)
            nn.init.kaiming_normal_(dense.weight, nonlinearity="relu")
            nn.init.zeros_(dense.bias)
            modules += [dense, nn.ReLU(inplace=True)]
            modules += _norm_and_dropout(layer.width, norm=layer.norm, dropout=layer.dropout)
            width = layer.width
        last = nn.Linear(width, n_classes)
        nn.init.normal_(last.weight, std=_LAST_STD)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(*modules, last)

    def forward(self, x: Tensor) -> Tensor:
        """(n, d) float32 to (n, k)."""
        out: Tensor = self.layers(x)
        return out


def _norm_and_dropout(width: int, *, norm: bool, dropout: float) -> list[nn.Module]:
    modules: list[nn.Module] = [nn.BatchNorm1d(width)] if norm else []
    if dropout:
        modules.append(nn.Dropout(dropout))
    return modules
