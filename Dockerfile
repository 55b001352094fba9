# The gateway and the simulators in one small image; the entry point chooses.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p gateway -p vendor-sim

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home gateway && install -d -o gateway -g gateway -m 0700 /data
COPY --from=build /src/target/release/profile-gateway /src/target/release/vendor-sim /usr/local/bin/
USER gateway
WORKDIR /data
EXPOSE 8080 8081
ENTRYPOINT ["profile-gateway"]
CMD ["serve", "--config", "/etc/profile-gateway/gateway.toml"]
