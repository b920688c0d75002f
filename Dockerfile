# The playground as an image. Anyone who reaches its port may use it, so publish that on loopback:
#
#   docker build -t playground .
#   docker run --rm -p 127.0.0.1:8000:8000 -v playground:/data playground
#
# With RunComfy instead of the simulator: add -e RUNCOMFY_TOKEN.

FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/playground
COPY requirements.lock ./
RUN /opt/playground/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY templates templates
COPY static static
RUN /opt/playground/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 playground \
  && install --directory --owner=playground --mode=700 /data
COPY --from=build /opt/playground /opt/playground
ENV PATH=/opt/playground/bin:$PATH \
  PYTHONUNBUFFERED=1 \
  PLAYGROUND_DATA_DIR=/data \
  PLAYGROUND_HOST=0.0.0.0 \
  PLAYGROUND_PORT=8000 \
  PLAYGROUND_OPEN_TO_NETWORK=1
USER playground
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PLAYGROUND_PORT'] + '/healthz', timeout=4)"]
CMD ["playground", "serve"]
