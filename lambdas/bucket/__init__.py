"""The stack's bucket: where everything lies, and how what Codefree keeps there is read back."""
