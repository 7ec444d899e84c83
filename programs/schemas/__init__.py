"""The municipalities' schemas: made from one prepared script, changed by one batched executor."""
