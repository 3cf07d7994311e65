"""Training on dataset folders: recipe → plan → run."""
