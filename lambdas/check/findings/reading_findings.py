"""What is to be said of how a column's texts were understood."""

from lambdas.check.findings.catalogue.feature_finding import FeatureFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.file_profile import FileProfile
from lambdas.check.reading.arrow_arrays import text_array
from lambdas.check.reading.fact import Phrase

_WORDS_SHOWN = 5


def reading_findings(column: ColumnProfile) -> list[Finding]:
    """The notes on a column whose values were not all plain numbers, or all words."""
    findings = []
    if column.reading.form and column.examples:
        written = column.examples[0]
        [read] = column.reading.form.numbers_in(text_array([written])).tolist()
        findings.append(
            found(
                FeatureFinding.written_as_numbers,
                column=column.name,
                written=written,
                read=f"{read:.15g}",
            )
        )
    if column.reading.as_text and column.leading_zeros:
        findings.append(
            found(
                FeatureFinding.leading_zeros,
                column=column.name,
                rows=column.leading_zeros,
                examples=column.examples,
            )
        )
    return findings + _words(column)


def words_in_rows(words: dict[str, int]) -> list[Phrase]:
    """The most frequent of these words, each with its rows."""
    most = sorted(words.items(), key=lambda word: -word[1])[:_WORDS_SHOWN]
    return [Phrase("in_rows", word=word, rows=rows) for word, rows in most]


def sign_is_known(train: FileProfile, name: str) -> bool:
    """Whether another column tells which sign is before decimals."""
    return any(c.thousandths.decimal for other, c in train.columns.items() if other != name)


def as_decimal(grouped: str, sign: str) -> str:
    """The number that is read where a sign before three digits is taken for a decimal one."""
    return f"{float(grouped.replace(sign, '.')):.15g}"


def _words(column: ColumnProfile) -> list[Finding]:
    told = column.missing_words.keys() - column.infinite.keys()
    missing = {word: rows for word, rows in column.missing_words.items() if word in told}
    findings = []
    if missing and (column.kind == "number" or column.is_date):
        findings.append(
            found(
                FeatureFinding.words_for_missing,
                column=column.name,
                words=words_in_rows(missing),
                count=len(missing),
                others=Phrase("dates" if column.is_date else "numbers"),
            )
        )
    values = {word: n for word, n in column.words.items() if word not in column.missing_words}
    if values and column.words_as_values and not column.is_free_text:
        findings.append(
            found(
                FeatureFinding.words_as_values,
                column=column.name,
                words=words_in_rows(values),
                count=len(values),
            )
        )
    return findings
