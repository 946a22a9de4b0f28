-- Accounts from :first to :last, where they are not there yet.

INSERT INTO accounts (id, title, currency, mode, created_at)
SELECT 'account-' || n, 'Team Alpha', 'USD', 'sandbox', :now FROM series
WHERE true
ON CONFLICT DO NOTHING;
