"""Access Analyzer, which moto lacks."""

from local.gaps.accessanalyzer.policy_validation import SERVICE

__all__ = ["SERVICE"]
