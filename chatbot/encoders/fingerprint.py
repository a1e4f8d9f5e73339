"""A short hash of what decides an encoder's vectors."""

import hashlib
from pathlib import Path

_NO_WEIGHT_IN_IT = {"README.md", "training.json"}


def directory_fingerprint(model_dir: Path) -> str:
    """First 16 hex digits of the SHA-256 over names and contents of all model files (cards and reports left out)."""
    digest = hashlib.sha256()
    for path in sorted(p for p in model_dir.rglob("*") if p.is_file()):
        name = path.relative_to(model_dir).as_posix()
        if name in _NO_WEIGHT_IN_IT or name.startswith((".", "checkpoints/", "report/", "onnx/")):
            continue
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]
