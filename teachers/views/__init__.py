"""Pages of teachers and postings."""
