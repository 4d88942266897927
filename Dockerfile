# Images of Porthole: docker build --target portal|relay|worker|courier|migrate .
# One build stage for all, so that they can never be of different versions. Node 24 is the supported LTS line.
FROM node:24.11.1-bookworm-slim AS build
WORKDIR /src
ENV NX_DAEMON=false NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc nx.json tsconfig.base.json ./
COPY apps/portal/package.json apps/portal/
COPY apps/ws-relay/package.json apps/ws-relay/
COPY apps/pool-worker/package.json apps/pool-worker/
COPY apps/courier/package.json apps/courier/
COPY libs libs
COPY e2e/package.json e2e/
RUN npm ci --no-audit --no-fund
COPY prisma prisma
COPY prisma.config.ts ./
COPY tools tools
RUN npm run generate
COPY apps apps
RUN npm run build && cp -r apps/portal/.next/static apps/portal/.next/standalone/apps/portal/.next/ \
  && cp -r apps/portal/public apps/portal/.next/standalone/apps/portal/

# Only what a bundled app still loads by name.
FROM node:24.11.1-bookworm-slim AS relay-packages
WORKDIR /app
COPY --from=build /src/package.json /src/package-lock.json /src/.npmrc ./
COPY --from=build /src/apps/ws-relay/package.json apps/ws-relay/
COPY --from=build /src/libs libs
RUN npm ci --omit=dev --workspace=@porthole/ws-relay --no-audit --no-fund && rm -rf libs node_modules/@porthole

FROM node:24.11.1-bookworm-slim AS worker-packages
WORKDIR /app
COPY --from=build /src/package.json /src/package-lock.json /src/.npmrc ./
COPY --from=build /src/apps/pool-worker/package.json apps/pool-worker/
COPY --from=build /src/libs libs
RUN npm ci --omit=dev --workspace=@porthole/pool-worker --no-audit --no-fund && rm -rf libs node_modules/@porthole

FROM node:24.11.1-bookworm-slim AS courier-packages
WORKDIR /app
COPY --from=build /src/package.json /src/package-lock.json /src/.npmrc ./
COPY --from=build /src/apps/courier/package.json apps/courier/
COPY --from=build /src/libs libs
RUN npm ci --omit=dev --workspace=@porthole/courier --no-audit --no-fund && rm -rf libs node_modules/@porthole

FROM node:24.11.1-bookworm-slim AS portal
WORKDIR /app
ENV NODE_ENV=production PORTHOLE_PROFILE=production HOSTNAME=0.0.0.0 PORT=3000
COPY --from=build --chown=root:root /src/apps/portal/.next/standalone ./
USER node
EXPOSE 3000
CMD ["node", "apps/portal/server.js"]

FROM node:24.11.1-bookworm-slim AS relay
WORKDIR /app
ENV NODE_ENV=production PORTHOLE_PROFILE=production PORTHOLE_HOST=0.0.0.0 PORTHOLE_PORT=3001
COPY --from=relay-packages /app ./
COPY --from=build /src/apps/ws-relay/dist apps/ws-relay/dist
RUN install -d -o node -g node /var/lib/porthole
USER node
EXPOSE 3001
CMD ["node", "--enable-source-maps", "--max-semi-space-size=1", "apps/ws-relay/dist/main.mjs"]

FROM node:24.11.1-bookworm-slim AS worker
WORKDIR /app
ENV NODE_ENV=production PORTHOLE_PROFILE=production
COPY --from=worker-packages /app ./
COPY --from=build /src/apps/pool-worker/dist apps/pool-worker/dist
USER node
CMD ["node", "--enable-source-maps", "apps/pool-worker/dist/main.mjs"]

FROM node:24.11.1-bookworm-slim AS courier
WORKDIR /app
ENV NODE_ENV=production PORTHOLE_PROFILE=production
COPY --from=courier-packages /app ./
COPY --from=build /src/apps/courier/dist apps/courier/dist
USER node
CMD ["node", "--enable-source-maps", "apps/courier/dist/main.mjs"]

FROM build AS migrate
RUN rm -rf apps .nx && chown -R node:node /src/prisma
USER node
CMD ["node", "--import", "tsx", "tools/migrate.ts"]
