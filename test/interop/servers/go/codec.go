package main

import (
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// codec passes raw through and leaves every other message to the codec that grpc-go has for protobuf.
type codec struct{}

func (codec) Marshal(message any) (mem.BufferSlice, error) {
	if bytes, ok := message.(*raw); ok {
		return mem.BufferSlice{mem.SliceBuffer(bytes.bytes)}, nil
	}
	return encoding.GetCodecV2("proto").Marshal(message)
}

func (codec) Unmarshal(data mem.BufferSlice, message any) error {
	if bytes, ok := message.(*raw); ok {
		bytes.bytes = data.Materialize()
		return nil
	}
	return encoding.GetCodecV2("proto").Unmarshal(data, message)
}

func (codec) Name() string { return "proto" }
