"""People: how they log in, what they may be in a municipality, how they are invited, and how coordinators visit."""
