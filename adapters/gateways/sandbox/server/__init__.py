"""A payment gateway to try everything with: a hosted page, an API, signed callbacks, no money."""
