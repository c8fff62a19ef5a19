"""Whatever an optimiser keeps, it goes on from it as if nothing had been."""

from __future__ import annotations

import math

import msgspec
import pytest
import torch
from safetensors.torch import load, save
from torch import nn

from engine.recipe.training_cfg import OptimCfg, StageCfg
from engine.train.optim import make_optimiser, parameter_groups
from engine.train.optim_state import from_plain, to_plain

pytestmark = pytest.mark.usefixtures("one_thread")


def network() -> nn.Sequential:
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4))
    # Sums over memory in another order differ in the last bit.
    return made.to(memory_format=torch.channels_last)


def optimiser(name: str, made: nn.Sequential) -> torch.optim.Optimizer:
    stages = [list(made[0].parameters()), list(made[4].parameters())]
    return make_optimiser(OptimCfg(name=name), parameter_groups(stages, StageCfg(epochs=1, lr=1e-2), 0.05))


def step(made: nn.Sequential, own: torch.optim.Optimizer, number: int) -> float:
    torch.manual_seed(100 + number)
    x = torch.randn(6, 3, 8, 8).contiguous(memory_format=torch.channels_last)
    own.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(made(x), torch.arange(6) % 4)
    loss.backward()
    own.step()
    return float(loss.detach())


# Some count steps in their groups (lamb, madgrad), some have settings there that are no numbers (adafactorbv).
@pytest.mark.parametrize("name", ["adamw", "adam", "sgd", "rmsprop", "nadamw", "lamb", "madgrad", "adafactorbv"])
def test_it_goes_on_to_the_same_numbers(name: str) -> None:
    whole = network()
    own = optimiser(name, whole)
    for number in range(3):
        step(whole, own, number)
    tensors, plain = to_plain(own)
    text, data = msgspec.json.encode(plain), save({key: t.contiguous().clone() for key, t in tensors.items()})
    weights = {key: t.clone() for key, t in whole.state_dict().items()}
    wanted = [step(whole, own, number) for number in range(3, 7)]

    again = network()
    again.load_state_dict(weights)
    other = optimiser(name, again)
    from_plain(other, load(data), msgspec.json.decode(text))
    assert [step(again, other, number) for number in range(3, 7)] == wanted
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))


def test_every_number_survives() -> None:
    parameter = nn.Parameter(torch.ones(1))
    own = torch.optim.SGD([parameter], lr=0.1)
    numbers = {"a": math.inf, "b": 0.1 + 0.2, "c": 10**12, "d": True, "e": None, "g": (1.5, [-0.0])}
    own.state[parameter] = dict(numbers)
    tensors, plain = to_plain(own)
    other = torch.optim.SGD([parameter], lr=0.5)
    from_plain(other, tensors, msgspec.json.decode(msgspec.json.encode(plain)))
    assert other.state[parameter] == {**numbers, "g": [1.5, [-0.0]]}
    assert other.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("plain", [None, {"dict": []}, {"nonsense": 1}, {"tensor": "missing"}])
def test_what_is_no_state_is_refused(plain: object) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        from_plain(torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=0.1), {}, plain)  # type: ignore[arg-type]
