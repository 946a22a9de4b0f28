-- Settling the payment of top-up :n by hand, at :now: the rows that a bot writes, and no more.
-- Names have a slash for our colon, after which pgbench would expect a variable.
-- SQLite leaves the word out that locks a row: there one transaction writes at a time anyway.

SELECT * FROM payments
WHERE gateway = 'sandbox' AND merchant_account = 'sandbox_merchant'
    AND payment_ref = 'pay-' || CAST(:n AS text)
FOR UPDATE;

SELECT * FROM top_ups WHERE id = 'TU-' || CAST(:n AS text)
FOR UPDATE;

INSERT INTO payments (
    gateway, merchant_account, payment_ref, top_up, status, amount_minor, currency, disposition,
    first_seen_at, updated_at
)
VALUES (
    'sandbox', 'sandbox_merchant', 'pay-' || CAST(:n AS text), 'TU-' || CAST(:n AS text), 'paid',
    5075, 'USD', 'applied', :now, :now
);

INSERT INTO transactions (reference, kind, at)
VALUES ('sandbox/sandbox_merchant/pay-' || CAST(:n AS text) || '/credit', 'credit', :now);

INSERT INTO postings (transaction_id, source, destination, amount_minor, currency)
SELECT id, 'gateway/sandbox/sandbox_merchant', 'customer/account-' || CAST(:a AS text), 5000, 'USD'
FROM transactions
WHERE reference = 'sandbox/sandbox_merchant/pay-' || CAST(:n AS text) || '/credit'
UNION ALL
SELECT id, 'gateway/sandbox/sandbox_merchant', 'house/fees', 75, 'USD'
FROM transactions
WHERE reference = 'sandbox/sandbox_merchant/pay-' || CAST(:n AS text) || '/credit';

UPDATE accounts SET balance_minor = balance_minor + 5000
WHERE id = 'account-' || CAST(:a AS text);

UPDATE top_ups SET status = 'credited' WHERE id = 'TU-' || CAST(:n AS text);

UPDATE cards SET wanted_view = :view, wanted_rev = wanted_rev + 1
WHERE id = CAST(1000000000000000 + :n AS text);

INSERT INTO lanes (kind, key, claimable_at)
VALUES ('show', 'telegram|9|' || CAST(:n AS text), :now)
ON CONFLICT DO NOTHING;

INSERT INTO audit (at, actor, act, subject, detail)
VALUES
    (CAST(:now AS bigint), 'gateway/sandbox', 'payment_applied', 'pay-' || CAST(:n AS text), '{}'),
    (CAST(:now AS bigint), 'gateway/sandbox', 'top_up_credited', 'TU-' || CAST(:n AS text), '{}');
