"""PostgreSQL and Valkey from wheels, for development, the demonstration and the tests.

Standard library only, and no Django: the launchers and the settings both import it.
"""
