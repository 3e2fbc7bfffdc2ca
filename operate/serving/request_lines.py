"""Lines that ask an endpoint for predictions, for a person to copy: with curl, and in Python.

curl signs a request itself since 7.75 (curl's manual, ``--aws-sigv4``), with the key that the
environment has. A header without a value is signed by some versions and sent by none, so that of a
session's token is there only if there is one; as one word, it is the same to bash and zsh.
"""

from operate.account import Account
from operate.language import spoken

_ROWS = "new.csv"


def request_lines(account: Account, endpoint: str) -> str:
    """The lines, and what they take for granted."""
    runtime = account.client("sagemaker-runtime")
    url, region = runtime.meta.endpoint_url, runtime.meta.region_name
    named = [f'"sagemaker-runtime", region_name="{region}"']
    named += [f'endpoint_url="{account.endpoint}"'] if account.endpoint else []
    session = f'.Session(profile_name="{account.profile}")' if account.profile else ""
    profile = f" --profile {account.profile}" if account.profile else ""
    curl = "\n".join(
        [
            f"curl --aws-sigv4 aws:amz:{region}:sagemaker \\",
            '  --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \\',
            '  ${AWS_SESSION_TOKEN:+-H"x-amz-security-token: $AWS_SESSION_TOKEN"} \\',
            '  --header "Content-Type: text/csv" --header "Accept: text/csv" \\',
            f"  --data-binary @{_ROWS} {url}/endpoints/{endpoint}/invocations",
        ]
    )
    python = "\n".join(
        [
            "import boto3",
            f"runtime = boto3{session}.client({', '.join(named)})",
            f'with open("{_ROWS}", "rb") as rows:',
            f'    answer = runtime.invoke_endpoint(EndpointName="{endpoint}",',
            '        ContentType="text/csv", Accept="text/csv", Body=rows)',
            'print(answer["Body"].read().decode())',
        ]
    )
    with_curl = spoken("With curl, for the rows in {file}:", file=_ROWS)
    with_python = spoken("With Python:")
    if not account.is_local:
        key = f'eval "$(aws configure export-credentials{profile} --format env)"'
        first = spoken("If the environment has no key yet, first: {line}", line=key)
        with_curl = f"{with_curl} {first}"
    return f"{with_curl}\n\n{curl}\n\n{with_python}\n\n{python}\n"
