"""Emergencies and crises: the approved replies."""
