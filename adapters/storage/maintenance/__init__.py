"""What changes a whole database: upgrade, backup, restore, the lock of its one process."""
