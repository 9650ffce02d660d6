"""討議: what people said, tagged, and what became of it."""
