"""A played Stripe: API, hosted page, dashboard, webhooks."""
