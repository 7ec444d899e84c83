"""Who gets what answer from which URL: one table for the whole product."""
