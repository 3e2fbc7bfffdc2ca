"""Packs the state machine, the Lambda code and the training code into one template."""

import base64
import gzip
import hashlib
import io
import json
import lzma
import re
import tarfile
import zipfile
from pathlib import Path, PurePath
from textwrap import indent
from typing import Any

from workflow.korean_font import KOREAN_FONT, korean_font
from workflow.version import VERSION
from workflow.whole_files import write_whole

_ROOT = Path(__file__).resolve().parent.parent
_PACKED = ("infra", "lambdas", "training", "workflow")
_PACKED_SUFFIXES = {".cfg", ".css", ".html", ".json", ".po", ".py", ".yaml"}
_IMAGES = Path(__file__).with_name("autogluon_images.json")
_PANDAS_LAYER = Path(__file__).with_name("pandas_layer.json")

# What was packed last, for whoever needs it next; an installed wheel has no such place.
PACKED = _ROOT / "dist" / "packed" if (_ROOT / "pyproject.toml").exists() else None

# The CloudFormation console uploads a template to S3 by itself, where 1 MB is the limit
# (AWS CloudFormation User Guide, "Understand CloudFormation quotas").
LARGEST_TEMPLATE_BYTES = 1_000_000

# A key and a network of one's own, as workflow/states.py has them.
_OPTIONAL_FIELD = re.compile(
    r',"(?:Volume)?KmsKeyId":"\$\{Key\}"'
    r"|,\"VpcConfig\":\{(?:\"[^\"]*\":\"[^\"]*\",?)*\}"
)
_IMPORT_FROM_INFRA = re.compile(r"from infra\.(\w+) import .+\n")

# Who unpacks it needs as much memory as the dictionary has, and a small function has little.
# Text has no words of four bytes, which pb stands for.
_LZMA = [
    {
        "id": lzma.FILTER_LZMA2,
        "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": 4 * 2**20,
        "pb": 0,
    }
]

# Packing the same source twice must give the same bytes: a new ETag would be a new identity.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_template(out: Path) -> Path:
    """Writes the packed template to ``out`` and returns its path.

    Raises:
        ValueError: the result is larger than the console takes.
    """
    text = template()
    if len(text.encode()) > LARGEST_TEMPLATE_BYTES:
        raise ValueError(
            f"The packed template has {len(text.encode())} bytes; the CloudFormation console "
            f"accepts at most {LARGEST_TEMPLATE_BYTES}. Move data out of lambdas/ or training/."
        )
    write_whole(out, text.encode())
    return out


def cached_template(folder: Path) -> str:
    """:func:`template`, kept in ``folder`` for as long as no source file changes.

    Loading the SDK that makes the definition takes longer than everything else. The file's name
    has the digest of its content, so that one that is cut off or changed is made again.

    Raises:
        OSError: the folder can't be used.
    """
    sources = b"".join(content for part in _PACKED for _, content in _sources(part))
    name = f"codefree-{_digest(sources)}"
    for path in folder.glob(f"{name}-*.yaml"):
        content = path.read_bytes()
        if path.stem == f"{name}-{_digest(content)}":
            return content.decode()
    text = template()
    for older in folder.glob("codefree-*.yaml"):
        older.unlink(missing_ok=True)
    write_whole(folder / f"{name}-{_digest(text.encode())}.yaml", text.encode())
    return text


def template() -> str:
    """infra/template.yaml with everything that it needs inside."""
    # Slow to load, and needed here alone.
    from workflow.prediction_machine import prediction_definition
    from workflow.state_machine import definition

    lambdas, training = lambdas_zip(), training_tar()
    packed_code, regions = _packed_code(lambdas, training), _region_accounts()
    parts = {
        "Version": VERSION,
        "RegionAccounts": json.dumps(regions, indent=2),
        "Regions": ", ".join(regions),
        "PandasLayer": json.loads(_PANDAS_LAYER.read_text())["layer"],
        "StateMachine": _with_conditions(definition(own_key=True, in_vpc=True)),
        "PredictionMachine": _with_conditions(prediction_definition(own_key=True, in_vpc=True)),
        "Dashboard": (_ROOT / "infra" / "dashboard.json").read_text(),
        "BoundConcurrency": _custom_resource("bound_concurrency", packed_code),
        "Budget": _custom_resource("budget", packed_code),
        "DeleteData": _custom_resource("delete_data", packed_code),
        "StopRuns": _custom_resource("stop_runs", packed_code),
        "LambdasKey": lambdas_key(lambdas),
        "CodeVersion": _digest(lambdas + training),
        "Unpack": _custom_resource("unpack", packed_code),
    }
    lines = (_ROOT / "infra" / "template.yaml").read_text().splitlines()
    packed = [_filled(line, parts) for line in lines]
    return "\n".join(packed) + "\n"


def _with_conditions(definition: dict[str, Any]) -> str:
    """What Fn::Join makes the definition of: its text, in which each field that a job may only
    have where it is wanted stands behind its condition."""
    pieces, rest = [], _by_states(definition)
    while found := _OPTIONAL_FIELD.search(rest):
        condition = "HasOwnKey" if "KmsKeyId" in found[0] else "InVpc"
        field = found[0].replace("'", "''")
        pieces += [_literal(rest[: found.start()]), f"- !If [{condition}, '{field}', '']"]
        rest = rest[found.end() :]
    return "\n".join([*pieces, _literal(rest)])


def _literal(text: str) -> str:
    """An entry of a list in YAML, line by line."""
    return "- |-\n" + indent(text, "  ")


def _by_states(definition: dict[str, Any]) -> str:
    """Each state on a line of its own. The consoles of CloudFormation and Step Functions lay them
    out for people."""
    states = ",\n".join(
        f"{_short(name)}:{_short(state)}" for name, state in definition["States"].items()
    )
    head = _short({key: value for key, value in definition.items() if key != "States"})
    return f'{head[:-1]},"States":{{\n{states}\n}}}}'


def _short(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _filled(line: str, parts: dict[str, str]) -> str:
    """``line`` with its ``<<Part>>`` put in; a part of several lines keeps the indentation."""
    for name, text in parts.items():
        mark = f"<<{name}>>"
        if line.strip() == mark:
            return indent(text, line[: line.index(mark)])
        line = line.replace(mark, text)
    return line


def lambdas_zip() -> bytes:
    """The Lambda functions' code: the folder ``lambdas/`` as a zip.

    Its files are stored as they are: together they are compressed to less than they take one by
    one, and that is how they travel in the template.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in _deployed("lambdas"):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def training_tar() -> bytes:
    """The training code as SageMaker's script mode takes it: a tar.gz with ``training/``.

    The container has no font for Korean, so one travels with the code. Nothing is compressed here,
    for the template does it better, and what it unpacks is the same bytes.
    """
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=0, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for name, content in [*_deployed("training"), (KOREAN_FONT, korean_font())]:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def lambdas_key(lambdas: bytes) -> str:
    """Where the Lambda functions' code lies in the bucket: new code has a new key."""
    return f"source/codefree/lambdas-{_digest(lambdas)}.zip"


def _sources(package: str) -> list[tuple[str, bytes]]:
    files = sorted(path for path in (_ROOT / package).rglob("*") if path.suffix in _PACKED_SUFFIXES)
    return [(path.relative_to(_ROOT).as_posix(), path.read_bytes()) for path in files]


def _deployed(package: str) -> list[tuple[str, bytes]]:
    """The package's files as they are deployed: its messages are compiled."""
    from workflow.messages import compiled_messages  # takes a while to load, for who packs alone

    return [
        (f"{name.removesuffix('.po')}.mo", compiled_messages(content, PurePath(name).stem))
        if name.endswith(".po")
        else (name, content)
        for name, content in _sources(package)
    ]


def _packed_code(lambdas: bytes, training: bytes) -> str:
    """infra/packed_code.py with its values."""
    constants = {
        "LAMBDAS_KEY": lambdas_key(lambdas),
        "CODE_VERSION": _digest(lambdas + training),
        "LAMBDAS": _as_text(lambdas),
        "TRAINING_CODE": _as_text(training),
    }
    return "".join(f'{name} = "{value}"\n' for name, value in constants.items())


def _as_text(archive: bytes) -> str:
    """An archive whose files are stored as they are, as short as it can be in a template."""
    packed = lzma.compress(archive, filters=_LZMA)
    return base64.b85encode(packed).decode()


def _custom_resource(name: str, packed_code: str) -> str:
    """The code of a custom resource, which has to be one file: what it imports from infra/ comes
    first, in place of the imports."""
    source = (_ROOT / "infra" / f"{name}.py").read_text()
    imported = [
        packed_code if module == "packed_code" else _custom_resource(module, packed_code)
        for module in _IMPORT_FROM_INFRA.findall(source)
    ]
    return "\n\n".join([*imported, re.sub(rf"\n({_IMPORT_FROM_INFRA.pattern})+", "", source)])


def _region_accounts() -> dict[str, Any]:
    """By region, whose images and whose layer are used there; regions with both alone."""
    images = json.loads(_IMAGES.read_text())["accounts"]
    layers = json.loads(_PANDAS_LAYER.read_text())["accounts"]
    return {
        region: {"Images": images[region], "PandasLayer": layers[region]}
        for region in sorted(images.keys() & layers.keys())
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
