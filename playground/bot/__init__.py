"""The real bot as a child process of the demo, with a folder of its own."""
