"""Notices to staff, by e-mail and webhook: written down with what they tell of, retried until they are delivered."""
