"""The operator's files of one configuration, by keys that stay the same in a copy: ``faq/questions/…``, ``graph/…``."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.derived import share
from chatbot.errors import DataError
from chatbot.faq_modules.features import CACHE_SUFFIX
from chatbot.knowledge_graph.snapshot import SNAPSHOTS

FAQ, TALK, LEXICON, GRAPH, INTENTS = "faq", "chitchat", "lexicon", "graph", "intents"
MAP_KEY, FEATURES_KEY = "label_map", "features"
_SUBFOLDERS = ("questions", "answers")


class Layout:
    """Key ↔ path. The encoder is no part of it: it is made by training, not by editing."""

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self._roots: dict[str, Path] = {FAQ: config.faq_data_dir, GRAPH: config.knowledge_graph_data_dir}
        if config.chitchat_data_dir:
            self._roots[TALK] = config.chitchat_data_dir
        if config.lexicon_dir:
            self._roots[LEXICON] = config.lexicon_dir
        if config.intents_dir:
            self._roots[INTENTS] = config.intents_dir
        self._single = {
            MAP_KEY: config.faq_query_label_idx_map,
            FEATURES_KEY: config.pretrained_feature_vectors_path,
        }

    def path(self, key: str) -> Path:
        """Where ``key`` lies.

        Raises:
            DataError: the key is not one of this configuration, or leads out of its folder.
        """
        if key in self._single:
            return self._single[key]
        root, _, rest = key.partition("/")
        parts = Path(rest).parts
        if root not in self._roots or not parts or ".." in parts or Path(rest).is_absolute():
            raise DataError(key, "不是知识库里的文件")
        return self._roots[root].joinpath(*parts)

    def files(self) -> dict[str, Path]:
        """Every file there is, the feature file last: it is what running services watch."""
        single = {path.resolve() for path in self._single.values()}
        found = {
            f"{root}/{path.relative_to(folder).as_posix()}": path
            for root, folder in self._roots.items()
            for path in _files(folder, root)
            if path.resolve() not in single
        }
        found |= {key: path for key, path in self._single.items() if path.is_file()}
        return found

    def hashes(self) -> dict[str, str]:
        """Key → SHA-256 of its content."""
        return {key: file_hash(path) for key, path in self.files().items()}

    def inside(self, folder: Path) -> "Layout":
        """Where a copy in ``folder`` has the same files, with a state directory of its own."""
        config = self.config
        inside = replace(
            config,
            source=folder / "engine.json",
            faq_data_dir=folder / FAQ,
            knowledge_graph_data_dir=folder / GRAPH,
            chitchat_data_dir=folder / TALK if config.chitchat_data_dir else None,
            lexicon_dir=folder / LEXICON if config.lexicon_dir else None,
            intents_dir=folder / INTENTS if config.intents_dir else None,
            faq_query_label_idx_map=folder / MAP_KEY,
            pretrained_feature_vectors_path=folder / FEATURES_KEY,
            state_dir=folder / "state",
            bad_case_log=folder / "state" / "bad_cases.jsonl",
            versions_dir=folder / "state" / "versions",
        )
        return Layout(inside)

    def copy_in(self, folder: Path) -> "Layout":
        """The same files copied into ``folder``, and what was worked out of them."""
        copy = self.inside(folder)
        for root in copy._roots.values():
            root.mkdir(parents=True, exist_ok=True)
        for key, path in self.files().items():
            target = copy.path(key)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        self.share_derived(copy)
        return copy

    def share_derived(self, other: "Layout") -> None:
        """Gives ``other`` what was worked out of this graph and its lexicons."""
        share(self.config.state_dir / SNAPSHOTS, other.config.state_dir / SNAPSHOTS)


def _files(folder: Path, root: str) -> Iterator[Path]:
    """Files of ``folder`` that are knowledge: none that is hidden, and of folders only those of the contract."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(CACHE_SUFFIX):
            continue
        if path.is_file():
            yield path
        elif root in (FAQ, TALK) and path.name in _SUBFOLDERS:
            yield from (file for file in sorted(path.iterdir()) if file.is_file() and file.name[0] != ".")


def file_hash(path: Path) -> str:
    """SHA-256 of the content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(hashes: Mapping[str, str]) -> str:
    """One hash for a whole set of files."""
    text = "".join(f"{key}\0{digest}\n" for key, digest in sorted(hashes.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
