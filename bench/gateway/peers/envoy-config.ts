import { service } from "../answers.js";

/** Envoy's configuration for the bench: one listener, the transcoder with the samples' protos, one HTTP/2 cluster. */
export function envoyConfig(port: number, upstreamPort: number, descriptors: string): object {
  const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;
  const address = (to: number): object => ({ socket_address: { address: "127.0.0.1", port_value: to } });
  const transcoder = {
    "@type": type("filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder"),
    proto_descriptor: descriptors,
    services: [service],
    print_options: { stream_newline_delimited: true },
    // The reply of 100 KB and its JSON at once.
    max_response_body_size: 4_194_304,
  };
  const manager = {
    "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "bench",
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "upstream" } }] },
      ],
    },
    http_filters: [
      { name: "transcoder", typed_config: transcoder },
      { name: "router", typed_config: { "@type": type("filters.http.router.v3.Router") } },
    ],
  };
  const http2 = {
    "@type": type("upstreams.http.v3.HttpProtocolOptions"),
    explicit_http_config: { http2_protocol_options: {} },
  };
  return {
    static_resources: {
      listeners: [
        {
          name: "bench",
          address: address(port),
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
        },
      ],
      clusters: [
        {
          name: "upstream",
          type: "STATIC",
          typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
          load_assignment: {
            cluster_name: "upstream",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }],
          },
        },
      ],
    },
  };
}
