// A grpc-go server for test:interop: the byte echo that test/interop asks for, without generated code.
//
// It prints "listening on PORT" and serves until its standard input ends. With two arguments, the PEM files of a
// certificate and its key, it speaks TLS. In the environment MAX_CONNECTION_AGE_MS ends connections at that age, and PORT
// is the port, any free one without it. REFLECTED_SET is a descriptor set whose services server reflection tells of.
package main

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// raw hands bytes through; everything else (the health service) is what the proto codec of grpc-go makes of it.
type raw struct{ bytes []byte }

func main() {
	var options []grpc.ServerOption
	if len(os.Args) == 3 {
		pair, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, grpc.Creds(credentials.NewServerTLSFromCert(&pair)))
	}
	if age := os.Getenv("MAX_CONNECTION_AGE_MS"); age != "" {
		milliseconds, err := strconv.Atoi(age)
		if err != nil {
			log.Fatal(err)
		}
		options = append(options, grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionAge:      time.Duration(milliseconds) * time.Millisecond,
			MaxConnectionAgeGrace: time.Minute,
		}))
	}
	options = append(options,
		grpc.ForceServerCodecV2(codec{}),
		grpc.UnknownServiceHandler(serve),
		grpc.MaxRecvMsgSize(64<<20))
	server := grpc.NewServer(options...)
	healths := health.NewServer()
	healthpb.RegisterHealthServer(server, healths)
	if set := os.Getenv("REFLECTED_SET"); set != "" {
		addReflection(server, set)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "0"))
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

// serve answers every method of test.Echo; the request's metadata say how.
func serve(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	if !strings.HasPrefix(method, "/test.Echo/") {
		return status.Error(codes.Unimplemented, "no such method: "+method)
	}
	in, _ := metadata.FromIncomingContext(stream.Context())
	for name, values := range in {
		if strings.HasPrefix(name, "x-echo-header") {
			stream.SetHeader(metadata.MD{name: values})
		}
		if strings.HasPrefix(name, "x-echo-trailer") {
			stream.SetTrailer(metadata.MD{name: values})
		}
	}
	if len(in["x-compress"]) > 0 {
		if err := grpc.SetSendCompressor(stream.Context(), "gzip"); err != nil {
			return err
		}
	}
	if len(in["x-hang"]) > 0 {
		<-stream.Context().Done()
		return status.FromContextError(stream.Context().Err()).Err()
	}
	for {
		message := &raw{}
		if err := stream.RecvMsg(message); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if method == "/test.Echo/Unary" && len(in["x-code"]) > 0 {
			break
		}
		if err := stream.SendMsg(message); err != nil {
			return err
		}
	}
	if values := in["x-code"]; len(values) > 0 {
		code, _ := strconv.Atoi(values[0])
		return status.Error(codes.Code(code), strings.Join(in["x-message-bin"], ""))
	}
	return nil
}
