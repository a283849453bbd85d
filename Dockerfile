# One image for the broker and the three services.
FROM python:3.11-slim-bookworm

RUN useradd --uid 10001 --create-home tinbai
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY pyproject.toml README.md ./
COPY schemas schemas
COPY partner partner
COPY services services
COPY stack stack
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

# The system's certificates, to which a site may have added its own.
ENV REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
# The broker's jars and its fast start come with the image: a container fetches nothing.
ENV TINBAI_CACHE=/app/cache TINBAI_DATA=/data TINBAI_HOST=0.0.0.0 PYTHONUNBUFFERED=1
RUN tinbai fetch && mkdir /data && chown tinbai /data /app/cache

USER tinbai
VOLUME /data
CMD ["tinbai", "--help"]
