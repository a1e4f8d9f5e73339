"""``bench predict``: a model service beside the same model in plain Flask and a bare route, in one run."""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.json_file import Json
from chatbot.predict.description import load_predict_service
from chatbot.predict.processors import processor
from tools.bench.load import LoadResult, joined, post_request, run_load
from tools.bench.servers import Server, free_port, running

ROUNDS = 5
WARM_UP = 64


@dataclass(frozen=True, slots=True)
class Row:
    """One route at so many connections; latency in milliseconds."""

    route: str
    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True, slots=True)
class PredictBench:
    """``added_p50_ms``: the service's p50 over the bare route's, the model's own time included, at one connection.
    ``to_one_by_one`` and ``to_plain``: throughput at all connections against one connection and against plain Flask."""

    service: str
    rows: tuple[Row, ...]
    added_p50_ms: float
    to_one_by_one: float
    to_plain: float
    errors: int


def bench_predict(
    description: Path, items: Sequence[Json], requests: int, connections: int, say: Callable[[str], None]
) -> PredictBench:
    """Ask all routes by turns, in ``ROUNDS`` rounds; one worker each."""
    service = load_predict_service(description)
    if service.generate_token or service.token:
        raise ConfigError(f"{description}: 测速时不要令牌 → 去掉 generate_token")
    with tempfile.TemporaryDirectory(prefix="predict-bench-") as name:
        folder = Path(name)
        with _plain(description, folder) as plain, _served(description, folder) as served:
            routes = {
                "bare": (plain.port, _requests(items, "/", plain.port)),
                "plain": (plain.port, _requests(items, "/plain", plain.port)),
                "service": (served.port, _requests(items, f"/api/predict/{service.name}", served.port)),
            }
            asked = {(name, count): list[LoadResult]() for count in (1, connections) for name in routes}
            for port, bodies in routes.values():
                run_load(port, bodies, WARM_UP, connections)
            for turn in range(ROUNDS):
                say(f"第 {turn + 1} 轮，共 {ROUNDS} 轮")
                for (name, count), found in asked.items():
                    port, bodies = routes[name]
                    share = max(count, requests // ROUNDS // (1 if count > 1 else 4))
                    found.append(run_load(port, bodies, share, count))
    return _result(service.name, {key: joined(parts) for key, parts in asked.items()}, connections)


def example_items(description: Path, file: Path | None) -> list[Json]:
    """What is asked: the objects of a JSON Lines file, else the model's own example.

    Raises:
        ConfigError: the file has a line that is no JSON.
    """
    if file is None:
        service = load_predict_service(description)
        predictor = processor(service.processor).make(service.model_path, service.settings)
        return [dict(predictor.describe().schema.example)]
    items = list[Json]()
    for number, line in enumerate(file.read_text("utf-8-sig").splitlines(), start=1):
        try:
            items.append(json.loads(line))
        except ValueError as error:
            raise ConfigError(f"{file}:{number}: 不是合法的 JSON（{error}）→ 一行一个对象") from error
    return items


def as_text(found: PredictBench) -> str:
    """The figures as a person reads them."""
    lines = [f"{'路由':<8}{'连接':>6}{'次/秒':>10}{'p50 ms':>10}{'p99 ms':>10}{'出错':>6}"]
    lines += [
        f"{row.route:<10}{row.connections:>6}{row.per_second:>12.0f}{row.p50_ms:>10.2f}{row.p99_ms:>10.2f}{row.errors:>6}"
        for row in found.rows
    ]
    lines.append(f"比裸路由多 {found.added_p50_ms} ms（p50，一个连接，含模型本身）")
    lines.append(f"同时问是一个个问的 {found.to_one_by_one} 倍，是普通 Flask 不合批的 {found.to_plain} 倍")
    return "\n".join(lines)


def as_json(found: PredictBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(found), ensure_ascii=False)


def _plain(description: Path, folder: Path) -> AbstractContextManager[Server]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "tools.bench.plain_predict",
        str(description),
        str(folder / "models"),
        str(port),
    ]
    return running(command, folder / "plain", port, {})


def _served(description: Path, folder: Path) -> AbstractContextManager[Server]:
    port = free_port()
    command = [sys.executable, "-m", "chatbot", "predict", "serve", str(description), "--port", str(port),
               "--workers", "1", "--state-dir", str(folder / "state")]  # fmt: skip
    return running(command, folder / "served", port, {}, path="/readyz")


def _requests(items: Sequence[Json], path: str, port: int) -> list[bytes]:
    bodies = (json.dumps(item, ensure_ascii=False).encode() for item in items)
    return [post_request(path, body, f"127.0.0.1:{port}") for body in bodies]


def _result(name: str, found: dict[tuple[str, int], LoadResult], connections: int) -> PredictBench:
    rows = tuple(
        Row(route, count, round(one.per_second, 1), round(one.percentile(0.5) * 1000, 3),
            round(one.percentile(0.99) * 1000, 3), one.errors)
        for (route, count), one in found.items()
    )  # fmt: skip
    by = {(row.route, row.connections): row for row in rows}
    many = by["service", connections].per_second
    return PredictBench(
        service=name,
        rows=rows,
        added_p50_ms=round(by["service", 1].p50_ms - by["bare", 1].p50_ms, 3),
        to_one_by_one=round(many / by["service", 1].per_second, 2),
        to_plain=round(many / by["plain", connections].per_second, 2),
        errors=sum(row.errors for row in rows),
    )
