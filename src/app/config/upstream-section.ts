import { choice, list, requiredScalar, scalar, section, switchedSection } from "./fields.js";

export const upstreamSection = section("One upstream.", {
  target: requiredScalar(
    "target",
    "Where it is: `host:port`, `dns:///host:port`, `ipv4:a:port,b:port`, `ipv6:[a]:port` or `unix:path`.",
  ),
  services: list(
    "servicePattern",
    ["*"],
    "The services that it serves: `shop.v1.Orders`, `shop.v1.*` (the package and those inside it) or `*`. The most specific pattern of all upstreams wins.",
  ),
  deadline: scalar(
    "durationOrNone",
    "30s",
    "How long a call may take where the client sends neither `grpc-timeout` nor `x-server-timeout`.",
  ),
  maxDeadline: scalar("durationOrNone", "5m", "The longest time that a client may ask for; more is cut to it."),
  transport: choice(
    ["http2", "grpc-js"],
    "Who speaks HTTP/2 to it: `http2` is the gateway's own client, `grpc-js` the package @grpc/grpc-js.",
  ),
  tls: switchedSection(
    "TLS towards it: `true` with the system's certificate authorities; the keys below for more; else cleartext.",
    {
      ca: scalar("pathOrNull", null, "PEM file of the authorities to trust instead of the system's."),
      cert: scalar("pathOrNull", null, "PEM file of the certificate that the gateway shows (mutual TLS)."),
      key: scalar("pathOrNull", null, "PEM file of its private key."),
      serverName: scalar(
        "serverName",
        null,
        "The name that the upstream's certificate must have; else the target's host.",
      ),
    },
  ),
});
