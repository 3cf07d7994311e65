"""Conversations with an assistant, as the service gives them to its user."""
