"""How well triage tells emergencies from look-alikes: recall by family with exact bounds, and false alarms."""
