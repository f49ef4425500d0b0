"""The writers of intake: receive, stage, review, apply."""
