"""Long texts, kept short enough to hold thousands of them and still told apart."""

import hashlib

# A longer text is kept as its beginning and a digest of the whole.
LONGEST_KEPT = 200
_BEGINNING = 180


def kept_text(text: str) -> str:
    """``text``, or what stands for it if it is long; different texts stay different."""
    if len(text) <= LONGEST_KEPT:
        return text
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
    return f"{text[:_BEGINNING]}… {digest}"
