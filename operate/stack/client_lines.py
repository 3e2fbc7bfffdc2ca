"""Lines that take any AWS client to the stack, for a person to copy."""

from dataclasses import dataclass
from shlex import quote

from operate.home_key import credentials_in
from operate.place import Place


@dataclass(frozen=True)
class ClientLines:
    """What to run first, what brings files and fetches results, and what the stack's own command
    is called with. ``secret`` is whether the first lines have a key in them."""

    first: str
    files: str
    commands: str
    secret: bool


def client_lines(place: Place, bucket: str) -> ClientLines:
    """The lines for the stack at ``place`` and its ``bucket``."""
    account = place.account
    region = account.s3.meta.region_name
    key = (account.key or credentials_in(place.home)) if account.is_local else None
    first = [f"export AWS_DEFAULT_REGION={region}"]
    if key and not account.profile:
        first.insert(0, f"export AWS_SECRET_ACCESS_KEY={key.secret_key}")
        first.insert(0, f"export AWS_ACCESS_KEY_ID={key.access_key}")
    elif account.profile:
        first.insert(0, f"export AWS_PROFILE={quote(account.profile)}")
    if account.endpoint:
        first.append(f"export AWS_ENDPOINT_URL={quote(account.endpoint)}")
    files = [
        f"aws s3 cp NAME_test.csv s3://{bucket}/data/",
        f"aws s3 cp NAME_train.csv s3://{bucket}/data/",
        f"aws s3 cp --recursive s3://{bucket}/results/ results/",
    ]
    commands = [f"codefree {verb}{place.options}" for verb in ("status", "rerun NAME", "stop NAME")]
    has_key = any(line.startswith("export AWS_SECRET") for line in first)
    return ClientLines("\n".join(first), "\n".join(files), "\n".join(commands), has_key)
