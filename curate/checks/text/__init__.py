"""Rules about characters and markup."""
