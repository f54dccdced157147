import { choice, integer, optionalSection, requiredScalar, scalar, section, text, toggle } from "./fields.js";

export const serverSection = section("The port that clients come to.", {
  host: text("127.0.0.1", "The address that the gateway is bound to; `0.0.0.0` or `::` for all."),
  port: integer(8080, 0, 65_535, "Its port; 0 for any free one, which is printed."),
  socket: scalar("pathOrNull", null, "A Unix socket, instead of `host` and `port`."),
  tls: optionalSection(
    "TLS towards clients; else cleartext. The files are read again when they change, for connections that come then.",
    {
      cert: requiredScalar("path", "PEM file of the certificate, the authorities between it and the root behind it."),
      key: requiredScalar("path", "PEM file of its private key."),
      clientCa: scalar(
        "pathOrNull",
        null,
        "PEM file of authorities: only clients that show a certificate which one of them signed may connect (mutual TLS).",
      ),
      minVersion: choice(["TLSv1.2", "TLSv1.3"], "The lowest version that is spoken."),
    },
  ),
  http2: section("HTTP/2 beside HTTP/1.1 on the same port: by ALPN with TLS, else by prior knowledge (h2c).", {
    enabled: toggle(true, "Whether it is spoken."),
    maxStreams: integer(128, 1, 65_535, "The most requests that one connection may have open at a time."),
  }),
  workers: scalar(
    "workers",
    1,
    "How many processes of `portico serve` serve the port; `auto` is one for each core. Limits and budgets of upstreams hold for each of them.",
  ),
  ignoreTrailingSlash: toggle(false, "Whether `/v1/users/` is served as `/v1/users`; else it is another path."),
  limits: section("What a request may cost.", {
    url: scalar("size", "16KiB", "The longest request target; longer ones are refused with 414."),
    headers: scalar("size", "16KiB", "The largest header section; larger ones are refused with 431."),
    body: scalar("size", "4MiB", "The largest request body; larger ones are refused with 413."),
    reply: scalar("size", "4MiB", "The largest message that an upstream may answer with."),
    requestTimeout: scalar(
      "duration",
      "60s",
      "How long a client may take to send its whole request; slower ones are refused with 408.",
    ),
  }),
  shutdownGrace: scalar(
    "durationOrZero",
    "10s",
    "How long requests in flight may take to finish after SIGTERM or SIGINT; then they are cut off.",
  ),
  requestId: section("The identifier under which a request is found in the logs.", {
    header: scalar("headerName", "x-request-id", "The header that carries it, in requests, replies and calls."),
    accept: toggle(true, "Whether the identifier that a client sends is kept; else every request gets a new one."),
  }),
});
