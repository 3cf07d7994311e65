"""Mail: mailboxes, messages, and what in them their sender wrote."""
