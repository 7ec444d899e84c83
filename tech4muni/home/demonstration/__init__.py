"""The demonstration: real municipalities with invented people, made through the product's own services."""
