"""An empty `torchaudio`, of which there is no build for a machine without CUDA.

LLaMA-Factory imports it at once and calls it only to read audio.
"""

from __future__ import annotations

import sys
import types
from importlib.machinery import ModuleSpec

sys.modules["torchaudio"] = types.ModuleType("torchaudio")
sys.modules["torchaudio"].__spec__ = ModuleSpec("torchaudio", None)
