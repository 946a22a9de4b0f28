"""What an operator sets, in groups: each reads its own part of the environment and checks it."""
