"""Which Codefree this is: the package, the template and ``codefree --version`` say it."""

VERSION = "0.9.0.dev0"
