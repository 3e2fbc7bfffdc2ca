"""The families of findings, in the order in which a file meets them."""

from lambdas.check.findings.catalogue.class_finding import ClassFinding
from lambdas.check.findings.catalogue.date_finding import DateFinding
from lambdas.check.findings.catalogue.entry import Family
from lambdas.check.findings.catalogue.feature_finding import FeatureFinding
from lambdas.check.findings.catalogue.file_finding import FileFinding
from lambdas.check.findings.catalogue.pair_finding import PairFinding
from lambdas.check.findings.catalogue.role_finding import RoleFinding
from lambdas.check.findings.catalogue.rows_finding import RowsFinding
from lambdas.check.findings.catalogue.sample_finding import SampleFinding
from lambdas.check.findings.catalogue.size_finding import SizeFinding
from lambdas.check.findings.catalogue.target_finding import TargetFinding
from lambdas.check.findings.catalogue.unreadable_file import UnreadableFile

FAMILIES: tuple[type[Family], ...] = (
    UnreadableFile,
    FileFinding,
    RoleFinding,
    TargetFinding,
    ClassFinding,
    FeatureFinding,
    DateFinding,
    PairFinding,
    SizeFinding,
    SampleFinding,
    RowsFinding,
)
NEED_EVERY_ROW = frozenset(
    code.name for family in FAMILIES for code in family if code.value.needs_every_row
)
