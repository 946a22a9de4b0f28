"""Work that waits in the database: its queue with leases, its failures, its pace."""
