"""The sentences of each surface, as translators find them."""
