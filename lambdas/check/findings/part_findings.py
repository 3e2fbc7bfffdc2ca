"""Findings on the two parts of a single file, told as such."""

from dataclasses import replace

from lambdas.check.findings.finding import Finding
from lambdas.check.profile.pair_profile import Part
from lambdas.check.reading.fact import Phrase

# What stands for the name of a file while its parts are compared.
PART_NAMES: dict[Part, str] = {"train": "rows to learn from", "test": "rows to test with"}


def told_of_parts(findings: list[Finding], file: str) -> list[Finding]:
    """The findings on files with the names of the parts, as findings on these parts of ``file``."""
    parts = {name: part for part, name in PART_NAMES.items()}
    told = []
    for finding in findings:
        facts = dict(finding.facts)
        if facts.get("train") == PART_NAMES["train"]:
            facts["train"] = Phrase("rows_to_learn_from")
        part = parts.get(finding.file)
        told.append(replace(finding, file=file, part=part, facts=facts))
    return told
