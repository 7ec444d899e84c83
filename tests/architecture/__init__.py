"""The rules of the house (docs/architecture.md) that no other tool holds."""
