"""New rows: predicted and written beside their own columns, counted, and scored where possible."""
