package main

import (
	"log"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// described are the services of a descriptor set, as if they were registered.
type described struct{ files *protoregistry.Files }

func (d described) GetServiceInfo() map[string]grpc.ServiceInfo {
	services := map[string]grpc.ServiceInfo{}
	d.files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			services[string(file.Services().Get(i).FullName())] = grpc.ServiceInfo{Metadata: file.Path()}
		}
		return true
	})
	return services
}

// addReflection lets grpc-go's own reflection, v1 and v1alpha, tell the services of a file that holds a FileDescriptorSet.
func addReflection(server *grpc.Server, name string) {
	bytes, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(bytes, &set); err != nil {
		log.Fatal(err)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		log.Fatal(err)
	}
	options := reflection.ServerOptions{Services: described{files}, DescriptorResolver: files}
	grpc_reflection_v1.RegisterServerReflectionServer(server, reflection.NewServerV1(options))
	grpc_reflection_v1alpha.RegisterServerReflectionServer(server, reflection.NewServer(options))
}
