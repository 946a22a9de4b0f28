"""Top-ups, payments, refunds and accounts: what moves money, and what checks that it moved."""
