"""Conversations: lists of messages or turns."""
