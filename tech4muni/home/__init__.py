"""The top of the house: a municipality's home, the coordinators' admin, reports. It may import every app."""
