-- People from :first to :last, each with an account of their own, on either platform.

INSERT INTO links (account, platform, tenant, kind, external_id, created_at)
SELECT 'account-' || n, 'telegram', '', 'person', CAST(n AS text), :now FROM series;

INSERT INTO links (account, platform, tenant, kind, external_id, created_at)
SELECT 'account-' || n, 'slack', 'T1', 'person', 'U' || n, :now FROM series;
