# Two stages: what is needed to build stays behind. Runs as an ordinary user on a read-only root file system; what the
# service writes goes to /var/lib/chatbot and /tmp (a volume and a tmpfs: docs/operations.md).
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /src
COPY deploy/constraints.txt deploy/constraints.txt
COPY pyproject.toml README.md LICENSE ./
COPY chatbot chatbot
COPY tools tools
RUN python -m venv /opt/venv \
 && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
      --constraint deploy/constraints.txt '.[postgres]' \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib/python3.11/site-packages/chatbot

FROM python:3.11.14-slim-bookworm
LABEL org.opencontainers.image.title="whitebox-chatbot" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 chatbot \
 && useradd --uid 10001 --gid chatbot --no-create-home --home-dir /var/lib/chatbot --shell /usr/sbin/nologin chatbot \
 && install --directory --owner=chatbot --group=chatbot --mode=0700 /var/lib/chatbot
COPY --from=build /opt/venv /opt/venv
WORKDIR /chatbot
COPY chatbot_service_desc.json ./
COPY user_datasets user_datasets
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    HOME=/var/lib/chatbot \
    CHATBOT_STATE_DIR=/var/lib/chatbot
USER 10001:10001
VOLUME ["/var/lib/chatbot"]
EXPOSE 8079
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8079/healthz', timeout=3)"]
CMD ["chatbot", "serve", "--service-desc", "chatbot_service_desc.json", "--host", "0.0.0.0"]
