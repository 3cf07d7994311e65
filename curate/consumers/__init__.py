"""The trainers that what was written is for: a file beside the data that tells each how to read it.

Texts only: nothing here opens a file, and nothing knows how a format is encoded.
"""

from curate.consumers.axolotl import AXOLOTL
from curate.consumers.base import Consumer, Written
from curate.consumers.llama_factory import LLAMA_FACTORY
from curate.consumers.ms_swift import MS_SWIFT
from curate.consumers.trl import TRL

CONSUMERS: tuple[Consumer, ...] = (LLAMA_FACTORY, AXOLOTL, MS_SWIFT, TRL)
BY_NAME: dict[str, Consumer] = {consumer.name: consumer for consumer in CONSUMERS}

__all__ = ["BY_NAME", "CONSUMERS", "Consumer", "Written"]
