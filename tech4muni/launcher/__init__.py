"""What `bin/demo` and `bin/test` do.

`console` and `environment` run before anything is installed, so they use the standard library only and import each
other relatively: the two commands import them as the package `launcher`, since `tech4muni` itself needs Celery.
"""
