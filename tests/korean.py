"""Which words of a text are English, and which Korean, so that no page is told in two languages."""

import gettext
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape
from string import Formatter

import pytest

from lambdas.language import messages, spoken_in
from operate.language import messages as of_commands

# What is called so in every language: AWS's, scikit-learn's, AutoGluon's and our own names, units,
# and what a person types.
_NAMED = """
AWS Amazon SageMaker Service Quotas for training processing job usage USD GiB MB GPU vCPU vCPUs
UTC Lambda Redrive Completed Failed Stopped InProgress
Codefree codefree status auto binary multiclass regression
AutoMLPresets DailyCostLimit EvalMetric MissingLabels MonthlyCostLimit PositiveClass ProblemType
PredictionCost RunsAtOnce TargetVariable TrainingCost TrainingMinutes
CheckPair PickInstance ReserveBudget Train SealModel Evaluate Publish
CheckRows Predict RecoverTraining RecoverEvaluation RecoverPrediction WaitForTraining
WaitForEvaluation WaitForPrediction WaitForBudget
NAME_train.csv NAME_test.csv NAME_settings.txt check.json check.html failure.html
data/ predict/ predictions/ results/ runs/ runs/claims/
CSV UTF-8 Excel DOS HDF5 HTML JSON PDF Parquet SHA-256 SQLite XML ZIP Zip bzip2 gzip xz zstd
csv.gz xls x1A
AUROC AUPRC RMSE MCC f1 balanced_accuracy roc_auc mean_absolute_error median_absolute_error
medium_quality
AutoGluon InferenceImage Lines Python ROC S3 SERVE_ROLE ServeRole scikit-learn pickle predictor
notebook
NAME NAME.csv csv txt tar.gz model.tar.gz output/model.tar.gz summary.json new.csv training/
titanic_train.csv titanic_test.csv notebooks/inference_on_local.ipynb
pip install autogluon.tabular aws sagemaker delete-endpoint codefree-my-model run
no finding survived target code true false dataset force price waited F1
CloudFormation HTTP AWS_DEFAULT_REGION UPDATE_ROLLBACK_FAILED ANOTHER-NAME KEY VALUE
en ko zip API Ctrl-C kept.sqlite export FILE.csv NAME/FILE.csv file prediction.json
JOB/output/model.tar.gz
VPC GB CloudWatch ListEndpoints curl RUN digests/ ml.m5.large ml.m5.2xlarge aws/sagemaker/Endpoints/
"""
NAMES = frozenset(_NAMED.split())
_WORD = re.compile(r"(?<![\w\\])(?:--)?[A-Za-z][\w./+-]*[\w/]", re.ASCII)
# What a person types, or finds on AWS's own button.
_TYPED = re.compile(
    r"codefree (?:console|deploy|destroy|models|package|predict|rerun|serve|status|stop|up|upload)"
    r"(?![a-z-])"
    r"|aws (?:configure|sso login|s3 rb|s3 cp)(?![a-z-])"
    r"|s3:(?:ListBucket|//)|(?:logs|sqs):[A-Z]\w+|Continue update rollback"
    r"|make setup|Step Functions"
)
_HANGUL = re.compile(r"[가-힣ㄱ-ㆎ]")
_UNSEEN = re.compile(r"<(style|script)[^>]*>.*?</\1>|<[^>]*>", re.DOTALL)
_LABELS = re.compile(r'(?:aria-label|alt|title)="([^"]*)"')


def english_in(text: str, known: Iterable[str] = ()) -> list[str]:
    """The English words in a text that should be Korean; those of ``known`` texts are data."""
    data = {word for one in known for word in _WORD.findall(one)}
    words = [word for word in _WORD.findall(_TYPED.sub("", text)) if not word.startswith("--")]
    return [word for word in words if word not in NAMES and word not in data]


def hangul_in(text: str) -> list[str]:
    """The Korean letters in a text that should be English."""
    return _HANGUL.findall(text)


def read_aloud(page: str) -> str:
    """What a person reads of a page in HTML, or has read out: its text and the labels."""
    shown = " ".join([_UNSEEN.sub(" ", page), *_LABELS.findall(page)])
    return unescape(shown)


def english_parts(template: str) -> str:
    """A template without the names of its facts."""
    return " ".join(text for text, *_ in Formatter().parse(template))


class _Missed(gettext.NullTranslations):
    """Where a message has no translation, which a person would read in English."""

    def gettext(self, message: str) -> str:
        # Signs, facts and options of the command are the same everywhere.
        is_the_same = message.startswith("--") or not any(map(str.isalpha, english_parts(message)))
        assert is_the_same, f"no translation: {message}"
        return message

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@contextmanager
def only_korean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speaks Korean, and fails where a text has no translation."""
    with monkeypatch.context() as patch, spoken_in("ko"):
        for said in (messages, of_commands):
            patch.setattr(said.load("ko"), "_fallback", _Missed())
        yield
