"""Access Analyzer, which moto lacks."""

from local.gaps.accessanalyzer.policy_validation import patch

__all__ = ["patch"]
