import { compileProto } from "./compile-proto.js";

/** One message with every kind of field, and what it needs. */
export const kindsSchema = compileProto(`
  syntax = "proto3";
  package t;
  import "google/protobuf/any.proto";
  import "google/protobuf/duration.proto";
  import "google/protobuf/empty.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/wrappers.proto";

  enum OrderStatus {
    ORDER_STATUS_UNSPECIFIED = 0;
    ORDER_STATUS_PENDING = 1;
    ORDER_STATUS_2ND = 2;
    OTHER = 3;
    ORDER_STATUS_NEGATIVE = -1;
  }

  message Kinds {
    double double_value = 1;
    float float_value = 2;
    int32 int32_value = 3;
    int64 int64_value = 4;
    uint32 uint32_value = 5;
    uint64 uint64_value = 6;
    sint32 sint32_value = 7;
    sint64 sint64_value = 8;
    fixed32 fixed32_value = 9;
    fixed64 fixed64_value = 10;
    sfixed32 sfixed32_value = 11;
    sfixed64 sfixed64_value = 12;
    bool bool_value = 13;
    string string_value = 14;
    bytes bytes_value = 15;
    OrderStatus status = 16;
    Kinds child = 17;
    optional int32 optional_int32 = 18;
    oneof choice {
      string choice_text = 19;
      int32 choice_number = 20;
      google.protobuf.NullValue choice_null = 21;
    }
    repeated int32 numbers = 22;
    repeated string names = 23;
    repeated Kinds children = 24;
    repeated OrderStatus statuses = 25;
    map<string, string> labels = 26;
    map<int32, Kinds> by_id = 27;
    map<bool, OrderStatus> by_flag = 28;
    google.protobuf.Timestamp timestamp = 29;
    google.protobuf.Duration duration = 30;
    google.protobuf.FieldMask mask = 31;
    google.protobuf.Struct struct = 32;
    google.protobuf.Value value = 33;
    google.protobuf.ListValue list = 34;
    google.protobuf.Any any = 35;
    google.protobuf.Empty empty = 36;
    google.protobuf.StringValue wrapped_string = 37;
    google.protobuf.Int64Value wrapped_int64 = 38;
    google.protobuf.BoolValue wrapped_bool = 39;
    google.protobuf.NullValue null_value = 40;
    repeated google.protobuf.Value values = 41;
    string renamed = 42 [json_name = "@odd \\"name\\""];
    map<uint64, bytes> blobs = 43;
  }
`);
