"""What is to be said of new rows beside the data that the model has learned from."""

from lambdas.check.findings.catalogue.rows_finding import RowsFinding
from lambdas.check.findings.finding import Finding
from lambdas.check.findings.found import found
from lambdas.check.findings.name_guesses import name_guesses
from lambdas.check.findings.rows_shift import rows_shift
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.row_hashes import repetition
from lambdas.check.profile.rows_profile import RowsProfile
from lambdas.check.profile.rows_tally import NoNumber
from lambdas.check.profile.spread import Spread
from lambdas.check.profile.trained_file import TrainedColumn, TrainedFile
from lambdas.check.reading.fact import Phrase

_MOST_SHOWN = 5
# Of up to this share of rows little harm is to be expected.
_FEW = 0.05
_MOSTLY = 0.5
# Fewer rows that are all alike are no wonder.
_FEWEST_ALIKE = 10


def column_findings(rows: RowsProfile, trained: TrainedFile) -> list[Finding]:
    """The findings on columns that are missing, spelled differently or unknown."""
    columns = rows.profile.columns
    missing = [name for name in trained.features if name not in columns]
    extra = [name for name in columns if name not in trained.columns]
    findings = []
    if missing:
        findings.append(
            found(
                RowsFinding.columns_missing,
                count=len(missing),
                missing=missing,
                guesses=name_guesses(missing, extra),
            )
        )
    if rows.renamed:
        pairs = [Phrase("respelled", here=h, there=t) for h, t in rows.renamed.items()]
        more = len(pairs) - _MOST_SHOWN
        findings.append(
            found(
                RowsFinding.columns_respelled,
                count=len(pairs),
                pairs=pairs[:_MOST_SHOWN],
                more=Phrase("and_more", count=more) if more > 0 else None,
            )
        )
    if extra:
        findings.append(found(RowsFinding.columns_unknown, count=len(extra), extra=extra))
    return findings


def value_findings(rows: RowsProfile, trained: TrainedFile) -> list[Finding]:
    """The findings on the values of the columns that the model uses, and on whole rows."""
    findings = []
    for name in trained.features:
        here = rows.profile.columns.get(name)
        if here is not None and here.rows and trained.columns[name].kind != "empty":
            findings += _of_column(rows, here, trained.columns[name])
    return findings + _same_rows(rows)


def _of_column(rows: RowsProfile, here: ColumnProfile, column: TrainedColumn) -> list[Finding]:
    spread = column.spread
    if not here.present:
        if not spread or spread.missing == spread.rows:
            return []
        share = 1 - spread.missing / spread.rows
        return [found(RowsFinding.empty_now, column=here.name, share=share)]
    findings = _of_kind(rows, here, column)
    if not spread or any(finding.severity == "error" for finding in findings):
        return findings
    if here.missing and not spread.missing:
        findings.append(
            found(
                RowsFinding.missing_now,
                is_mild=here.missing <= _FEW * here.rows,
                column=here.name,
                missing=here.missing,
                rows=here.rows,
            )
        )
    findings += _unseen(here, column, spread)
    tally = rows.tally.columns.get(here.name)
    if difference := rows_shift(spread, here, tally):
        findings.append(
            found(
                RowsFinding.spread_changed,
                column=here.name,
                sampled=_is_sampled(spread, difference),
                difference=difference,
            )
        )
    return findings


def _of_kind(rows: RowsProfile, here: ColumnProfile, column: TrainedColumn) -> list[Finding]:
    if column.kind == "number":
        return [_texts_for_numbers(rows, here, column)] if here.texts else []
    spread = column.spread
    if spread is None:
        return []
    if here.kind == "number" and not spread.has_numbers and not here.reading.as_text:
        return [found(RowsFinding.numbers_for_texts, column=here.name)]
    if not spread.is_date or here.is_date or here.kind != "text":
        return []
    others = here.dates.others or here.examples
    # Dates may be written in ways that nobody has thought of, but never without a digit.
    texts = [*others, *(here.categories or {}).values()]
    perhaps = here.dates.count or any(sign.isdigit() for text in texts for sign in text)
    return [
        found(
            RowsFinding.no_dates,
            is_mild=bool(perhaps),
            column=here.name,
            texts=here.present - here.dates.count,
            present=here.present,
            examples=others,
        )
    ]


def _texts_for_numbers(rows: RowsProfile, here: ColumnProfile, column: TrainedColumn) -> Finding:
    tally = rows.tally.columns[here.name]
    written = column.spread.written if column.spread else ""
    return found(
        RowsFinding.texts_for_numbers,
        is_mild=here.texts <= _MOSTLY * here.present,
        column=here.name,
        texts=here.texts,
        present=here.present,
        written=Phrase("such_as", example=written) if written else None,
        examples=[_example(one, rows) for one in tally.no_numbers],
    )


def _example(one: NoNumber, rows: RowsProfile) -> Phrase:
    # Of rows that were not read, nobody knows how many there are.
    if rows.profile.is_without_gaps:
        return Phrase("in_row", text=one.text, row=one.row)
    return Phrase("somewhere", text=one.text)


def _unseen(here: ColumnProfile, column: TrainedColumn, spread: Spread) -> list[Finding]:
    """The findings on texts that the training did not have, where those name categories."""
    if column.kind != "text" or spread.are_names or spread.categories is None or not here.texts:
        return []
    if here.categories is None:
        return [
            found(
                RowsFinding.many_values,
                column=here.name,
                about=None if here.is_distinct_exact else Phrase("estimated"),
                distinct=here.distinct,
                known=len(spread.categories),
            )
        ]
    unseen = {
        text: here.category_rows[value]
        for value, text in here.categories.items()
        if text not in spread.categories
    }
    if not unseen:
        return []
    rows, most = sum(unseen.values()), sorted(unseen, key=lambda text: -unseen[text])[:_MOST_SHOWN]
    more = len(unseen) - len(most)
    return [
        found(
            RowsFinding.unseen_values,
            is_mild=rows <= _FEW * here.present,
            column=here.name,
            rows=rows,
            present=here.present,
            values=[Phrase("in_rows", word=text, rows=unseen[text]) for text in most],
            more=Phrase("and_others", others=more) if more else None,
        )
    ]


def _is_sampled(spread: Spread, difference: Phrase) -> bool:
    """Whether the training's side of the difference was counted in a sample of its rows."""
    is_of_numbers = difference.key in {"at_most", "below"}
    return is_of_numbers and spread.numbers is not None and spread.numbers.is_sample


def _same_rows(rows: RowsProfile) -> list[Finding]:
    hashes, count = rows.profile.row_hashes, rows.profile.rows
    features = hashes.features
    if count >= _FEWEST_ALIKE and len(features) and (features == features[0]).all():
        return [found(RowsFinding.all_alike, sampled=not hashes.is_exact, rows=count)]
    repeated = repetition(hashes)
    if not repeated.duplicates:
        return []
    return [
        found(
            RowsFinding.repeated_rows,
            sampled=not repeated.exact,
            repeated=repeated.duplicates,
            rows=count,
        )
    ]
