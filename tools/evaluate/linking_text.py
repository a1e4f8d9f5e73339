"""What a measurement of linking says: its figures, and on request what was not linked as it was meant."""

import json
from collections.abc import Mapping, Sequence

import typer


def tell(
    figures: Mapping[str, object], failed: Sequence[Mapping[str, object]], *, as_json: bool, show: bool
) -> None:
    """One JSON object, or a line a figure and then one for each of ``failed``."""
    shown = list(failed) if show else []
    if as_json:
        typer.echo(json.dumps({**figures, "failed": shown} if show else figures, ensure_ascii=False))
        return
    width = max(map(len, figures)) + 2
    for name, value in figures.items():
        typer.echo(f"{name:<{width}}{value}")
    for failure in shown:
        typer.echo(json.dumps(failure, ensure_ascii=False))
