"""Setting up and running the three processes: gateway, assistant, actions."""
