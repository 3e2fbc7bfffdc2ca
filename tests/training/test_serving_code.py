"""The code in a model's archive: all that serving needs, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.lambdas.check.reading import checked
from training.fitting.baselines import fitted_baselines
from training.fitting.serving_code import save_serving_code
from training.model.baseline import save_baselines

CSV = b"size,colour,label\n1.5,red,0\n2.5,blue,1\n"
# -I leaves out the folder that the process is in, so the repository's own code is not found first.
ALONE = """
import sys
from pathlib import Path

folder = Path(sys.argv[1])
sys.path.insert(0, str(folder / "code"))
import inference
from training.model.baseline import saved_baselines

assert callable(inference.model_fn) and callable(inference.transform_fn)
assert len(saved_baselines(folder)) == 3
for name, module in sys.modules.items():
    if name.partition(".")[0] in {"training", "lambdas", "workflow", "operate", "local"}:
        print(Path(module.__file__).relative_to(folder / "code"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("model")
    save_serving_code(checked(CSV, CSV).as_json(), made)
    table = pd.DataFrame({"size": [1.0, 2.0] * 20, "colour": ["red", "blue"] * 20})
    labelled = table.assign(label=[0, 1] * 20)
    save_baselines(fitted_baselines(labelled, "label", [0, 1], "f1"), made)
    return made


def test_the_served_code_loads_alone_and_uses_all_that_is_packed(folder: Path) -> None:
    alone = [sys.executable, "-I", "-c", ALONE, str(folder)]
    done = subprocess.run(alone, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    code = folder / "code"
    packed = {str(path.relative_to(code)) for path in code.rglob("*.py")}
    assert {"inference.py", *done.stdout.splitlines()} == packed
