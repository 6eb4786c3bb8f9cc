"""The patient assistant of a spine clinic."""

__version__ = "0.1.0"
