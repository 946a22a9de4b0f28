"""The sandbox: a gateway for trials, with hosted page, signed callbacks and no money."""
