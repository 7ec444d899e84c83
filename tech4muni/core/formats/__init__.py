"""How days, times and numbers are written: one package per language, read by Django (FORMAT_MODULE_PATH)."""
