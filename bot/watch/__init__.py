"""What operators look at: logs, metrics, inspection, diagrams, the exported trail."""
