"""The options that say how a file of labels is read: the same for every verb, written once."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from tools.manifest.annotation import Which
from tools.manifest.files import Form

T = TypeVar("T")
_FORM = "form"


def read_as_asked(verb: Callable[..., T]) -> Callable[..., T]:
    """``verb`` with the options of ``form_asked`` in place of its parameter ``form``, as ``typer`` looks for them."""
    options = inspect.signature(form_asked).parameters

    @functools.wraps(verb)
    def asked(**given: Any) -> T:
        form = form_asked(**{name: given.pop(name) for name in options})
        return verb(**given, **{_FORM: form})

    own = [one for name, one in inspect.signature(verb).parameters.items() if name != _FORM]
    told = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own, *options.values())]
    asked.__signature__ = inspect.Signature(told)  # type: ignore[attr-defined]  # what typer reads
    asked.__annotations__ = {one.name: one.annotation for one in told}
    return asked


def form_asked(
    multi_label: Annotated[
        bool, typer.Option("--multi-label", help="一条可有几个标签，也可一个都没有")
    ] = False,
    separator: Annotated[str, typer.Option(help="csv 里几个标签之间的分隔符")] = ",",
    question: Annotated[str, typer.Option(help="标注里有几道题时取哪道：题目、编号、任务或属性名")] = "",
    source_field: Annotated[str, typer.Option(help="manifest 的 data 里哪个字段是原文或图片")] = "",
    source_column: Annotated[
        str, typer.Option(help="csv 里哪列是原文或图片；默认 sentence 或 image_url")
    ] = "",
    label_column: Annotated[str, typer.Option(help="csv 里哪列是标签")] = "label",
) -> Form:
    """How the file is read.

    Raises:
        typer.BadParameter: an empty separator.
    """
    if not separator:
        raise typer.BadParameter("--separator 是空的 → 写一个字符，如 ,")
    return Form(multi_label, separator, Which(question, source_field), source_column, label_column)
