"""The played payment gateways, side by side."""
