-- The callback that told of the payment of top-up :n, stored once and worked off.

INSERT INTO deliveries (source, sender_id, lane, body, received_at, done_at)
VALUES (
    'gateway/sandbox', 'event-' || CAST(:n AS text), 'sandbox|' || CAST(:n AS text), '{}', :now,
    :now
)
ON CONFLICT DO NOTHING;
