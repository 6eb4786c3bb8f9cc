"""Reading what a visitor writes while booking a consultation. Pure functions; none of them raises on any text."""
