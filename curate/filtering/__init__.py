"""Quality scores of rows, and the rules by which rows are kept."""
