"""Several training processes, as ``torchrun`` or ``accelerate launch`` start them; alone, it does nothing."""

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist


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
    """The process group named by ``RANK`` and ``WORLD_SIZE``, if any; a GPU is taken where there is one."""
    count, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = f"cuda:{local}" if torch.cuda.is_available() else "cpu"
    if count > 1:
        dist.init_process_group("nccl" if device != "cpu" else "gloo")
    return Processes(rank, count, device)
