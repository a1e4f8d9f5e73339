"""What keeps a transformer from learning short texts by heart: hidden words, averaged weights, slower lower layers."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from chatbot.errors import ConfigError
from tools.text.averaging import SPAN, Average
from tools.text.optimizers import DECAY, HEAD_RATE, LAYER_DECAY, optimizer, rate_factors
from tools.text.settings import Optimizer, TrainSettings
from tools.text.transformer import WordDropout, find_base, new_classifier

IDS = torch.tensor([[2, *range(10, 60), 3, 0, 0], [2, *range(30, 80), 3, 0, 0]])
MASK = 4


def test_word_dropout_hides_the_asked_share_of_words_and_never_a_mark() -> None:
    torch.manual_seed(1)
    layer = WordDropout(0.3, MASK, [0, 2, 3])
    hidden = torch.stack([layer(IDS) == MASK for _ in range(200)]).float().mean(0)
    marks = torch.isin(IDS, torch.tensor([0, 2, 3]))
    assert not hidden[marks].any()
    assert hidden[~marks].mean().item() == pytest.approx(0.3, abs=0.01)
    assert torch.equal(layer.eval()(IDS), IDS)


def test_it_is_no_part_of_the_weights_and_needs_a_base_that_knows_a_mask(
    tiny_base: Path, tmp_path: Path
) -> None:
    base = find_base(str(tiny_base), tmp_path, accept_licence=False)
    with_it, without = new_classifier(base, 3, 1, 0.2), new_classifier(base, 3, 1)
    assert with_it.state_dict().keys() == without.state_dict().keys()
    assert isinstance(with_it.words, WordDropout) and not isinstance(without.words, WordDropout)
    tokenizer = type(base.tokenizer).from_str(base.tokenizer.to_str().replace("[MASK]", "[MOSK]"))
    assert not isinstance(new_classifier(replace(base, tokenizer=tokenizer), 3, 1, 0.2).words, WordDropout)


def test_the_average_is_the_exponential_one_of_every_fourth_step() -> None:
    model, steps = nn.Linear(2, 1, bias=False), 400
    model.weight.data[:] = 0.0
    average, expected, share = Average(model, steps), 0.0, 4 / (SPAN * steps)
    for step in range(1, 23):
        model.weight.data[:] = float(step)
        average.take(model, step, last=step == 22)
        if step % 4 == 0 or step == 22:
            expected += share * (step - expected)
    assert average.weights["weight"].tolist()[0] == pytest.approx([expected] * 2)


def test_the_average_of_a_short_run_is_its_last_step() -> None:
    model = nn.Linear(2, 1)
    average = Average(model, 20)
    model.weight.data += 1.0
    average.take(model, 20, last=True)
    torch.testing.assert_close(average.weights["weight"], model.weight.data)


def test_each_layer_learns_slower_than_the_one_above() -> None:
    labels = [
        "base.embeddings.word_embeddings.weight", "base.embeddings.LayerNorm.bias",
        "base.encoder.layer.0.output.dense.weight", "base.encoder.layer.1.output.dense.weight",
        "base.final_norm.weight", "head.weight",
    ]  # fmt: skip
    low, one, top = LAYER_DECAY**2, LAYER_DECAY, 1.0
    assert list(rate_factors(labels).values()) == pytest.approx([low, low, one, top, top, HEAD_RATE])
    assert rate_factors(["base.weight", "head.bias"]) == {"base.weight": 1.0, "head.bias": HEAD_RATE}


def test_the_optimiser_has_the_rates_of_the_layers(tiny_base: Path, tmp_path: Path) -> None:
    base = find_base(str(tiny_base), tmp_path, accept_licence=False)
    model = new_classifier(base, 3, 1)
    found = optimizer(Optimizer.ADAMW, model, 1e-3)
    rates = {
        id(one): (group["lr"], group["weight_decay"])
        for group in found.param_groups
        for one in group["params"]
    }
    assert len(rates) == len(list(model.parameters()))
    for name, parameter in model.named_parameters():
        factor = HEAD_RATE if "head" in name else LAYER_DECAY if "embeddings" in name else 1.0
        assert rates[id(parameter)] == pytest.approx((1e-3 * factor, DECAY if parameter.ndim > 1 else 0.0))


@pytest.mark.parametrize("name", ["label_smoothing", "word_dropout"])
@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"--{name.replace('_', '-')}"):
        TrainSettings(**{name: value})  # type: ignore[arg-type]  # one of the two
