"""The plots: as vector graphics in the report, and as the pictures beside it."""
