"""What a FAQ module is built from, and how a name in the configuration becomes one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.errors import ConfigError
from chatbot.faq_modules.base import Matcher
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.question_index import QuestionIndex
from chatbot.frozen import dataclass

ENTRY_POINT_GROUP = "chatbot.faq_modules"
BUILT_IN = {
    "feature_vector_faq_match": "chatbot.faq_modules.feature_vector_faq_match:build",
    "fuzzy_closest_faq_match": "chatbot.faq_modules.fuzzy_closest_faq_match:build",
}


Settings = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class ModuleContext:
    """Everything a module may use. ``vectors[i]`` is the encoder's vector of ``corpus.texts[i]``;
    ``questions`` scores standard questions by their characters, shared by all modules.

    ``settings`` are the module's own, from ``faq_module_settings`` of the configuration.
    """

    corpus: Corpus
    encoder: Encoder
    vectors: NDArray[np.float32]
    questions: QuestionIndex
    settings: Settings = field(default_factory=dict)


ModuleFactory = Callable[[ModuleContext], Matcher]


def module_factory(name: str) -> ModuleFactory:
    """The factory that goes by ``name``: an entry point of ``chatbot.faq_modules``, or ``package.module:factory``.

    Raises:
        ConfigError: There is none; the message suggests the nearest known name.
    """
    if name in BUILT_IN or ":" in name:
        return _imported(BUILT_IN.get(name, name))
    installed = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    if name in installed:
        return _callable(installed[name].load(), name)
    known = sorted({*BUILT_IN, *installed})
    hint = f"是不是 {get_close_matches(name, known, 1, 0.0)[0]}？"
    raise ConfigError(
        f"faq_modules: 没有叫“{name}”的模块 → {hint}可用：{'、'.join(known)}，或写成“包.模块:工厂函数”"
    )


def _imported(name: str) -> ModuleFactory:
    module, _, attribute = name.partition(":")
    try:
        return _callable(getattr(import_module(module), attribute), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"faq_modules: 无法导入“{name}”（{error}）→ 检查包是否已安装、名称是否写对"
        ) from error


def _callable(found: object, name: str) -> ModuleFactory:
    if not callable(found):
        raise ConfigError(f"faq_modules: “{name}”不是函数 → 它要接收 ModuleContext，返回 Matcher")
    return found


def build_modules(
    names: Sequence[str], context: ModuleContext, settings: Mapping[str, Settings]
) -> tuple[Matcher, ...]:
    """The modules called ``names``, in that order, each with its own ``settings``.

    Raises:
        ConfigError: No name at all, one that is not known, or one that is there twice.
    """
    check_names(names)
    return tuple(module_factory(name)(replace(context, settings=settings.get(name, {}))) for name in names)


def check_names(names: Sequence[str]) -> None:
    """Whether ``names`` can be the modules of a configuration.

    Raises:
        ConfigError: No name at all, or one that is there twice.
    """
    if not names:
        raise ConfigError("faq_modules: 是空的 → 至少写一个，例如 feature_vector_faq_match")
    for name in names:
        if list(names).count(name) > 1:
            raise ConfigError(f"faq_modules: “{name}”写了两次 → 删除一个")
