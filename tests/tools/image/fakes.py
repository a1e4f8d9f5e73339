"""Made pictures in folders, and a model that tells red from blue, installed as a package."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.predict.vision.made_pictures import encoded, halves, noise

MODULE = '''
import os
import time
from chatbot.predict.base import Description, Input, ItemError, Schema
from chatbot.predict.processors import Processor
from chatbot.predict.vision.pictures import PictureError, decode, from_base64

NAMES = ("blue", "red")


class Colours:
    """Which of red and blue there is more of."""

    def __init__(self, place, settings):
        self.seconds = float(os.environ.get("COLOURS_SECONDS", "0"))

    def load(self):
        pass

    def predict(self, items):
        return [self._one(item["image"]) for item in items]

    def _one(self, text):
        time.sleep(self.seconds)
        try:
            image = decode(from_base64(text)).image.resize((1, 1))
        except PictureError as error:
            return ItemError(error.code, error.message)
        red, _, blue = image.getpixel((0, 0))
        share = red / max(1, red + blue)
        probs = [round(1 - share, 6), round(share, 6)]
        best = probs.index(max(probs))
        return {"class": best, "class_name": NAMES[best], "probs": probs, "class_probs": dict(zip(NAMES, probs))}

    def describe(self):
        dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
        return Description("colours", "1", Schema((Input("image", most=30_000_000),), {"type": "object"}, {"image": dot}))

    def unload(self):
        pass


PROCESSOR = Processor("colours", Colours)
'''


def installed(folder: Path) -> Path:
    """The package in ``folder/package`` and a model of it in ``folder/model``, which is returned."""
    package = folder / "package"
    about = package / "colours_model-1.dist-info"
    about.mkdir(parents=True)
    (package / "colours_model.py").write_text(MODULE, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: colours-model\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[chatbot.predictors]\ncolours = colours_model:PROCESSOR\n")
    (folder / "model").mkdir()
    write_model_card(folder / "model", ModelCard("colours", "1"))
    return folder / "model"


def picture_folder(
    folder: Path, counts: Mapping[str, int], top: int = 0, size: tuple[int, int] = (24, 16)
) -> Path:
    """``label/n.jpg`` for each label, ``top`` pictures without one; no two are the same."""
    seed = 0
    for label, count in counts.items():
        (folder / label).mkdir(parents=True)
        for number in range(count):
            (folder / label / f"{number}.jpg").write_bytes(encoded(noise(size, seed := seed + 1), "JPEG"))
    folder.mkdir(exist_ok=True)
    for number in range(top):
        (folder / f"top{number}.png").write_bytes(encoded(noise(size, seed := seed + 1)))
    return folder


def two_colours(folder: Path, count: int) -> list[str]:
    """Pictures more red (even numbers) or more blue; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number in range(count):
        image = halves((30, 20))
        image.paste((220, 30, 30) if number % 2 == 0 else (30, 30, 220), (0, 0, 24, 20))
        names.append(f"{number:03d}.png")
        (folder / names[-1]).write_bytes(encoded(image))
    return names


def tools(
    *words: str | Path, package: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """``python -m tools …``, in a process of its own."""
    found = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    if package:
        found["PYTHONPATH"] = str(package)
    return subprocess.run(
        [sys.executable, "-m", "tools", *map(str, words)],
        env=found, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def jsonl(file: Path, values: Sequence[object]) -> Path:
    """One JSON value a line; texts go in as they are."""
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in values]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file
