/**
 * A message set. It is compiled by itself: buf 1.74 writes empty options instead of message_set_wire_format where the
 * build has a descriptor.proto of its own that options of the files need.
 */
export const messageSet = `syntax = "proto2";
package fix.set;

message Set {
  option message_set_wire_format = true;
  extensions 4 to max;
}

message InSet {
  extend Set { optional InSet in_set = 1234567890; }
  optional string text = 1;
}

message Holder {
  extensions 100;
  extend Holder { optional Set set = 100; }
}
`;

/** Protos that between them use everything that the language has and a Schema tells; each source must read them alike. */
export const fixtures: Readonly<Record<string, string>> = {
  "fix/proto2.proto": `// The licence, of nothing.

// Leads the syntax.
syntax = "proto2"; // Trails the syntax.

// Detached from the package.

/* Leads the package,
 * in a block. */
package fix.proto2;

import "google/protobuf/descriptor.proto";
import public "fix/common.proto";

option java_package = "com.example.proto2";
option optimize_for = CODE_SIZE;

// Leads the message.
message Everything { // Trails the message.
  // Detached in it.

  // Leads a_double.
  optional double a_double = 1 [default = 1.5]; // Trails a_double.
  optional float a_float = 2 [default = 0.1];
  optional float a_huge_float = 40 [default = 3.4028235e38];
  optional double inf = 41 [default = inf];
  optional double minus_inf = 42 [default = -inf];
  optional float nan = 43 [default = nan];
  optional double hundred = 44 [default = 1e2];
  optional double octal = 45 [default = 010];
  optional int32 a_int32 = 3 [default = -2147483648];
  optional int64 a_int64 = 4 [default = -9223372036854775808];
  optional uint32 a_uint32 = 5 [default = 0xffffffff];
  optional uint64 a_uint64 = 6 [default = 18446744073709551615];
  optional sint32 a_sint32 = 7 [default = 017];
  optional sint64 a_sint64 = 8 [default = 9007199254740993];
  optional fixed32 a_fixed32 = 9;
  optional fixed64 a_fixed64 = 10 [default = 1];
  optional sfixed32 a_sfixed32 = 11;
  optional sfixed64 a_sfixed64 = 12 [default = -1];
  required bool a_bool = 13 [default = true];
  optional string a_string = 14 [default = "a\\tb\\303\\251\\x41\\u00e9" 'c"'];
  optional bytes a_bytes = 15 [default = "\\000\\377\\\\\\'\\"é"];
  optional Color color = 16 [default = ROSE];
  repeated int32 unpacked = 17;
  repeated int32 packed = 18 [packed = true];
  repeated Color colors = 19 [packed = true];
  repeated string strings = 20;
  map<string, Everything> by_name = 21;
  map<int64, Color> by_number = 22;
  optional group Point = 23 {
    optional int32 x = 1;
    repeated group Deep = 2 { optional string text = 1; }
  }
  // Leads the oneof.
  oneof choice { // Trails the oneof.
    option (fix.common.on_oneof) = "oneof";
    string left = 24;
    Everything right = 25;
    group Middle = 26 { optional bool yes = 1; }
  }
  optional int32 with_json_name = 27 [json_name = "theJsonName"];
  optional int32 __proto__ = 28;
  optional int32 constructor = 29 [(fix.common.on_field) = { text: "constructor" }];
  optional int32 snake_case_2_name = 30;
  optional fix.common.Shared shared = 31;
  optional .fix.common.Shared.Inner inner = 32;
  optional common.Kind kind = 33 [default = KIND_B];

  extensions 100 to 199, 1000 to max;
  reserved 50 to 60, 70;
  reserved "gone", 'gone_too';

  enum Color {
    option allow_alias = true;
    // Leads RED.
    RED = 1; // Trails RED.
    ROSE = 2;
    PINK = 2 [deprecated = true, (fix.common.on_value) = 7];
    BELOW = -1;
    reserved 5 to 9, -10;
    reserved "BLUE";
  }

  message Nested {
    option deprecated = true;
    option (fix.common.on_message).number = 1;
    option (fix.common.on_message).text = "two statements, one message";
    extend Everything {
      // Leads an extension.
      optional Nested nested_extension = 100;
      repeated fixed32 packed_extension = 101 [packed = true];
      optional group ExtensionGroup = 102 { optional int32 a = 1; }
    }
  }
}

extend Everything { optional int32 top_level = 1000 [default = 4]; }

message __proto__ { optional __proto__ again = 1; }

service Service2 {
  option deprecated = true;
  rpc Unary(Everything) returns (.fix.proto2.Everything.Nested);
}
`,
  "fix/common.proto": `syntax = "proto3";
package fix.common;

import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/field_mask.proto";

enum Kind { KIND_A = 0; KIND_B = 1; KIND_C = -2; }

message Shared { message Inner { int32 number = 1; } }

message Bag {
  string text = 1;
  int32 number = 2;
  optional int32 optional_number = 3;
  repeated int32 numbers = 4;
  repeated string texts = 5;
  Kind kind = 6;
  repeated Kind kinds = 7;
  Bag bag = 8;
  repeated Bag bags = 9;
  map<string, int32> by_name = 10;
  map<int32, Bag> by_number = 11;
  bytes raw = 12;
  int64 long = 13;
  uint64 ulong = 14;
  double real = 15;
  float single = 16;
  bool flag = 17;
  google.protobuf.Any any = 18;
  google.protobuf.Duration duration = 19;
  google.protobuf.Timestamp time = 20;
  google.protobuf.Struct struct = 21;
  google.protobuf.Value value = 22;
  google.protobuf.StringValue wrapped = 23;
  google.protobuf.FieldMask mask = 24;
  google.protobuf.ListValue list = 25;
  oneof one { string a = 26; int32 b = 27; }
  sint32 zigzag = 28;
  sint64 zigzag_long = 29;
  fixed32 fixed = 30;
  sfixed32 signed_fixed = 31;
  fixed64 fixed_long = 32;
  sfixed64 signed_fixed_long = 33;
  uint32 unsigned = 34;
  map<bool, string> by_flag = 35;
  repeated double reals = 36;
}

extend google.protobuf.FileOptions { Bag on_file = 50000; }
extend google.protobuf.MessageOptions { Bag on_message = 50000; }
extend google.protobuf.FieldOptions { Bag on_field = 50000; repeated Kind on_field_kinds = 50001; repeated string on_field_texts = 50002; }
extend google.protobuf.OneofOptions { string on_oneof = 50000; }
extend google.protobuf.EnumOptions { float on_enum = 50000; }
extend google.protobuf.EnumValueOptions { uint32 on_value = 50000; }
extend google.protobuf.ServiceOptions { bytes on_service = 50000; }
extend google.protobuf.MethodOptions { repeated Bag on_method = 50000; optional Kind on_method_kind = 50001; }
`,
  "fix/proto3.proto": `syntax = "proto3";

package fix.proto3;

import "fix/common.proto";
import "google/api/annotations.proto";
import "google/protobuf/empty.proto";
import weak "google/protobuf/type.proto";

option (fix.common.on_file) = {
  text: "joined " 'text'
  numbers: [1, 2, -3]
  numbers: 4
  texts: []
  kinds: [KIND_A, KIND_B]
  kinds: 1
  kind: KIND_C
  optional_number: 0
  number: 0
  bag { bag: { text: "deep" }, flag: true; }
  bags < text: "angle" >
  bags: [{ number: 1 }, < number: 2 >]
  by_name { key: "__proto__" value: 1 }
  by_name { key: "constructor" }
  by_name: [{ key: "z" value: 26 }, { key: "a", value: 1 }]
  by_number { key: -1 value { text: "map" } }
  by_flag { key: true value: "yes" }
  raw: "\\001\\377é"
  long: -9223372036854775808
  ulong: 18446744073709551615
  real: -inf
  reals: [1, -2.5e-3, nan, .5, -0.0, 1e400]
  single: 0.1
  any { [type.googleapis.com/fix.common.Shared.Inner] { number: 3 } }
  duration { seconds: -3 nanos: -500000000 }
  time { seconds: 1 nanos: 120000000 }
  struct { fields { key: "k" value { list_value { values { number_value: 1 } values { null_value: NULL_VALUE } values { bool_value: true } } } } }
  value { struct_value { fields { key: "s" value { string_value: "t" } } } }
  wrapped { value: "w" }
  mask { paths: "a_b.c" paths: "d" }
  list { values { string_value: "l" } }
  b: 0
  zigzag: -5
  zigzag_long: -6
  fixed: 4294967295
  signed_fixed: -7
  fixed_long: 8
  signed_fixed_long: -9
  unsigned: 4294967295
};

message M {
  int32 implicit = 1;
  optional int32 explicit = 2;
  M message = 3;
  repeated int32 packed = 4;
  repeated int32 unpacked = 5 [packed = false];
  repeated string strings = 6;
  string text = 7;
  oneof one { int32 in_oneof = 8; }
  oneof _explicit_in_name { int32 other = 9; }
  fix.common.Kind kind = 10;
  map<string, string> labels = 11 [deprecated = true, (common.on_field) = { text: "map" }];
  map<uint32, bytes> blobs = 12;
  int64 many = 13 [
    (fix.common.on_field_kinds) = KIND_A,
    (fix.common.on_field_kinds) = KIND_C,
    (fix.common.on_field_texts) = "a",
    (fix.common.on_field_texts) = "",
    jstype = JS_STRING, // In a list.
    (fix.common.on_field).bag.bag.number = 3
  ];
  reserved 100 to max;
}

enum E {
  option (fix.common.on_enum) = 0.3;
  E_ZERO = 0;
  E_HEX = 0x10;
}

// Leads the service.
service S { // Trails the service.
  option (fix.common.on_service) = "\\xff";
  // Leads Get.
  rpc Get(M) returns (google.protobuf.Empty) { // Trails Get.
    option (google.api.http) = {
      get: "/v1/{text=things/*}"
      additional_bindings { post: "/v1/things:get" body: "*" }
    };
    option (fix.common.on_method) = { number: 1 };
    option (fix.common.on_method) = { number: 2 };
    option idempotency_level = NO_SIDE_EFFECTS;
  }
  // Leads Watch.
  rpc Watch(stream M) returns (stream M); // Trails Watch.
  rpc Up(stream .fix.proto3.M) returns (M) {}
  rpc Down(M) returns (stream M) { option (common.on_method_kind) = KIND_B; };
}
`,
  "fix/no_package.proto": `message Bare { optional string text = 1; optional Bare bare = 2; } enum BareEnum { BARE = 3; }
`,
  "fix/editions2023.proto": `edition = "2023"; // Trails the edition.
package fix.e2023;

option features.field_presence = IMPLICIT;
option features.enum_type = CLOSED;
option features.utf8_validation = NONE;

message M {
  int32 implicit = 1;
  int32 explicit = 2 [features.field_presence = EXPLICIT, default = 3];
  int32 required = 3 [features.field_presence = LEGACY_REQUIRED];
  repeated int32 packed = 4;
  repeated int32 expanded = 5 [features.repeated_field_encoding = EXPANDED];
  string unchecked = 6;
  string checked = 7 [features.utf8_validation = VERIFY];
  M prefixed = 8;
  M delimited = 9 [features.message_encoding = DELIMITED];
  repeated M delimited_list = 10 [features = { message_encoding: DELIMITED }];
  map<string, M> map = 11 [features.utf8_validation = VERIFY];
  Open open = 12;
  oneof one { int32 in_oneof = 13; }
  reserved gone, gone_too;
  enum Open {
    option features.enum_type = OPEN;
    OPEN_ZERO = 0;
  }
  message Inner {
    option features.json_format = LEGACY_BEST_EFFORT;
    M prefixed = 1;
    message Innermost { map<int32, M> map = 2; }
  }
  extensions 100 to 200;
}

enum Closed { CLOSED_ONE = 1; }

extend M { int32 extension = 100; }
`,
  "fix/delimited.proto": `edition = "2023";
package fix.delimited;
option features.message_encoding = DELIMITED;
message M { M delimited = 1; map<int32, M> map = 2; repeated M list = 3; oneof one { M in_oneof = 4; } string text = 5; }
`,
  "fix/editions2024.proto": `edition = "2024";

package fix.e2024;

import "fix/common.proto";
import option "google/protobuf/cpp_features.proto";

option features.field_presence = EXPLICIT;

// Leads an exported one.
export message Exported { // Trails it.
  local enum Local { LOCAL_UNSPECIFIED = 0; }
  Local one = 1;
  string text = 2 [(fix.common.on_field).text = "2024", features.(pb.cpp).string_type = VIEW];
  message Plain {}
}

local message Hidden { Exported.Plain plain = 1; }
`,
};
