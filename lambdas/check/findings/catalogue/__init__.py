"""Every finding: its code, its severity, and all that is said of it, one table a family."""
