"""How requests of Slack get in: signed HTTP, Socket Mode, and installing by OAuth."""
