"""Which Codefree this is: the package, the template and ``codefree --version`` say it."""

VERSION = "0.8.0"
