# Production image: web, worker and beat differ in their command only (compose.yaml).
FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/register
COPY requirements.lock /tmp/
RUN /opt/register/bin/pip install --no-cache-dir --require-hashes --no-deps -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/register/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 REGISTRY_STATIC_ROOT=/srv/static
RUN useradd --system --uid 10001 register
COPY --from=packages /opt/register /opt/register
WORKDIR /srv/register
COPY manage.py pyproject.toml ./
COPY registry registry
COPY appeals appeals
COPY notifications notifications
COPY templates templates
RUN python manage.py collectstatic --noinput --verbosity 0
USER register
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"
CMD ["gunicorn", "--config", "python:registry.config.gunicorn", "--bind", "0.0.0.0:8000"]
