"""What is to be said of the two files side by side."""

from lambdas.check.findings.catalogue.pair_finding import PairFinding
from lambdas.check.findings.date_findings import date_pair_findings
from lambdas.check.findings.finding import Finding, of_file
from lambdas.check.findings.found import found
from lambdas.check.findings.name_guesses import name_guesses
from lambdas.check.findings.reading_findings import words_in_rows
from lambdas.check.profile.column_profile import ColumnProfile
from lambdas.check.profile.pair_profile import PairProfile
from lambdas.check.profile.row_names import is_identifier
from lambdas.check.reading.fact import Phrase
from lambdas.check.reading.missing_words import NO_NUMBERS
from lambdas.check.reading.nearest_name import matched_names

# Up to this share, values of the wrong kind in the test file are read as missing.
_STRAY_SHARE = 0.05
_MANY_UNSEEN = 0.2
_MANY_REPEATED = 0.1
_MANY_CONFLICTS = 0.05
_MOST_MET = 5
# Fewer rows of one class are no wonder.
_FEWEST_ALIKE = 10
# Halves of one table may differ by a row or two.
_CLEARLY_MORE = 1.1


def pair_findings(pair: PairProfile) -> list[Finding]:
    """The findings on columns, kinds, values and rows that the two files share or do not share."""
    findings = _column_findings(pair)
    for name, test in pair.test.columns.items():
        train = pair.train.columns.get(name)
        if train is None or name in pair.roles.unlearned:
            continue
        findings += _kinds(pair, train, test)
        if name == pair.target:
            findings += _classes(pair, train, test)
            findings += _placeholders(pair, train, test) + _one_value(pair, train, test)
        elif train.present and not test.present:
            findings.append(
                found(
                    PairFinding.empty_in_test,
                    column=name,
                    train=pair.train.file,
                    present=train.present,
                )
            )
        else:
            findings += _categories(pair, train, test)
            findings += date_pair_findings(train, test, pair.train.file)
    of_test = of_file(pair.test.file, findings + _label_findings(pair) + _more_rows(pair))
    if any(name not in pair.test.columns for name in pair.features):
        # Rows were compared by the columns that both files have, which makes too many alike.
        return of_test
    return (
        of_test
        + of_file(pair.test.file, _shared_rows(pair))
        + of_file(pair.train.file, _repeated_rows(pair))
    )


def _column_findings(pair: PairProfile) -> list[Finding]:
    missing = [name for name in pair.features if name not in pair.test.columns]
    named = {name for _, name in pair.roles.named}
    extra = [name for name in pair.test.columns if name not in {*pair.train.columns, *named}]
    findings = []
    if missing:
        findings.append(
            found(
                PairFinding.columns_missing_in_test,
                count=len(missing),
                train=pair.train.file,
                missing=missing,
                guesses=name_guesses(missing, extra),
            )
        )
    if extra:
        findings.append(
            found(
                PairFinding.extra_columns_in_test,
                count=len(extra),
                train=pair.train.file,
                extra=extra,
            )
        )
    return findings


def _kinds(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    if train.kind == "number" and test.texts:
        few = test.texts <= _STRAY_SHARE * test.present
        return [
            found(
                PairFinding.kinds_differ,
                case="form" if train.reading.form else "texts",
                is_mild=few,
                column=train.name,
                texts=test.texts,
                present=test.present,
                examples=test.examples,
                train=pair.train.file,
                written=train.examples[0] if train.examples else "",
                effect=Phrase("read_as_missing", texts=test.texts) if few else None,
            )
        ]
    if train.is_date and test.kind == "text" and not test.is_date:
        return [_not_dates(pair, train, test)]
    if train.kind == "text" and test.kind == "number" and not train.numbers:
        return [
            found(
                PairFinding.kinds_differ,
                case="numbers",
                is_mild=True,
                column=train.name,
                train=pair.train.file,
            )
        ]
    return []


def _not_dates(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> Finding:
    others = test.dates.others or test.examples
    # Dates may be written in ways that nobody has thought of, but never without a digit.
    texts = [*others, *(test.categories or {}).values()]
    perhaps = test.dates.count or any(sign.isdigit() for text in texts for sign in text)
    return found(
        PairFinding.kinds_differ,
        case="dates",
        is_mild=bool(perhaps),
        column=train.name,
        texts=test.present - test.dates.count,
        present=test.present,
        examples=others,
        train=pair.train.file,
        effect=Phrase("mean_date") if train.is_read_as_dates else None,
    )


def _classes(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    if pair.problem_type == "regression" or not train.counts_every_value:
        return []
    in_test = test.spellings if train.kind == "text" else test.values
    findings = []
    if met := _met(train, test):
        findings.append(
            found(PairFinding.met_labels, column=train.name, train=pair.train.file, met=met)
        )
    unknown = [value for value in in_test if value not in train.values]
    if unknown and len(unknown) == len(in_test):
        findings.append(
            found(
                PairFinding.no_known_class,
                column=train.name,
                train=pair.train.file,
                unknown=unknown,
                known=list(train.values),
            )
        )
    elif unknown:
        findings.append(
            found(
                PairFinding.unknown_classes,
                column=train.name,
                rows=sum(in_test[value] for value in unknown),
                count=len(unknown),
                train=pair.train.file,
                unknown=unknown,
            )
        )
    return findings


def _met(train: ColumnProfile, test: ColumnProfile) -> list[Phrase]:
    """The first values that are the train file's, written differently."""
    met = {s: value for s, value in test.reading.same.items() if s not in train.reading.same}
    return [Phrase("one", spelling=s, value=value) for s, value in met.items()][:_MOST_MET]


def _placeholders(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    """What stands in the test file where the true value is not known."""
    known = NO_NUMBERS if train.kind == "number" else train.reading.missing or frozenset()
    rows = {
        w: test.words.get(w, test.missing) for w in test.reading.missing or () if w not in known
    }
    rows = {
        word: count
        for word, count in rows.items()
        if count and (word in test.words or not test.present)
    }
    if not rows:
        return []
    return [
        found(
            PairFinding.placeholder_labels,
            column=train.name,
            train=pair.train.file,
            words=words_in_rows(rows),
            count=len(rows),
        )
    ]


def _one_value(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    if test.distinct != 1 or test.present < _FEWEST_ALIKE or train.distinct < 2:
        return []
    return [
        found(
            PairFinding.one_value_in_test,
            column=train.name,
            only=next(iter(test.values)),
            train=pair.train.file,
            distinct=train.distinct,
        )
    ]


def _categories(pair: PairProfile, train: ColumnProfile, test: ColumnProfile) -> list[Finding]:
    findings = []
    if met := _met(train, test):
        findings.append(
            found(PairFinding.met_categories, column=train.name, train=pair.train.file, met=met)
        )
    names_rows = train.is_date or train.is_free_text or is_identifier(train)
    if train.kind != "text" or names_rows or train.categories is None or not test.categories:
        return findings
    unseen = [text for value, text in test.categories.items() if value not in train.categories]
    if not unseen:
        return findings
    findings.append(
        found(
            PairFinding.unseen_categories,
            is_mild=len(unseen) <= _MANY_UNSEEN * len(test.categories),
            column=train.name,
            count=len(unseen),
            categories=len(test.categories),
            beside=Phrase("numbers") if train.numbers or test.numbers else None,
            train=pair.train.file,
            unseen=unseen,
        )
    )
    return findings


def _label_findings(pair: PairProfile) -> list[Finding]:
    test = pair.test.columns.get(pair.target)
    if test is None:
        extra = [name for name in pair.test.columns if name not in pair.train.columns]
        near = matched_names([pair.target], extra).get(pair.target)
        return [
            found(
                PairFinding.no_labels_in_test,
                case="renamed" if near else "none",
                is_mild=near is None,
                column=pair.target,
                near=near,
                target=pair.target,
            )
        ]
    if not test.present:
        if _placeholders(pair, pair.train.columns[pair.target], test):
            return []
        return [
            found(PairFinding.no_labels_in_test, case="empty", is_mild=True, column=pair.target)
        ]
    if not test.missing:
        return []
    return [
        found(
            PairFinding.labels_partly_missing_in_test,
            column=pair.target,
            missing=test.missing,
            rows=test.rows,
        )
    ]


def _shared_rows(pair: PairProfile) -> list[Finding]:
    if not pair.overlap:
        return []
    if pair.has_same_rows:
        return [found(PairFinding.same_rows, rows=pair.test.rows, train=pair.train.file)]
    return [
        found(
            PairFinding.rows_in_both_files,
            sampled=not pair.overlap_is_exact,
            shared=pair.overlap,
            rows=pair.test.rows,
            train=pair.train.file,
        )
    ]


def _more_rows(pair: PairProfile) -> list[Finding]:
    rows, train_rows = pair.test.estimated_rows, pair.train.estimated_rows
    # A file to be predicted alone may be as large as it is.
    if not pair.has_labels or rows <= _CLEARLY_MORE * train_rows:
        return []
    return [
        found(PairFinding.larger_test_file, rows=rows, train_rows=train_rows, train=pair.train.file)
    ]


def _repeated_rows(pair: PairProfile) -> list[Finding]:
    findings = []
    repetition, rows = pair.repetition, pair.train.rows
    if repetition.duplicates:
        findings.append(
            found(
                PairFinding.duplicate_rows,
                is_mild=repetition.duplicates <= _MANY_REPEATED * rows,
                sampled=not repetition.exact,
                repeated=repetition.duplicates,
                rows=rows,
            )
        )
    if repetition.conflicts and pair.problem_type != "regression":
        findings.append(
            found(
                PairFinding.conflicting_rows,
                is_mild=repetition.conflicts <= _MANY_CONFLICTS * rows,
                column=pair.target,
                sampled=not repetition.exact,
                rows=repetition.conflicts,
            )
        )
    return findings
