"""``chatbot backup`` and ``chatbot restore``."""

import os
from pathlib import Path

import typer

from chatbot.backup.making import make_backup
from chatbot.backup.restoring import restore_backup
from chatbot.cli.outcome import UsageError, config_file, print_json
from chatbot.config import default_state_dir, load_engine_config
from chatbot.json_file import read_json_object


def back_up(output: Path, config: Path | None, overwrite: bool, as_json: bool) -> None:
    """Write everything that must last into ``output``."""
    engine = load_engine_config(config_file(config), os.environ, require_built=False)
    manifest = make_backup(engine, output, overwrite=overwrite)
    size = sum(entry.size for entry in manifest.entries)
    if as_json:
        print_json({"output": str(output), "files": len(manifest.entries), "bytes": size,
                    "left_out": list(manifest.left_out)})  # fmt: skip
        return
    typer.echo(f"{output}：{len(manifest.entries)} 个文件，{size / 2**20:.1f} MB")
    for line in manifest.left_out:
        typer.echo(f"没有备份 {line}", err=True)


def restore(archive: Path, data_dir: Path, state_dir: Path | None, overwrite: bool, as_json: bool) -> None:
    """Bring back what ``back_up`` wrote. Without ``state_dir`` the state goes where the restored configuration keeps it."""
    if not archive.is_file():
        raise UsageError(f"{archive}: 没有这个文件 → 检查路径")
    data = data_dir.absolute()
    restored = restore_backup(
        archive, data, lambda config: state_dir or _state_dir(config, data), overwrite=overwrite
    )
    config = data_dir / restored.manifest.config
    kept = [str(path) for path in restored.kept]
    if as_json:
        print_json({"config": str(config), "state_dir": str(restored.state_dir),
                    "files": len(restored.manifest.entries), "kept": kept})  # fmt: skip
        return
    typer.echo(f"已恢复 {restored.manifest.made_at} 的备份：{config}，运行数据在 {restored.state_dir}")
    for path in kept:
        typer.echo(f"原来的留在 {path}", err=True)


def _state_dir(config: Path, data: Path) -> Path:
    """Where the configuration, once it stands in ``data``, keeps its state."""
    named = os.environ.get("CHATBOT_STATE_DIR") or read_json_object(config, "引擎配置").get("state_dir")
    if isinstance(named, str) and named:
        return data / named
    return default_state_dir(data / config.name, os.environ)
