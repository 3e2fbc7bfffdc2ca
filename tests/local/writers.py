"""Writers that put versions at the same time, and remember what was acknowledged."""

import contextlib
import hashlib
import random
import threading
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


class Writers:
    """So many threads that write versions of a few keys until they are stopped."""

    def __init__(self, clients: list[Any], keys: int, most_bytes: int) -> None:
        self.acknowledged: dict[tuple[str, str], str] = {}
        self.refused: list[ClientError] = []
        self._keys = [f"written/{number}" for number in range(keys)]
        self._most = most_bytes
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=[s3]) for s3 in clients]
        for thread in self._threads:
            thread.start()

    def stop(self) -> "Writers":
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self

    def count(self) -> int:
        return len(self.acknowledged)

    def wrong(self, s3: Any) -> list[tuple[str, str]]:
        """The acknowledged versions that are gone, or whose bytes have changed."""
        wrong = []
        for (key, version), digest in list(self.acknowledged.items()):
            try:
                answer = s3.get_object(Bucket="codefree", Key=key, VersionId=version)
                same = hashlib.sha256(answer["Body"].read()).hexdigest() == digest
            except ClientError:
                same = False
            if not same:
                wrong.append((key, version))
        return wrong

    def _write(self, s3: Any) -> None:
        chance = random.Random()
        while not self._over.is_set():
            body = chance.randbytes(chance.randint(0, self._most))
            key = chance.choice(self._keys)
            with contextlib.suppress(BotoCoreError):
                try:
                    version = s3.put_object(Bucket="codefree", Key=key, Body=body)["VersionId"]
                    self.acknowledged[key, version] = hashlib.sha256(body).hexdigest()
                except ClientError as error:
                    self.refused.append(error)
                    self._over.wait(0.05)
