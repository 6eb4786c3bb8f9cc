"""The project's own errors. Each message says what is wrong and what the person who can mend it should do."""


class AssistantError(Exception):
    """Anything that this project raises on purpose."""


class ConfigurationError(AssistantError):
    """A setting or a file of the installation is wrong; the operator can mend it. The message names the setting."""
