/** How a call ended. */
export interface RpcStatus {
  /** A gRPC code; an upstream may send a number that gRPC does not define. */
  readonly code: number;
  readonly message: string;
  /** The bytes of google.rpc.Status from grpc-status-details-bin, or null. */
  readonly details: Uint8Array | null;
}

export const OK_STATUS: RpcStatus = { code: 0, message: "", details: null };
