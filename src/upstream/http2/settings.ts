import { ConnectionError, ErrorCode } from "./errors.js";
import { DEFAULT_MAX_FRAME, DEFAULT_WINDOW, MAX_WINDOW, readUint32 } from "./frames.js";

/** Identifiers of RFC 9113 section 6.5.2. */
export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

/** What the peer announced; before it does, the values of RFC 9113 section 6.5.2. */
export class PeerSettings {
  headerTableSize = 4096;
  maxConcurrentStreams = Number.POSITIVE_INFINITY;
  initialWindowSize = DEFAULT_WINDOW;
  maxFrameSize = DEFAULT_MAX_FRAME;
  maxHeaderListSize = Number.POSITIVE_INFINITY;

  /** Takes the payload of a SETTINGS frame, in order. Throws a ConnectionError for a value that is not allowed. */
  apply(buffer: Buffer, start: number, end: number): void {
    if ((end - start) % 6 !== 0) {
      throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "the length of SETTINGS is no multiple of 6");
    }
    for (let at = start; at < end; at += 6) {
      const id = ((buffer[at] as number) << 8) | (buffer[at + 1] as number);
      this.#set(id, readUint32(buffer, at + 2));
    }
  }

  #set(id: number, value: number): void {
    switch (id) {
      case Setting.HEADER_TABLE_SIZE:
        this.headerTableSize = value;
        return;
      case Setting.ENABLE_PUSH:
        if (value !== 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a server sent SETTINGS_ENABLE_PUSH");
        return;
      case Setting.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        return;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW) {
          throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE is above 2^31-1");
        }
        this.initialWindowSize = value;
        return;
      case Setting.MAX_FRAME_SIZE:
        if (value < DEFAULT_MAX_FRAME || value > 2 ** 24 - 1) {
          throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is out of range");
        }
        this.maxFrameSize = value;
        return;
      case Setting.MAX_HEADER_LIST_SIZE:
        this.maxHeaderListSize = value;
        return;
      default:
        // RFC 9113 section 6.5.2: unknown settings are ignored.
        return;
    }
  }
}
