"""A grpcio (C-core) server for test:interop: the byte echo that test/interop asks for, without generated code.

It prints "listening on PORT" and serves until its standard input ends. With two arguments, the PEM files of a
certificate and its key, it speaks TLS. In the environment MAX_CONNECTION_AGE_MS ends connections at that age, and PORT is
the port, any free one without it. REFLECTED_SET is a descriptor set whose services server reflection (grpcio-reflection,
which has v1alpha alone) tells of.
"""

import os
import sys
from concurrent import futures

import grpc

CODES = {code.value[0]: code for code in grpc.StatusCode}


def serve(request_or_iterator, context, unary):
    asked = list(context.invocation_metadata())
    first = dict(reversed(asked))
    context.set_trailing_metadata([(k, v) for k, v in asked if k.startswith("x-echo-trailer")])
    if "x-compress" in first:
        context.set_compression(grpc.Compression.Gzip)
    headers = [(k, v) for k, v in asked if k.startswith("x-echo-header")]
    if headers:
        context.send_initial_metadata(headers)
    if "x-hang" in first:
        done = futures.Future()
        if context.add_callback(lambda: done.set_result(None)):
            done.result()
        return
    if not (unary and "x-code" in first):
        yield from request_or_iterator
    if "x-code" in first:
        context.abort(CODES[int(first["x-code"])], first.get("x-message-bin", b"").decode())


def call_unary(request, context):
    # None stands for no message: the call was given up, or abort has raised by then.
    return next(iter(serve([request], context, True)), None)


def call_stream(requests, context):
    return serve(requests, context, False)


def watch_health(_request, _context):
    # HealthCheckResponse { status: SERVING }, then nothing more: it does not change.
    yield b"\x08\x01"
    futures.Future().result(timeout=600)


HANDLERS = (
    grpc.method_handlers_generic_handler(
        "test.Echo",
        {
            "Unary": grpc.unary_unary_rpc_method_handler(call_unary),
            "Stream": grpc.stream_stream_rpc_method_handler(call_stream),
        },
    ),
    grpc.method_handlers_generic_handler(
        "grpc.health.v1.Health", {"Watch": grpc.unary_stream_rpc_method_handler(watch_health)}
    ),
)


def add_reflection(server, name):
    from google.protobuf import descriptor_pb2, descriptor_pool
    from grpc_reflection.v1alpha import reflection

    with open(name, "rb") as file:
        described = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for each in described.file:
        pool.Add(each)
    services = [f"{each.package}.{service.name}" for each in described.file for service in each.service]
    reflection.enable_server_reflection([*services, reflection.SERVICE_NAME], server, pool=pool)


def main(arguments):
    options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]
    age = os.environ.get("MAX_CONNECTION_AGE_MS")
    if age is not None:
        options += [("grpc.max_connection_age_ms", int(age)), ("grpc.max_connection_age_grace_ms", 60_000)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=options)
    server.add_generic_rpc_handlers(HANDLERS)
    if "REFLECTED_SET" in os.environ:
        add_reflection(server, os.environ["REFLECTED_SET"])
    address = f"127.0.0.1:{os.environ.get('PORT', '0')}"
    if len(arguments) == 2:
        certificate, key = (open(name, "rb").read() for name in arguments)
        port = server.add_secure_port(address, grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port(address)
    server.start()
    print(f"listening on {port}", flush=True)
    sys.stdin.read()
    # Threads that still wait would hold up the end.
    os._exit(0)


main(sys.argv[1:])
