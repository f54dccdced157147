import { createServer, type Http2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { HpackDecoder } from "../../../src/upstream/http2/hpack/decoder.js";
import { fieldBound, HpackEncoder, repeatedField, writeInteger } from "../../../src/upstream/http2/hpack/encoder.js";
import { huffmanSize, readHuffman, writeHuffman } from "../../../src/upstream/http2/hpack/huffman.js";
import { randomOf } from "../support/random.js";

type Header = readonly [string, string];

function decode(decoder: HpackDecoder, block: Buffer): Header[] {
  const out: Header[] = [];
  // Placed inside a larger buffer: a decoder that reads past its block would take the filler.
  const padded = Buffer.concat([Buffer.alloc(7, 0xbe), block, Buffer.alloc(7, 0xbe)]);
  decoder.decode(padded, 7, 7 + block.length, { field: ({ name, value }) => out.push([name, value]) });
  return out;
}

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ""), "hex");

const requests: readonly (readonly Header[])[] = [
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ],
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ],
  [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ],
];

const responses: readonly (readonly Header[])[] = [
  [
    [":status", "302"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ],
  [
    [":status", "307"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ],
  [
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ],
];

describe("HPACK, RFC 7541 appendix C", () => {
  it.each([
    ["C.1.1: 10 with a prefix of 5 bits", 10, 0x1f, "0a"],
    ["C.1.2: 1337 with a prefix of 5 bits", 1337, 0x1f, "1f9a0a"],
    ["C.1.3: 42 at an octet boundary", 42, 0xff, "2a"],
  ])("writes the integer of %s", (_name, value, mask, expected) => {
    const buffer = Buffer.alloc(8);
    expect(buffer.toString("hex", 0, writeInteger(buffer, 0, 0, mask, value))).toBe(expected);
  });

  it.each<[string, string, Header, number]>([
    [
      "C.2.1: a literal with indexing",
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      ["custom-key", "custom-header"],
      55,
    ],
    ["C.2.2: a literal without indexing", "040c 2f73 616d 706c 652f 7061 7468", [":path", "/sample/path"], 0],
    ["C.2.3: a literal never indexed", "1008 7061 7373 776f 7264 0673 6563 7265 74", ["password", "secret"], 0],
    ["C.2.4: an indexed field", "82", [":method", "GET"], 0],
  ])("reads %s", (_name, block, field, size) => {
    const decoder = new HpackDecoder(4096);
    expect(decode(decoder, hex(block))).toEqual([field]);
    expect(decoder.tableSize).toBe(size);
  });

  it.each<[string, number, readonly (readonly Header[])[], readonly [string, number][]]>([
    [
      "C.3: requests without Huffman code",
      4096,
      requests,
      [
        ["8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", 57],
        ["8286 84be 5808 6e6f 2d63 6163 6865", 110],
        ["8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", 164],
      ],
    ],
    [
      "C.4: requests with Huffman code",
      4096,
      requests,
      [
        ["8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", 57],
        ["8286 84be 5886 a8eb 1064 9cbf", 110],
        ["8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", 164],
      ],
    ],
    [
      "C.5: responses without Huffman code, with eviction",
      256,
      responses,
      [
        [
          "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
          222,
        ],
        ["4803 3330 37c1 c0bf", 222],
        [
          "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
          215,
        ],
      ],
    ],
    [
      "C.6: responses with Huffman code, with eviction",
      256,
      responses,
      [
        [
          "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
          222,
        ],
        ["4883 640e ffc1 c0bf", 222],
        [
          "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
          215,
        ],
      ],
    ],
  ])("reads the blocks of %s, one after the other on one connection", (_name, tableSize, expected, blocks) => {
    const decoder = new HpackDecoder(tableSize);
    blocks.forEach(([block, size], i) => {
      expect(decode(decoder, hex(block))).toEqual(expected[i]);
      expect(decoder.tableSize).toBe(size);
    });
  });

  it("writes the blocks of C.4, octet for octet", () => {
    const encoder = new HpackEncoder();
    const known = new Map<string, ReturnType<typeof repeatedField>>();
    const blocks = requests.map((headers) => {
      const buffer = Buffer.alloc(512);
      let at = encoder.begin(buffer, 0);
      for (const [name, value] of headers) {
        const field = known.get(name + value) ?? repeatedField(name, value);
        known.set(name + value, field);
        at = encoder.repeated(buffer, at, field);
      }
      return [buffer.toString("hex", 0, at), encoder.tableSize];
    });
    expect(blocks).toEqual([
      ["828684418cf1e3c2e5f23a6ba0ab90f4ff", 57],
      ["828684be5886a8eb10649cbf", 110],
      ["828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", 164],
    ]);
  });

  it("writes the secret of C.2.3, octet for octet", () => {
    const buffer = Buffer.alloc(64);
    expect(buffer.toString("hex", 0, new HpackEncoder().secret(buffer, 0, "password", "secret"))).toBe(
      "100870617373776f726406736563726574",
    );
  });
});

describe("HPACK, broken", () => {
  it.each([
    ["an index of 0", "80"],
    ["an index beyond the tables", "be"],
    ["an index of a name beyond the tables", "7e0161"],
    ["an integer that does not end", "ff"],
    ["an integer above 2^28", "ffffffffffff0f"],
    ["an integer of many zero octets", "ff8080808080808000"],
    ["a string longer than the block", "40056162"],
    ["a missing value", "400161"],
    ["a size update above the limit", "3fe23f"],
    ["a size update behind a field", "8220"],
    ["Huffman code that contains EOS", "4084ffffffff0161"],
    ["Huffman padding of zeros", "4081180161"],
    ["Huffman padding of eleven ones", "40821fff0161"],
  ])("refuses %s as COMPRESSION_ERROR", (_name, block) => {
    expect(() => decode(new HpackDecoder(4096), hex(block))).toThrow(
      expect.objectContaining({ name: "ConnectionError", code: 9 }),
    );
  });

  it("reads or refuses random octets, and never goes on beyond them", () => {
    const random = randomOf(20260101);
    let read = 0;
    let refused = 0;
    for (let run = 0; run < 5000; run++) {
      const decoder = new HpackDecoder(4096);
      try {
        decode(decoder, random.bytes(1 + random.int(24)));
        read++;
      } catch (error) {
        expect(error).toMatchObject({ name: "ConnectionError", code: 9 });
        refused++;
      }
      expect(decoder.tableSize).toBeLessThanOrEqual(4096);
    }
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});

describe("HPACK tables", () => {
  it("go through every size that a peer sets in the middle of a connection", () => {
    const random = randomOf(7);
    for (let run = 0; run < 200; run++) {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder(4096);
      const fields = Array.from({ length: 40 }, (_, i) => repeatedField(`name-${i}`, "v".repeat(random.int(120))));
      for (let block = 0; block < 20; block++) {
        if (random.int(4) === 0) encoder.resize(random.int(4097));
        if (random.int(8) === 0) encoder.resize(random.int(4097));
        const buffer = Buffer.alloc(16_384);
        let at = encoder.begin(buffer, 0);
        const expected: Header[] = [];
        for (let i = random.int(12); i >= 0; i--) {
          const field = fields[random.int(fields.length)] as (typeof fields)[number];
          at = encoder.repeated(buffer, at, field);
          expected.push([field.name, field.value]);
        }
        expect(decode(decoder, buffer.subarray(0, at))).toEqual(expected);
        expect(decoder.tableSize).toBe(encoder.tableSize);
      }
    }
  });
});

describe("Huffman code", () => {
  it("reads back every octet, alone and among others", () => {
    const random = randomOf(3);
    const buffer = Buffer.alloc(4096);
    const texts = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
    for (let i = 0; i < 500; i++) texts.push(random.bytes(random.int(200)).toString("latin1"));
    for (const text of texts) {
      const end = writeHuffman(buffer, 3, text);
      expect(end - 3).toBe(huffmanSize(text));
      expect(readHuffman(buffer, 3, end)).toBe(text);
    }
  });
});

describe("HPACK with node:http2 as the oracle", () => {
  let server: Http2Server | null = null;
  afterEach(async () => {
    const closing = server;
    server = null;
    if (closing !== null) await new Promise((resolve) => closing.close(resolve));
  });

  /** Names that node does not treat in a way of its own, with values of any octets that fields may have. */
  function randomHeaders(random: ReturnType<typeof randomOf>): Header[] {
    return Array.from({ length: 1 + random.int(12) }, () => {
      const name = `x-${random.int(6)}-${"abcdefghij".slice(0, random.int(10))}`;
      const value = Array.from({ length: random.int(60) }, () => String.fromCharCode(0x21 + random.int(94))).join("");
      return [name, value] as const;
    }).filter(([name], i, all) => all.findIndex(([other]) => other === name) === i);
  }

  it("writes 300 random header sections that node reads as they were, and reads what node writes back", async () => {
    const random = randomOf(42);
    const seen: Record<string, unknown>[] = [];
    const made = createServer();
    server = made;
    made.on("stream", (stream, headers) => {
      seen.push(Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-"))));
      stream.respond(
        { ":status": 200, ...Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-"))) },
        { endStream: true },
      );
    });
    await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder(4096);
    const sections = Array.from({ length: 300 }, () => randomHeaders(random));
    const repeated = new Map<string, ReturnType<typeof repeatedField>>();
    const fixed = [
      repeatedField(":method", "POST"),
      repeatedField(":scheme", "http"),
      repeatedField(":path", "/"),
      repeatedField(":authority", "a"),
    ];
    const answers: Header[][] = [];

    await new Promise<void>((resolve, reject) => {
      const socket = connect((made.address() as AddressInfo).port, "127.0.0.1");
      const frame = (type: number, flags: number, id: number, payload: Buffer): Buffer => {
        const header = Buffer.alloc(9);
        header.writeUIntBE(payload.length, 0, 3);
        header[3] = type;
        header[4] = flags;
        header.writeUInt32BE(id, 5);
        return Buffer.concat([header, payload]);
      };
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      socket.write(frame(4, 0, 0, Buffer.alloc(0)));
      let sent = 0;
      const request = (): void => {
        const headers = sections[sent] as Header[];
        const size = headers.reduce((sum, [name, value]) => sum + fieldBound(name, value), 200);
        const buffer = Buffer.alloc(size);
        let at = encoder.begin(buffer, 0);
        for (const field of fixed) at = encoder.repeated(buffer, at, field);
        for (const [name, value] of headers) {
          const key = `${name}\0${value}`;
          const field = repeated.get(key) ?? repeatedField(name, value);
          repeated.set(key, field);
          const way = sent % 3;
          if (way === 0) at = encoder.repeated(buffer, at, field);
          else if (way === 1) at = encoder.literal(buffer, at, name, value);
          else at = encoder.secret(buffer, at, name, value);
        }
        socket.write(frame(1, 0x5, 1 + 2 * sent, buffer.subarray(0, at)));
        sent++;
      };
      let rest = Buffer.alloc(0);
      socket.on("error", reject);
      socket.on("close", () => resolve());
      socket.on("data", (chunk) => {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
          const end = 9 + rest.readUIntBE(0, 3);
          const [type, flags] = [rest[3] ?? 0, rest[4] ?? 0];
          const payload = rest.subarray(9, end);
          if (type === 7) reject(new Error(`GOAWAY ${payload.toString("hex")}`));
          if (type === 4 && (flags & 1) === 0) {
            socket.write(frame(4, 1, 0, Buffer.alloc(0)));
            request();
          }
          if (type === 1) {
            answers.push(decode(decoder, payload).filter(([name]) => name.startsWith("x-")));
            if (sent < sections.length) request();
            else socket.end();
          }
          rest = rest.subarray(end);
        }
      });
    });
    expect(seen).toEqual(sections.map((headers) => Object.fromEntries(headers)));
    expect(answers.map((headers) => Object.fromEntries(headers))).toEqual(
      sections.map((headers) => Object.fromEntries(headers)),
    );
  });
});
