# xen-preflight with what its queue needs. Runs without a shell, without root and on a read-only file system:
#   docker build -t xen-preflight . && docker run --rm --read-only -v /srv/kernels:/srv/kernels:ro xen-preflight scan /srv/kernels
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm pack --pack-destination /tmp
WORKDIR /app
RUN npm init --yes && npm install --ignore-scripts --no-audit --no-fund /tmp/xen-preflight-*.tgz bullmq@6.7.0 ioredis@6.0.0

FROM node:22-bookworm-slim
COPY --from=build /app /app
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["node", "/app/node_modules/xen-preflight/dist/cli/main.js"]
CMD ["--help"]
