"""What this machine has, found without torch."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata, util

_MAJOR, _MINOR = 75, 76  # CUdevice_attribute: compute capability


@dataclass(frozen=True, slots=True)
class Hardware:
    """The accelerator, if any.

    Attributes:
        cuda: Whether a CUDA device and a CUDA build of torch are there.
        capability: Compute capability times ten (80 is Ampere), 0 without a device.
        flash_attention: Whether flash-attn is installed.
    """

    cuda: bool
    capability: int
    flash_attention: bool

    @property
    def name(self) -> str:
        """`cuda` or `cpu`."""
        return "cuda" if self.cuda else "cpu"


@lru_cache(maxsize=1)
def hardware() -> Hardware:
    """Look at this machine once."""
    capability = _capability()
    cuda = capability > 0 and not _torch_version().endswith("+cpu")
    flash = cuda and util.find_spec("flash_attn") is not None
    return Hardware(cuda, capability if cuda else 0, flash)


def _torch_version() -> str:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return "+cpu"


def _capability() -> int:
    """Ask the driver, which honours CUDA_VISIBLE_DEVICES; 0 where there is none."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    device = ctypes.c_int()
    if driver.cuInit(0) != 0 or driver.cuDeviceGet(ctypes.byref(device), 0) != 0:
        return 0
    values = []
    for attribute in (_MAJOR, _MINOR):
        value = ctypes.c_int()
        if driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device) != 0:
            return 0
        values.append(value.value)
    return values[0] * 10 + values[1]
