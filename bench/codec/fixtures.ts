/** One message, as canonical ProtoJSON. */
export interface Fixture {
  readonly name: string;
  /** The message in package portico.bench.v1. */
  readonly type: string;
  readonly json: unknown;
}

function user(index: number): unknown {
  return {
    name: `users/${1000 + index}`,
    displayName: `Grace Hopper ${index}`,
    email: `grace.hopper${index}@navy.example.com`,
    age: 20 + (index % 60),
    accountId: String(9007199254740993n + BigInt(index)),
    active: true,
    role: index % 2 === 0 ? "ROLE_WRITER" : "ROLE_READER",
    balance: 1234.5 + index,
    address: {
      street: `${1 + (index % 90)} Arlington Boulevard`,
      city: "Arlington",
      postalCode: "VA 22204",
      latitude: 38.8816,
      longitude: -77.091 - (index % 100) / 1000,
    },
    tags: ["compiler", "navy", "cobol"],
    createTime: "2024-05-17T08:30:00.250Z",
    etag: "3q2+7w==",
  };
}

const sentence =
  "The most dangerous phrase in the language is: we have always done it this way. Élan, naïveté and “quotes” included.";

/** What the bench measures: one small message, a page of them, and three that are heavy in one way each. */
export const fixtures: readonly Fixture[] = [
  { name: "user (400 B)", type: "User", json: user(1) },
  {
    name: "list (100 KB)",
    type: "UserList",
    json: { users: Array.from({ length: 250 }, (_, i) => user(i)), nextPageToken: "cGFnZS0y" },
  },
  {
    name: "numbers",
    type: "Numbers",
    json: {
      ints: Array.from({ length: 1000 }, (_, i) => (i * 7919) % 100000),
      longs: Array.from({ length: 500 }, (_, i) => String(BigInt(i) * 1234567890123n)),
      doubles: Array.from({ length: 1000 }, (_, i) => Math.sin(i) * (i % 2 === 0 ? 1 : 1000)),
    },
  },
  {
    name: "strings",
    type: "Text",
    json: {
      title: "Collected sayings",
      paragraphs: Array.from({ length: 100 }, (_, i) => `${sentence.repeat(1 + (i % 4))}\n"${i}"`),
    },
  },
  {
    name: "maps",
    type: "Labels",
    json: {
      labels: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`app.example.com/label-${i}`, `value ${i}`])),
      counts: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`counter_${i}`, i + 1])),
    },
  },
];
