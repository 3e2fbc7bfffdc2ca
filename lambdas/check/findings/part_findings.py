"""Findings on the two parts of a single file, told as such."""

from dataclasses import replace

from lambdas.check.findings.finding import Finding
from lambdas.check.profile.pair_profile import Part
from lambdas.check.reading.fact import Phrase

# While the parts are compared, these stand for the names of files.
PARTS: tuple[Part, ...] = ("train", "test")


def told_of_parts(findings: list[Finding], file: str) -> list[Finding]:
    """The findings on files with the names of the parts, as findings on these parts of ``file``."""
    told = []
    for finding in findings:
        facts = dict(finding.facts)
        if facts.get("train") == "train":
            facts["train"] = Phrase("rows_to_learn_from")
        part = next((part for part in PARTS if part == finding.file), None)
        told.append(replace(finding, file=file, part=part, facts=facts))
    return told
