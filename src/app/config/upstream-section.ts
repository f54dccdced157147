import { choice, integer, list, number, requiredScalar, scalar, section, switchedSection, toggle } from "./fields.js";
import { ownMetadataSection } from "./own-metadata-section.js";

export const upstreamSection = section("One upstream.", {
  target: requiredScalar(
    "target",
    "Where it is: `host:port`, `dns:///host:port`, `ipv4:a:port,b:port`, `ipv6:[a]:port` or `unix:path`.",
  ),
  services: list(
    "servicePattern",
    ["*"],
    "The services that it serves: `shop.v1.Orders`, `shop.v1.*` (the package and those inside it) or `*`. The most specific pattern of all upstreams wins. Where it is left out and the upstream stands in `schema.reflection`, the services that it lists.",
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
      minVersion: choice(["TLSv1.2", "TLSv1.3"], "The oldest version of TLS that is spoken with it."),
    },
  ),
  ownMetadata: ownMetadataSection,
  balancing: choice(
    ["least_request", "round_robin", "pick_first"],
    "How calls are spread over its addresses: `least_request` takes the less busy of two chosen at random (`grpc-js` has `round_robin` for it), `round_robin` one after the other, `pick_first` one address and the next ones only when it fails.",
  ),
  retry: switchedSection(
    "Calls made again when they fail: `true` for the defaults of the keys below; else none are. Streams are made again only while nothing of their answer is there.",
    {
      codes: list("grpcCode", ["UNAVAILABLE"], "The status codes after which a call is made again."),
      methods: choice(
        ["idempotent", "all"],
        "Which methods: `idempotent` those with `idempotency_level` in their proto and those whose rules are all GET, PUT or DELETE; `all` every one, also those that may then act twice.",
      ),
      attempts: integer(3, 2, 10, "Attempts in all, the first included."),
      backoff: scalar(
        "duration",
        "50ms",
        "The pause before the second attempt; each further one is twice as long, and all are at random up to a fifth shorter or longer.",
      ),
      maxBackoff: scalar("duration", "1s", "The longest pause."),
      perTryTimeout: scalar(
        "durationOrNone",
        "none",
        "How long one attempt of a unary call may take before the next one is made; the deadline holds for all together.",
      ),
      budget: section("What ends retries while the upstream fails much, as gRPC's retry throttling has it.", {
        tokens: integer(
          100,
          1,
          1000,
          "A failed attempt takes one of so many tokens; with half of them or fewer left, no call is made again.",
        ),
        ratio: number(0.1, 0.001, 1, "What a call that succeeds gives back, in tokens."),
      }),
    },
  ),
  maxOpenCalls: scalar(
    "countOrNone",
    "none",
    "The most calls and streams open at a time; those beyond are answered 503 at once.",
  ),
  maxPendingCalls: scalar(
    "countOrNone",
    10_000,
    "The most calls and streams that wait for a connection at a time: because none is there yet, or because all have as many as the upstream allows; those beyond are answered 503 at once. With `transport: grpc-js` those wait that began since the last byte of the upstream.",
  ),
  connectTimeout: scalar(
    "duration",
    "5s",
    "How long a connection may take to be made, TLS and the first HTTP/2 frame included; with `transport: grpc-js` counted from the open socket.",
  ),
  dnsRefresh: scalar(
    "duration",
    "30s",
    "After how long its name is looked up again; where an address fails it is at once, at most once a second.",
  ),
  outliers: switchedSection(
    "Addresses left out for a while when calls to them fail, with `transport: http2`: `true` for the defaults of the keys below; else none are.",
    {
      consecutiveFailures: integer(
        5,
        1,
        1000,
        "So many calls in a row that end as UNAVAILABLE, or in time without a byte from the address.",
      ),
      ejection: scalar(
        "duration",
        "30s",
        "How long the address gets no calls; the n-th time in a row n times as long, up to ten times.",
      ),
      maxShare: number(
        0.5,
        0,
        1,
        "The most addresses that are left out at a time, as a share of all; one always stays.",
      ),
    },
  ),
  compression: choice(["none", "gzip"], "How requests to it are compressed; replies in gzip are read in any case."),
  keepalive: switchedSection(
    "PINGs on quiet connections: `true` for the defaults of the keys below; else only where a call ran out of time without a byte from the upstream.",
    {
      time: scalar(
        "duration",
        "5m",
        "After so long without a byte from the upstream it is asked. Servers end connections that ask more often than they allow, which by gRPC's defaults is every five minutes.",
      ),
      timeout: scalar("duration", "20s", "A connection whose upstream does not answer within this is given up."),
      permitWithoutCalls: toggle(false, "Whether it is asked also while no call is open; the server must allow it."),
    },
  ),
});
