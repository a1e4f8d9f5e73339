"""``bench predict-image``: what an image service adds to the bare forward pass, 32 at once, seconds of an explanation."""

import base64
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from chatbot.errors import ConfigError
from chatbot.predict.vision.asked import ALGORITHMS, STEPS, Explanation
from chatbot.predict.vision.explanations import Explanations, Seen
from chatbot.predict.vision.image_card import ONNX_FILE, ONNX_INPUT, ONNX_OUTPUT, ImageCard, write_image_card
from chatbot.predict.vision.image_classification import make_image_classifier, open_session
from chatbot.predict.vision.pictures import decode
from chatbot.predict.vision.preparing import Preparation
from tools.bench.load import LoadResult, joined, post_request, run_load
from tools.bench.servers import free_port, running

Say = Callable[[str], None]
ROUNDS = 5
_MADE = 32
_NAME = "bench"


@dataclass(frozen=True, slots=True)
class Explained:
    """Seconds of one explanation; ``completeness_error`` where the algorithm promises that its numbers add up."""

    algorithm: str
    steps: int
    seconds: float
    completeness_error: float | None


@dataclass(frozen=True, slots=True)
class ImageBench:
    """Milliseconds are medians. ``added_ms``: a prediction in the process (base64, decode, resize, normalise, reply)
    less the forward pass; ``added_served_ms``: over HTTP less the forward pass, both by turns, so that a machine that is
    slower for a while is so for both. ``at_once``: throughput of
    ``connections`` against one."""

    backbone: str
    pictures: int
    forward_ms: float
    decode_ms: float
    prepare_ms: float
    added_ms: float
    served_p50_ms: float
    served_p99_ms: float
    added_served_ms: float
    one_per_second: float
    many_per_second: float
    connections: int
    at_once: float
    errors: int
    explained: tuple[Explained, ...]


def bench_image(
    model_dir: Path | None, backbone: str, files: Sequence[bytes], connections: int, explain: bool, say: Say
) -> ImageBench:
    """Of the model in ``model_dir``, or of a network with fresh weights, which takes as long."""
    with tempfile.TemporaryDirectory(prefix="predict-image-") as name:
        folder = Path(name)
        place = model_dir or _fresh(folder / "model", backbone, say)
        say("在进程里 · in process")
        forward, decoding, preparing, whole = _in_process(place, files)
        say("经过 HTTP · over HTTP")
        one, many, meanwhile = _served(place, folder, files, connections, say)
        say("解释 · explanations")
        explained = _explanations(place, files[0]) if explain else ()
        named = make_image_classifier(place, {}).card.backbone
    served = one.percentile(0.5) * 1000
    return ImageBench(
        backbone=named,
        pictures=len(files),
        forward_ms=round(forward, 3),
        decode_ms=round(decoding, 3),
        prepare_ms=round(preparing, 3),
        added_ms=round(whole - forward, 3),
        served_p50_ms=round(served, 3),
        served_p99_ms=round(one.percentile(0.99) * 1000, 3),
        added_served_ms=round(served - meanwhile, 3),
        one_per_second=round(one.per_second, 1),
        many_per_second=round(many.per_second, 1),
        connections=connections,
        at_once=round(many.per_second / one.per_second, 2),
        errors=one.errors + many.errors,
        explained=explained,
    )


def sample_files(folder: Path | None) -> list[bytes]:
    """JPEGs below ``folder``, evenly spread; without one, pictures of 288 × 216 made here.

    Raises:
        ConfigError: there are none.
    """
    if folder is None:
        return [_made(seed) for seed in range(_MADE)]
    found = sorted(folder.rglob("*.jpg"))
    if not found:
        raise ConfigError(f"{folder}: 没有 .jpg → 给一个有图片的文件夹")
    return [path.read_bytes() for path in found[:: max(1, len(found) // _MADE)][:_MADE]]


def as_text(found: ImageBench) -> str:
    """The figures as a person reads them."""
    lines = [
        f"{found.backbone}，{found.pictures} 张图片",
        f"前向 {found.forward_ms} ms；解码 {found.decode_ms}，缩放和归一化 {found.prepare_ms}；一次预测多用 {found.added_ms} ms",
        f"经过 HTTP p50 {found.served_p50_ms} ms，p99 {found.served_p99_ms} ms；比前向多 {found.added_served_ms} ms",
        f"一个个问 {found.one_per_second} 张/秒，{found.connections} 个同时问 {found.many_per_second} 张/秒（{found.at_once} 倍），出错 {found.errors}",
    ]
    lines += [
        f"{one.algorithm}：{one.seconds} 秒，{one.steps} 步"
        + ("" if one.completeness_error is None else f"，完备性误差 {one.completeness_error:.2%}")
        for one in found.explained
    ]
    return "\n".join(lines)


def _fresh(folder: Path, backbone: str, say: Say) -> Path:
    import torch  # only where a network is made here

    from chatbot.predict.vision.networks import build
    from tools.image.onnx_export import export

    say(f"导出 {backbone}")
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    labels = tuple(f"class {number}" for number in range(10))
    preparation = Preparation()
    export(build(backbone, len(labels)), preparation.size, folder)
    write_image_card(folder, ImageCard(backbone, labels, preparation))
    return folder


def _in_process(place: Path, files: Sequence[bytes]) -> tuple[float, float, float, float]:
    """Median milliseconds of the forward pass, decoding, preparing, and the whole prediction; each picture by turns."""
    classifier = make_image_classifier(place, {"threads": 1})
    classifier.load()
    session, preparation = open_session(place / ONNX_FILE), classifier.card.preparation
    items = [{"image": base64.b64encode(data).decode()} for data in files]
    spent: dict[str, list[float]] = {"forward": [], "decode": [], "prepare": [], "whole": []}

    def timed(name: str, work: Callable[[], object]) -> object:
        begun = time.perf_counter()
        found = work()
        spent[name].append((time.perf_counter() - begun) * 1000)
        return found

    for turn in range(ROUNDS + 1):
        for data, item in zip(files, items, strict=True):
            picture = decode(data, at_least=preparation.size * 2)
            timed("decode", lambda data=data: decode(data, at_least=preparation.size * 2))  # type: ignore[misc]  # bound now
            pixels = timed("prepare", lambda picture=picture: preparation.prepare(picture.image))  # type: ignore[misc]
            feed = {ONNX_INPUT: np.asarray(pixels)[None]}
            timed("forward", lambda feed=feed: session.run([ONNX_OUTPUT], feed))  # type: ignore[misc]
            timed("whole", lambda item=item: classifier.predict([item]))  # type: ignore[misc]
        if not turn:
            for values in spent.values():
                values.clear()
    classifier.unload()
    return median(spent["forward"]), median(spent["decode"]), median(spent["prepare"]), median(spent["whole"])


def _served(
    place: Path, folder: Path, files: Sequence[bytes], connections: int, say: Say
) -> tuple[LoadResult, LoadResult, float]:
    """One connection and ``connections``, by turns, of one worker; and the forward pass in between, in milliseconds."""
    session, preparation = open_session(place / ONNX_FILE), make_image_classifier(place, {}).card.preparation
    feeds = [{ONNX_INPUT: preparation.prepare(decode(data).image)[None]} for data in files]
    forward = list[float]()
    description = folder / "bench.json"
    description.write_text(
        json.dumps({"name": _NAME, "processor": "image_classification", "model_path": str(place.absolute())})
    )
    port = free_port()
    command = [sys.executable, "-m", "chatbot", "predict", "serve", str(description), "--port", str(port),
               "--workers", "1", "--state-dir", str(folder / "state")]  # fmt: skip
    bodies = [json.dumps({"image": base64.b64encode(data).decode()}).encode() for data in files]
    one, many = list[LoadResult](), list[LoadResult]()
    with running(command, folder / "served", port, {}, path="/readyz") as server:
        requests = [
            post_request(f"/api/predict/{_NAME}", body, f"127.0.0.1:{server.port}") for body in bodies
        ]
        run_load(server.port, requests, 2 * connections, connections)
        for turn in range(ROUNDS):
            say(f"第 {turn + 1} 轮，共 {ROUNDS} 轮")
            one.append(run_load(server.port, requests, 100, 1))
            for feed in feeds:
                begun = time.perf_counter()
                session.run([ONNX_OUTPUT], feed)
                forward.append((time.perf_counter() - begun) * 1000)
            many.append(run_load(server.port, requests, 8 * connections, connections))
    return joined(one), joined(many), median(forward)


def _explanations(place: Path, data: bytes) -> tuple[Explained, ...]:
    """Each algorithm at its default steps, loaded and warm."""
    card = make_image_classifier(place, {}).card
    session = open_session(place / ONNX_FILE)
    image = decode(data).image
    pixels = card.preparation.prepare(image)
    logits = session.run([ONNX_OUTPUT], {ONNX_INPUT: pixels[None]})[0][0]
    seen = Seen(pixels, card.preparation.square(image), logits.astype(np.float64))
    explanations = Explanations(place, card, "lazy", len(os.sched_getaffinity(0)))
    explanations.start()
    explanations.explain(seen, Explanation("guided_backprop"), None)  # loads torch
    found = list[Explained]()
    for algorithm in ALGORITHMS:
        wanted = Explanation(algorithm, steps=STEPS.get(algorithm, 1))
        begun = time.perf_counter()
        reply = explanations.explain(seen, wanted, None)
        seconds = time.perf_counter() - begun
        about = reply["explanation"] if isinstance(reply, dict) else {}
        error = about.get("completeness_error") if isinstance(about, dict) else None
        steps = about.get("steps", 1) if isinstance(about, dict) else 0
        found.append(
            Explained(
                algorithm, int(str(steps)), round(seconds, 2), None if error is None else float(str(error))
            )
        )
    return tuple(found)


def _made(seed: int) -> bytes:
    """A smooth picture with some noise, as a JPEG of about 15 KB."""
    random = np.random.default_rng(seed)
    rough = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    smooth = np.asarray(rough.resize((288, 216), Image.Resampling.BICUBIC)).astype(np.int16)
    noisy = np.clip(smooth + random.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=88)
    return file.getvalue()
