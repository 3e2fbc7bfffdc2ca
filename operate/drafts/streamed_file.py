"""A file of a draft that comes as a stream, such as in a form."""

from dataclasses import replace

from lambdas.bucket.bucket import Bucket
from operate.drafts.draft import Draft, DraftFile, new_file_id
from operate.drafts.part_upload import StreamedUpload


class StreamedFile:
    """Takes the bytes of one file for a draft as they come; ``file`` is there once it is whole."""

    def __init__(self, bucket: Bucket, draft: Draft, name: str, part_bytes: int) -> None:
        self.file: DraftFile | None = None
        self._made = DraftFile(new_file_id(), name, 0, "whole")
        self._upload = StreamedUpload(bucket, draft.key(self._made), part_bytes)

    def write(self, content: bytes) -> None:
        """Takes the next bytes."""
        self._upload.write(content)

    def finish(self) -> None:
        """The file is whole.

        Raises:
            CannotDo: it is empty.
        """
        self._upload.finish()
        self.file = replace(self._made, size=self._upload.size)

    def abort(self) -> None:
        """Forgets the file."""
        self._upload.abort()
