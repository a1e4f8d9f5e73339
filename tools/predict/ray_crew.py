"""Workers on the machines of a Ray cluster (extra ``ray``); the same work, so the same output."""

import os
from typing import Any

from chatbot.errors import ConfigError, ModelError
from tools.predict.crews import done_of, ready_of
from tools.predict.work import Done, Piece, Work, Worker


class RayCrew:
    """Actors, one processor each. ``RAY_ADDRESS`` names the cluster; without it one is started on this machine.

    Raises:
        ConfigError: Ray is not installed, or the cluster is too small.
    """

    def __init__(self, work: Work, size: int) -> None:
        self.size = size
        self._work = work
        self._ray: Any = _ray()
        self._workers: list[Any] = []
        self._running: dict[Any, int] = {}

    def start(self) -> tuple[str, ...]:
        ray = self._ray
        cluster = os.environ.get("RAY_ADDRESS")
        started = {} if cluster else {"num_cpus": self.size, "include_dashboard": False}
        try:
            ray.init(log_to_driver=False, logging_level="ERROR", ignore_reinit_error=True, **started)
        except ConnectionError as error:
            raise ConfigError(
                f"RAY_ADDRESS={cluster}: 连不上 Ray 集群（{error}）→ 先 ray start --head"
            ) from error
        room = int(ray.cluster_resources().get("CPU", 0))
        if room < self.size:
            raise ConfigError(f"--num-workers {self.size}: Ray 集群只有 {room} 个 CPU → 减小它，或加机器")
        actor = ray.remote(num_cpus=1)(Worker)
        self._workers = [actor.remote(self._work) for _ in range(self.size)]
        loading = [worker.load.remote() for worker in self._workers]
        columns, *_ = [ready_of(self._got(one)).columns for one in loading]
        return columns

    def submit(self, worker: int, piece: Piece) -> None:
        self._running[self._workers[worker].run.remote(piece)] = worker

    def next_done(self) -> tuple[int, Done]:
        (first,), _ = self._ray.wait(list(self._running), num_returns=1)
        return self._running.pop(first), done_of(self._got(first))

    def close(self) -> None:
        self._workers, self._running = [], {}
        self._ray.shutdown()

    def _got(self, reference: Any) -> object:
        try:
            found: object = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise ModelError(
                f"Ray 的一个工作者没了（{type(error).__name__}）→ 内存不够就减小 --num-workers；写好的行都在，重跑会接着写"
            ) from error
        return found


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anyone
    try:
        import ray  # an optional extra of 80 MB
    except ImportError as error:
        raise ConfigError("--engine ray: 没有安装 Ray → pip install 'whitebox-chatbot[ray]'") from error
    return ray
