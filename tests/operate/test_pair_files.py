"""The two files of a command: what they are by their names, and when they are no pair."""

from pathlib import Path

import pytest
import typer

from operate.pair_files import dataset_name, part_in_name, require_files


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("titanic_train.csv", "titanic"),
        ("titanic_train.csv.gz", "titanic"),
        ("titanic_train.xlsx", "titanic"),
        ("TITANIC_TRAIN.CSV.GZ", "TITANIC"),
        ("titanic_train.tsv", "titanic"),
        ("titanic-train.txt", "titanic"),
        ("titanic training.csv", "titanic"),
        ("titanic_train (1).csv", "titanic"),
        ("train_titanic.csv", "titanic"),
        ("titanic.csv", "titanic"),
        ("my.data v1.2_train.csv", "my.data v1.2"),
        ("my_data_train_train.csv", "my_data_train"),
        ("brain.csv", "brain"),
        ("restrain_trained.csv", "restrain_trained"),
        ("train.csv", "data"),
        ("_train.csv", "data"),
        ("..csv", "data"),
        (".csv", "data"),
        ("고객 데이터_train.csv", "고객 데이터"),
        ("고객_train.csv", "고객"),
        ("a\nb\\c_train.csv", "a_b_c"),
        (f"{'x' * 240}_train.csv", "x" * 200),
    ],
)
def test_the_results_are_called_like_the_train_file(file: str, name: str) -> None:
    assert dataset_name(Path("a folder", file), Path("other.csv")) == name


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("a_train.csv", "train"),
        ("A-TEST.CSV", "test"),
        ("test.csv", "test"),
        ("training2024.csv.gz", "train"),
        ("a_test (1).csv", "test"),
        ("학습데이터.csv", "train"),
        ("평가.csv", "test"),
        ("contest.csv", None),
        ("latest.csv", None),
        ("testimony_trained.csv", None),
        ("train_test.csv", None),
        ("a.csv", None),
    ],
)
def test_a_name_says_which_of_the_two_a_file_is(file: str, part: str | None) -> None:
    assert part_in_name(Path(file)) == part


def refused(capsys: pytest.CaptureFixture[str], train: Path, test: Path) -> str:
    with pytest.raises(typer.Exit) as ended:
        require_files(train, test)
    assert ended.value.exit_code == 1
    return " ".join(capsys.readouterr().err.split())


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "a_train.csv"
    path.write_text("x,label\n1,a\n")
    return path


@pytest.fixture
def test_file(tmp_path: Path) -> Path:
    path = tmp_path / "a_test.csv"
    path.write_text("x,label\n2,b\n")
    return path


def test_a_pair_is_let_through(train: Path, test_file: Path) -> None:
    require_files(train, test_file)


def test_swapped_files_are_refused(
    capsys: pytest.CaptureFixture[str], train: Path, test_file: Path
) -> None:
    told = refused(capsys, test_file, train)
    assert "By their names, a_test.csv is the file to test with" in told
    assert told.endswith(f"Give them in the other order: {train} {test_file}")


def test_one_file_twice_is_refused_however_it_is_called(
    capsys: pytest.CaptureFixture[str], train: Path, test_file: Path
) -> None:
    link = train.with_name("other.csv")
    link.symlink_to(train)
    for again in (train, train.parent / ".." / train.parent.name / train.name, link):
        assert f"{again} are the same file. A model must be tested" in refused(capsys, train, again)
    test_file.write_bytes(train.read_bytes())
    assert "have the same content." in refused(capsys, train, test_file)


def test_a_file_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], train: Path, tmp_path: Path
) -> None:
    for gone in (tmp_path / "b.csv", tmp_path):
        assert refused(capsys, train, gone) == f"There is no file {gone}."


def test_a_file_that_can_not_be_read_is_named(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    train: Path,
    test_file: Path,
) -> None:
    def denied(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied", str(test_file))

    monkeypatch.setattr("filecmp.cmp", denied)
    told = refused(capsys, train, test_file)
    assert told == f"{test_file} can't be read (Permission denied)."
