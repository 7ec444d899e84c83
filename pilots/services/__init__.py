"""What is done in pilots: a function per verb; the municipality's schema is active in all of them."""
