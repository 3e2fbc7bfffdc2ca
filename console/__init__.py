"""The console: one page in the browser for all that people do with a stack, without a terminal.

It reaches everything through AWS's own APIs, by :mod:`operate`, so it is the same page for local
mode and for a stack in an account.
"""
