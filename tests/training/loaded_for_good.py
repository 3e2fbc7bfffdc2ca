"""Importing this module tells Python that nothing of what is loaded by now is garbage.

Where processes are forked for many programs, each would search all the libraries for garbage, which
took a quarter of an evaluation, and copy the memory that they lie in.
"""

import gc

gc.collect()
gc.freeze()
