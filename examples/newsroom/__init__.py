"""A small program with the faults that oailint finds. It is here to be checked, not to be copied."""
