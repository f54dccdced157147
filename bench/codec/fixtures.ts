/** A message as canonical ProtoJSON, or several of one type that take turns. */
export interface Fixture {
  readonly name: string;
  /** The message in package portico.bench.v1. */
  readonly type: string;
  readonly messages: readonly unknown[];
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

/**
 * What the bench measures: one small message, a page of them, three that are heavy in one way each, and doubles by themselves:
 * so many that V8, which keeps the texts of some numbers that it has printed, has forgotten each when its turn comes again.
 */
export const fixtures: readonly Fixture[] = [
  { name: "user (400 B)", type: "User", messages: [user(1)] },
  {
    name: "list (100 KB)",
    type: "UserList",
    messages: [{ users: Array.from({ length: 250 }, (_, i) => user(i)), nextPageToken: "cGFnZS0y" }],
  },
  {
    name: "numbers",
    type: "Numbers",
    messages: [
      {
        ints: Array.from({ length: 1000 }, (_, i) => (i * 7919) % 100000),
        longs: Array.from({ length: 500 }, (_, i) => String(BigInt(i) * 1234567890123n)),
        doubles: Array.from({ length: 1000 }, (_, i) => Math.sin(i) * (i % 2 === 0 ? 1 : 1000)),
      },
    ],
  },
  {
    name: "new doubles",
    type: "Numbers",
    messages: Array.from({ length: 64 }, (_, n) => ({
      doubles: Array.from({ length: 500 }, (_, i) => Math.sin(n * 500 + i) * (i % 2 === 0 ? 1 : 1000)),
    })),
  },
  {
    name: "strings",
    type: "Text",
    messages: [
      {
        title: "Collected sayings",
        paragraphs: Array.from({ length: 100 }, (_, i) => `${sentence.repeat(1 + (i % 4))}\n"${i}"`),
      },
    ],
  },
  {
    name: "maps",
    type: "Labels",
    messages: [
      {
        labels: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`app.example.com/label-${i}`, `value ${i}`])),
        counts: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`counter_${i}`, i + 1])),
      },
    ],
  },
];
