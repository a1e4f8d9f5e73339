import pytest
import torch

from chatbot.errors import ConfigError
from tools.train_two_tower.processes import join_processes
from tools.train_two_tower.settings import LossType, TrainSettings, check_schema, with_user_defined

ISSUE_FORM = (
    "pretrain_model_name_or_path=some/dir two_tower=True siamese=False loss_type=circle_loss"
    " margin=0.25 gamma=64 embedding_size=64"
)


def test_the_one_string_form_overrides_the_flags() -> None:
    settings = with_user_defined(TrainSettings(), ISSUE_FORM)
    assert settings == TrainSettings(
        pretrain_model_name_or_path="some/dir",
        siamese=False,
        loss_type=LossType.CIRCLE,
        margin=0.25,
        gamma=64.0,
        embedding_size=64,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("margin", "'margin' is not name=value"),
        ("margn=0.3", "unknown 'margn' → margin"),
        ("margin=wide", "margin=wide is not a value of type float"),
        ("siamese=perhaps", "neither True nor False"),
        ("loss_type=mse", "hinge_loss, circle_loss, multiple_negatives"),
        ("two_tower=False", "two_tower=False"),
        ("epochs=0", "--epochs 0"),
        ("batch_size=2", "--batch-size 2"),
        ("margin=-1", "--margin -1"),
    ],
)
def test_a_wrong_parameter_is_named(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        with_user_defined(TrainSettings(), text)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("sent:str:1", "--label-column label"),
        ("sent:str,label:str:1", "is not name:str:1"),
        ("sent:int:1", "name:str:1"),
    ],
)
def test_a_schema_must_name_both_columns_as_strings(schema: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        check_schema(schema, {"--text-column": "sent", "--label-column": "label"})


def test_the_schema_of_the_issue_is_accepted() -> None:
    check_schema("sent:str:1,label:str:1", {"--text-column": "sent", "--label-column": "label"})


def test_more_processes_than_gpus_are_refused_before_they_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_RANK", "1")
    with pytest.raises(ConfigError, match="1 个 GPU，却要第 2 个进程"):
        join_processes()
