"""How a stack is deployed, as its Lambda functions find it in their environment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

from lambdas.wish import Wish


@dataclass(frozen=True)
class Configuration:
    """The stack's bucket and region, and what the person asked for when deploying it."""

    bucket: str
    region: str
    wish: Wish

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The configuration in a Lambda function's environment variables."""
        return cls(
            bucket=environment["BUCKET"],
            region=environment["AWS_REGION"],
            wish=Wish.from_environment(environment),
        )

    def fingerprint(self) -> dict[str, object]:
        """What makes two runs on the same files different runs."""
        return {"bucket": self.bucket, "region": self.region, **asdict(self.wish)}
