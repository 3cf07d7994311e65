"""Documents: notes, pages, notebooks, workbooks and databases."""
