"""The two SDKs, imported without what they announce: nothing that the person can act on."""

import os
import warnings

# The two SDKs announce their successors on import.
os.environ["SAGEMAKER_SUPPRESS_V2_WARNING"] = "1"
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    # What their code is warned of when it is compiled, which is when it is first used.
    warnings.filterwarnings("ignore", category=SyntaxWarning)
    import logging

    logging.getLogger("sagemaker.config").setLevel(logging.ERROR)
    from stepfunctions.steps import (
        Catch,
        Chain,
        Choice,
        ChoiceRule,
        Graph,
        Retry,
        Succeed,
        Task,
        Wait,
    )

__all__ = ["Catch", "Chain", "Choice", "ChoiceRule", "Graph", "Retry", "Succeed", "Task", "Wait"]
