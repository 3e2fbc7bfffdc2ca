"""``codefree doctor``: what AWS itself says of the template, the account and the stack.

It reads, and changes nothing. Its calls are free but for a few requests to S3,
which cost less than a thousandth of a cent.
"""
