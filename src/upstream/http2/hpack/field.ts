/**
 * What a field is to a gRPC client. It is found out once, when a field is read from the wire or enters a table, so that an
 * indexed field costs no comparison of names.
 */
export const FieldKind = {
  /** Metadata of the service. */
  CUSTOM: 0,
  /** Metadata whose values may be several, separated by commas. */
  CUSTOM_BIN: 1,
  STATUS: 2,
  CONTENT_TYPE: 3,
  GRPC_STATUS: 4,
  GRPC_MESSAGE: 5,
  GRPC_DETAILS: 6,
  GRPC_ENCODING: 7,
  GRPC_PUSHBACK: 8,
  /** A field that gRPC or HTTP keeps for itself. */
  OTHER: 9,
  /** Forbidden by RFC 9113 section 8.2 or 8.3: the message is malformed. */
  MALFORMED: 10,
  CONTENT_LENGTH: 11,
} as const;
export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind];

/** One header field. Size is that of RFC 7541 section 4.1: name, value and 32. */
export interface Field {
  readonly name: string;
  readonly value: string;
  readonly size: number;
  readonly kind: FieldKind;
}

const known: ReadonlyMap<string, FieldKind> = new Map([
  [":status", FieldKind.STATUS],
  ["content-type", FieldKind.CONTENT_TYPE],
  ["grpc-status", FieldKind.GRPC_STATUS],
  ["grpc-message", FieldKind.GRPC_MESSAGE],
  ["grpc-status-details-bin", FieldKind.GRPC_DETAILS],
  ["grpc-encoding", FieldKind.GRPC_ENCODING],
  ["grpc-retry-pushback-ms", FieldKind.GRPC_PUSHBACK],
  ["content-length", FieldKind.CONTENT_LENGTH],
  ["te", FieldKind.OTHER],
  ["trailer", FieldKind.OTHER],
  ["user-agent", FieldKind.OTHER],
  ["host", FieldKind.OTHER],
  // RFC 9113 section 8.2.2: connection-specific fields make a message malformed.
  ["connection", FieldKind.MALFORMED],
  ["keep-alive", FieldKind.MALFORMED],
  ["proxy-connection", FieldKind.MALFORMED],
  ["transfer-encoding", FieldKind.MALFORMED],
  ["upgrade", FieldKind.MALFORMED],
]);

// RFC 9113 section 8.2.1: these octets in a name, and NUL, CR and LF in a value, make a message malformed.
const BAD_NAME = /[^\x21-\x39\x3b-\x40\x5b-\x7e]/;
const BAD_VALUE = /[\0\r\n]/;

/** A field with its kind and size. */
export function makeField(name: string, value: string): Field {
  return { name, value, size: name.length + value.length + 32, kind: kindOf(name, value) };
}

function kindOf(name: string, value: string): FieldKind {
  const kind = known.get(name);
  if (BAD_VALUE.test(value)) return FieldKind.MALFORMED;
  if (kind !== undefined) return kind;
  if (name === "" || BAD_NAME.test(name)) return FieldKind.MALFORMED;
  if (name.startsWith("grpc-")) return FieldKind.OTHER;
  return name.endsWith("-bin") ? FieldKind.CUSTOM_BIN : FieldKind.CUSTOM;
}
