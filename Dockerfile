# Two stages: what is needed to install stays behind.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt \
 && /venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home pullcord
COPY --from=build /venv /venv
WORKDIR /app
COPY bot/ bot/
COPY handlers/ handlers/
# Compiled once here, and not at each start.
RUN python -m compileall -q bot handlers
COPY policy.yml /data/policy.yml
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PULLCORD_HOST=0.0.0.0 \
    PULLCORD_DATABASE_URL=sqlite:////data/pullcord.db \
    PULLCORD_POLICY_FILE=/data/policy.yml
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
