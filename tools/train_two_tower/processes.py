"""Several training processes, as ``torchrun`` or ``accelerate launch`` start them; alone, it does nothing."""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist

from chatbot.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Processes:
    """``rank`` of ``count`` processes, and the device this one computes on."""

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    def average_gradients(self, optimizer: torch.optim.Optimizer) -> None:
        """Replaces each gradient by its mean over all processes."""
        if self.count == 1:
            return
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
                dist.all_reduce(parameter.grad)
                parameter.grad /= self.count

    def part(self) -> None:
        """Waits for all, then leaves the group."""
        if self.count > 1:
            dist.barrier()
            dist.destroy_process_group()


def join_processes() -> Processes:
    """The process group named by ``RANK`` and ``WORLD_SIZE``, if any; a GPU is taken where there is one.

    Raises:
        ConfigError: a machine with GPUs was given more processes than it has of them.
    """
    count, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = f"cuda:{local}" if torch.cuda.is_available() else "cpu"
    if device != "cpu" and local >= torch.cuda.device_count():
        raise ConfigError(
            f"这台机器有 {torch.cuda.device_count()} 个 GPU，却要第 {local + 1} 个进程 → "
            "--nproc-per-node 不超过 GPU 数；CUDA_VISIBLE_DEVICES= 则只用处理器"
        )
    if count > 1:
        # the n-gram base learns on the processor even beside a GPU: each kind of tensor has its own way
        dist.init_process_group("cpu:gloo,cuda:nccl" if device != "cpu" else "gloo")
    return Processes(rank, count, device)
