"""Mail that leaves the product: written with the change it tells of, sent afterwards, never lost."""
