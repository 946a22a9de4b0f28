"""What every emulator uses: its clock, faults, event stream, files of its owner."""
