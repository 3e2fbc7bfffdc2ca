"""Every error that a step raises on purpose; the state machine matches them by class name.

Lambda's Python runtime turns an exception into ``errorType`` (the class name) and ``errorMessage``
(its text), and Step Functions matches ``errorType`` in ``ErrorEquals``
(AWS documentation, "Handling error conditions in Step Functions workflows").
"""


class PairRejected(Exception):
    """The uploaded files can't be trained on; the text says what to repair. Never retried."""


class UploadMisnamed(PairRejected):
    """An upload's name does not tell which pair it belongs to; the text says what to call it."""


class RowsRejected(Exception):
    """The uploaded rows can't be predicted; the text says what to repair. Never retried."""


class CodeUnusable(Exception):
    """The training code in the bucket can't be run; a redrive takes the code that is there then."""


class ModelUnusable(Exception):
    """The approved model, or what tells about it, is not there; the text says what to do."""


class BudgetTooSmall(Exception):
    """No instance type keeps the cost within what it may be; the text names a budget that does."""


class JobFailed(Exception):
    """A training or evaluation job failed, and only a person can help."""


class ResultsMissing(Exception):
    """A job ended without its results, which its program should have written."""


class KeptDataBroken(Exception):
    """What Codefree keeps for itself in the bucket holds something that it did not write."""


class NotAllowed(Exception):
    """AWS denied a step what the template gives it; the text says what, and what to fix."""


class AlreadyHandled(Exception):
    """Another execution has taken over this run's files; caught, so that nothing is paid twice."""


class TryAgain(Exception):
    """Something that passes by itself, such as two writes that collided. Retried with backoff."""
