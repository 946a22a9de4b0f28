-- Top-ups from :first to :last that wait for their payment: each with a card that is shown, a
-- checkout and its lanes. The numbers come from `series`, which whoever runs this puts in front.

INSERT INTO top_ups (
    id, account, amount_minor, fee_minor, currency, method, gateway, merchant_account, mode, status,
    revision, requester, card, created_at, expires_at, watched_until
)
SELECT
    'TU-' || n, 'account-' || (n % :accounts), 5000, 75, 'USD', 'card', 'sandbox',
    'sandbox_merchant', 'sandbox', 'awaiting_payment', 1, 'telegram:9:' || n,
    CAST(1000000000000000 + n AS text), :now, :expires, :watched
FROM series;

INSERT INTO attempts (id, top_up, revision, gateway, created_at, checkout_ref, url)
SELECT
    'attempt-' || n, 'TU-' || n, 1, 'sandbox', :now, CAST(n AS text),
    'https://pay.example.com/' || n
FROM series;

INSERT INTO cards (
    id, platform, tenant, chat, person, locale, zone, subject, wanted_view, wanted_rev, shown_rev,
    message_chat, message_id
)
SELECT
    CAST(1000000000000000 + n AS text), 'telegram', '9', CAST(n AS text), CAST(n AS text), 'en',
    'UTC', 'TU-' || n, :view, 1, 1, CAST(n AS text), '1'
FROM series;

INSERT INTO lanes (kind, key, claimable_at)
SELECT 'expire', 'TU-' || n, :expires FROM series;

INSERT INTO lanes (kind, key, claimable_at)
SELECT 'reconcile', 'TU-' || n, :soon + 1000000 * (n % 3600) FROM series;
