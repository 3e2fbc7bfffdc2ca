"""The door of local mode: who may come in, told before moto's server sees a request.

Whoever may write to the bucket runs code as the person who typed ``codefree up``. So a request must
come from this machine's own programs (``visitors.py``), carry a signature (``signature.py``) made
with the home's key or a role's session, over what is really asked for (``signers.py``,
``bodies.py``), or it is refused in AWS's words (``refusal.py``).
"""
