"""People: one shared user per e-mail address, however many municipalities and companies they work with."""
