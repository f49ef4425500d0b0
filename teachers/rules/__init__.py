"""Pure rules of teachers and postings."""
