"""The linear head on pooled features: how features are normalised, scored and turned into probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A linear map from normalised features to class scores.

    Args:
        weights: (d, k) float32.
        bias: (k,) float32.
        temperature: > 0; scores are divided by it, so that confidences are as often right as they say.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float = 1.0

    def logits(self, normalised: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, k) scores of (n, d) normalised features, before the temperature."""
        return normalised @ self.weights + self.bias

    def probs(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, k) probabilities of (n, d) pooled features as a backbone gives them; rows sum to 1."""
        return probabilities(self.logits(normalise(features)), self.temperature)


def normalise(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Signed square root of each feature, then every row to length sqrt(d), so that C means the same for all backbones.

    Args:
        features: (n, d) pooled activations of a backbone.
    Returns:
        (n, d) float32; a row of zeros stays zero.
    Source: Perronnin, Sanchez, Mensink 2010, "Improving the Fisher kernel", section 3 (power and L2 normalisation).
    """
    rooted = np.sign(features) * np.sqrt(np.abs(features))
    lengths = np.linalg.norm(rooted, axis=1, keepdims=True)
    return np.asarray(rooted * (np.sqrt(rooted.shape[1]) / np.maximum(lengths, 1e-12)), dtype=np.float32)


def log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, k) logarithms of the probabilities of (n, k) scores; safe for scores of any size."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


def probabilities(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float32]:
    """(n, k) softmax of `logits / temperature`; rows sum to 1."""
    return np.exp(log_softmax(logits / temperature)).astype(np.float32)
