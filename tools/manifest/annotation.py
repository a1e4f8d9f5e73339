"""One line of an annotation tool's ``.manifest``: what was labelled, and with which labels.

Three forms are read, each as its maker documents it:

- Alibaba PAI iTAG ("Data format reference", help.aliyun.com, and its text, image, video and custom templates):
  ``{"data": {"source": …}, "label-<job>": {"results": [{"questionId", "data", "markTitle", "type"}]}}``; ``type`` is
  ``survey/value`` with one label in ``data`` or ``survey/multivalue`` with a list. ``label-<job>-check`` (review) stands
  above ``label-<job>``, and ``label-<job>-verify`` (acceptance) above both.
- AWS SageMaker Ground Truth ("Labeling job output data", docs.aws.amazon.com): ``{"source" | "source-ref": …,
  "<attribute>": 0, "<attribute>-metadata": {"class-name": …}}``, or several labels: ``"<attribute>": [1, 0]`` and
  ``"class-map": {"1": …, "0": …}``.
- the plain form ``{"data": {"source": …}, "annotation": {"labels": […]}}``.

The first is written, with ``questionId`` 1.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatbot.json_file import Json, kind_of

JOB = "label-1"
TITLE = "标签"
_LATER = ("-verify", "-check", "")
_METADATA = "-metadata"


class NotLabelledError(ValueError):
    """A line without (usable) labels or source: ``args`` are the reason and the mend."""


@dataclass(frozen=True, slots=True)
class Which:
    """What to take where a line holds more than one: the question (its title, id, job or attribute), the field."""

    question: str = ""
    source_field: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    names: tuple[str, ...]
    labels: tuple[str, ...] | None


def source_of(line: Mapping[str, Json], which: Which) -> str:
    """What was labelled: a text, or where an image is.

    Raises:
        NotLabelledError: there is none, or it is empty.
    """
    data = line.get("data")
    fields = data if isinstance(data, dict) else line
    names = [which.source_field] if which.source_field else ["source", "source-ref"]
    found = next((fields[name] for name in names if name in fields), None)
    if found is None:
        texts = [name for name, value in fields.items() if isinstance(value, str)]
        known = f"，有 {'、'.join(texts)}" if texts else ""
        raise NotLabelledError(f"没有 {' 或 '.join(names)}{known}", "加 --source-field 说明是哪个字段")
    if not isinstance(found, str) or not found.strip():
        raise NotLabelledError(
            "source 是空的" if found == "" else f"source 是{kind_of(found)}", "写上文字或图片的地址"
        )
    return found


def labels_of(line: Mapping[str, Json], which: Which) -> tuple[str, ...]:
    """Its labels, in the annotator's order.

    Raises:
        NotLabelledError: none, or of several questions and none is chosen, or not those of a classification.
    """
    answers = [*_itag(line), *_ground_truth(line), *_plain(line)]
    if not answers:
        raise NotLabelledError("没有标注", "标完再导出，或用 --skip-bad 略过")
    if which.question:
        known = "、".join(sorted({name for one in answers for name in one.names}))
        answers = [one for one in answers if which.question in one.names]
        if not answers:
            raise NotLabelledError(f"没有题目“{which.question}”", f"可选 {known}")
    usable = [one for one in answers if one.labels is not None]
    if not usable:
        raise NotLabelledError("标注是框、片段或别的，不是分类的标签", "换一份分类任务的导出")
    if len(usable) > 1:
        titles = "、".join(one.names[0] for one in usable)
        raise NotLabelledError(f"有 {len(usable)} 道题：{titles}", "加 --question 选一道")
    return usable[0].labels or ()


def written(source: str, labels: Sequence[str], multi_label: bool) -> bytes:
    """One line in iTAG's form."""
    data: Json = list(labels) if multi_label else labels[0]
    kind = "survey/multivalue" if multi_label else "survey/value"
    result: Json = {"questionId": "1", "data": data, "markTitle": TITLE, "type": kind}
    line = {"data": {"source": source}, JOB: {"results": [result]}}
    return json.dumps(line, ensure_ascii=False).encode(errors="replace") + b"\n"


def _itag(line: Mapping[str, Json]) -> Iterator[_Answer]:
    jobs = [name for name, value in line.items() if name.startswith("label-") and _results(value) is not None]
    roots = dict.fromkeys(name.removesuffix("-verify").removesuffix("-check") for name in jobs)
    for root in roots:
        job = next(root + later for later in _LATER if root + later in jobs)
        for result in _results(line[job]) or ():
            if isinstance(result, dict):
                names = (result.get("markTitle"), result.get("questionId"), job, root)
                shown = tuple(str(name) for name in names if name not in (None, ""))
                yield _Answer(shown, _answered(result.get("data")))


def _results(value: Json) -> list[Json] | None:
    found = value.get("results") if isinstance(value, dict) else None
    return found if isinstance(found, list) else None


def _ground_truth(line: Mapping[str, Json]) -> Iterator[_Answer]:
    for name, about in line.items():
        if not name.endswith(_METADATA) or not isinstance(about, dict) or "failure-reason" in about:
            continue
        attribute = name.removesuffix(_METADATA)
        value, classes = line.get(attribute), about.get("class-map")
        if isinstance(about.get("class-name"), str):
            yield _Answer((attribute,), (str(about["class-name"]),))
        elif isinstance(value, list) and isinstance(classes, dict):
            found = [classes.get(str(number)) for number in value]
            missing = not all(isinstance(one, str) for one in found)
            yield _Answer((attribute,), None if missing else tuple(map(str, found)))
        else:
            yield _Answer((attribute,), None)


def _plain(line: Mapping[str, Json]) -> Iterator[_Answer]:
    if "annotation" in line and line["annotation"] is not None:
        yield _Answer(("annotation",), _answered(line["annotation"]))


def _answered(data: Json) -> tuple[str, ...] | None:
    """Labels of an answer; ``None`` where it is something else. A list or object may stand in a text, as JSON."""
    if isinstance(data, str):
        return _in_text(data)
    if isinstance(data, dict):
        inner = next((data[name] for name in ("labels", "label", "value") if name in data), None)
        return None if inner is None or isinstance(inner, dict) else _answered(inner)
    if isinstance(data, list):
        return tuple(str(one) for one in data) if all(isinstance(one, str) for one in data) else None
    return None if data is None or isinstance(data, bool) else (str(data),)


def _in_text(text: str) -> tuple[str, ...] | None:
    if text[:1] in ("[", "{"):
        try:
            return _answered(json.loads(text))
        except (ValueError, RecursionError):
            pass  # a label may begin with a bracket
    return (text,) if text.strip() else ()
