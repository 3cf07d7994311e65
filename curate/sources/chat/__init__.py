"""Exports of chats, and the one way in which messages become conversations."""
