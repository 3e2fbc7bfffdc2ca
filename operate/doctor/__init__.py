"""``codefree doctor``: what AWS itself says of the template, the account and the stack.

It reads, and changes nothing. Every call is free of charge.
"""
