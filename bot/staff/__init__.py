"""Those who work at the console: accounts, second factors, sessions, lock-out, the audit log, and redaction."""
