"""The blocks of segments that were read last."""

from collections import OrderedDict

from generators.engines.journals.segment import Segment

_MOST = 256  # 16 MiB of text


class Blocks:
    """Text of blocks by file number and block number."""

    def __init__(self) -> None:
        self._texts: OrderedDict[tuple[int, int], bytes] = OrderedDict()

    def text(self, file: int, segment: Segment, block: int) -> bytes:
        """The text of a block; empty where it is damaged. OSError where the file cannot be read."""
        key = (file, block)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = segment.block(block)
            if len(self._texts) > _MOST:
                self._texts.popitem(last=False)
        else:
            self._texts.move_to_end(key)
        return text

    def clear(self) -> None:
        """Forget all: files are numbered anew."""
        self._texts.clear()
