"""What holds for all tests."""

import os

# pytest-xdist tells its workers of 80 columns, in which tables for people lose their words.
os.environ["COLUMNS"] = "200"
