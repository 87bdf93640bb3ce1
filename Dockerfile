# allo-keyscan with git, for a user without rights: docker run --rm -v "$PWD:/src:ro" IMAGE scan
FROM python:3.13-slim AS build
COPY pyproject.toml README.md LICENSE allo-keyscan.schema.json /build/
COPY allo_keyscan /build/allo_keyscan
COPY man /build/man
COPY rules /build/rules
RUN python -m venv /opt/allo-keyscan && /opt/allo-keyscan/bin/pip install --no-cache-dir --disable-pip-version-check /build

FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
# What is mounted belongs to somebody else, and git would refuse to read it.
RUN git config --system --add safe.directory '*'
RUN useradd --create-home --uid 1000 keyscan
COPY --from=build /opt/allo-keyscan /opt/allo-keyscan
ENV PATH="/opt/allo-keyscan/bin:$PATH"
ENV PYTHONDONTWRITEBYTECODE=1
USER keyscan
WORKDIR /src
RUN allo-keyscan --version && git --version
ENTRYPOINT ["allo-keyscan"]
CMD ["--help"]
