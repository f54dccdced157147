import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FaultsError, GatewayError } from "../../src/core/index.js";
import { type Binding, createMatcher, type Matcher, type MultiSegmentDecoding } from "../../src/rules/index.js";
import { bindingOf } from "./support/bindings.js";

interface MatchingCase {
  readonly id: string;
  readonly why: string;
  readonly rules: readonly { method: string; template: string }[];
  readonly requests: readonly MatchingRequest[];
}

interface MatchingRequest {
  readonly method: string;
  readonly path: string | readonly (string | { repeat: string; times: number })[];
  readonly match: string | null;
  readonly variables?: Readonly<Record<string, string>>;
}

const cases: readonly MatchingCase[] = JSON.parse(
  readFileSync(new URL("../cases/matching.json", import.meta.url), "utf8"),
);

interface Options {
  readonly multiSegment?: MultiSegmentDecoding;
  readonly ignoreTrailingSlash?: boolean;
}

function matcherOf(bindings: readonly Binding[], options: Options = {}): Matcher<Binding> {
  return createMatcher(
    bindings.map((binding) => ({ binding, value: binding })),
    { multiSegment: "all-but-slash", ignoreTrailingSlash: false, ...options },
  );
}

/** "GET /v1/{a}" and so on. */
function matcherFor(rules: readonly string[], options?: Options): Matcher<Binding> {
  return matcherOf(
    rules.map((rule) => {
      const [method = "", pattern = ""] = rule.split(" ");
      return bindingOf(method, pattern);
    }),
    options,
  );
}

/** What a matcher says of a request, in one line. */
function outcome(matcher: Matcher<Binding>, request: string): string {
  const space = request.indexOf(" ");
  try {
    const match = matcher.match(request.slice(0, space), request.slice(space + 1));
    switch (match.kind) {
      case "none":
        return "none";
      case "method":
        return `405 ${match.allow.join(", ")}`;
      case "found": {
        const { httpMethod, pattern, variables } = match.value;
        const values = variables.map((variable, i) => ` ${variable.fieldPath}=${match.captures[i]}`);
        return `${httpMethod} ${pattern}${values.join("")}`;
      }
    }
  } catch (reason) {
    if (reason instanceof GatewayError) return `${reason.id} ${reason.message}`;
    throw reason;
  }
}

function pathOf(path: MatchingRequest["path"]): string {
  if (typeof path === "string") return path;
  return path.map((part) => (typeof part === "string" ? part : part.repeat.repeat(part.times))).join("");
}

describe("the cases of matching.json", () => {
  for (const { id, why, rules, requests } of cases) {
    for (const reversed of [false, true]) {
      it(`${id}, rules ${reversed ? "in reverse" : "as given"}: ${why}`, () => {
        const ordered = reversed ? [...rules].reverse() : rules;
        const matcher = matcherOf(ordered.map((rule) => bindingOf(rule.method, rule.template)));
        for (const request of requests) {
          const path = pathOf(request.path);
          const match = matcher.match(request.method, path);
          const found =
            match.kind === "found"
              ? {
                  match: match.value.pattern,
                  variables: Object.fromEntries(match.value.variables.map((v, i) => [v.fieldPath, match.captures[i]])),
                }
              : { match: null };
          const { match: expected, variables } = request;
          expect(found, path.slice(0, 80)).toEqual(
            expected === null ? { match: null } : { match: expected, variables },
          );
        }
      });
    }
  }
});

type Table = readonly (readonly [request: string, expected: string])[];

function holds(rules: readonly string[], table: Table, options?: Options): void {
  for (const ordered of [rules, [...rules].reverse()]) {
    const matcher = matcherFor(ordered, options);
    for (const [request, expected] of table) expect(outcome(matcher, request), request).toBe(expected);
  }
}

describe("which rule wins", () => {
  it("the most specific, segment by segment, going back where a branch fails", () => {
    holds(
      ["GET /a/b/{x}/one", "GET /a/{x}/c/two", "GET /a/{x=**}", "GET /{x=**}/z"],
      [
        ["GET /a/b/c/one", "GET /a/b/{x}/one x=c"],
        ["GET /a/b/c/two", "GET /a/{x}/c/two x=b"],
        ["GET /a/b/c/three", "GET /a/{x=**} x=b/c/three"],
        ["GET /a", "GET /a/{x=**} x="],
        ["GET /a/z", "GET /a/{x=**} x=z"],
        ["GET /b/c/z", "GET /{x=**}/z x=b/c"],
        ["GET /z", "GET /{x=**}/z x="],
        ["GET /b/c", "none"],
        ["GET /", "none"],
      ],
    );
  });

  it("of several suffixes behind a ** the longest that fits", () => {
    holds(
      ["GET /k/{a=**}", "GET /k/{a=**}/z", "GET /k/{a=**/y}/z", "GET /{a=k/**/x}/y/z", "GET /{a=**}"],
      [
        ["GET /k/1/2", "GET /k/{a=**} a=1/2"],
        ["GET /k/1/z", "GET /k/{a=**}/z a=1"],
        ["GET /k/1/y/z", "GET /k/{a=**/y}/z a=1/y"],
        ["GET /k/1/x/y/z", "GET /{a=k/**/x}/y/z a=k/1/x"],
        ["GET /k/x/y/z", "GET /{a=k/**/x}/y/z a=k/x"],
        ["GET /k/y/z", "GET /k/{a=**/y}/z a=y"],
        ["GET /k/z", "GET /k/{a=**}/z a="],
        ["GET /y/z", "GET /{a=**} a=y/z"],
      ],
    );
  });

  it("a less specific rule that has the method, before 405", () => {
    holds(
      ["POST /m/lit", "GET /m/{a}", "DELETE /{a=**}"],
      [
        ["GET /m/lit", "GET /m/{a} a=lit"],
        ["DELETE /m/lit", "DELETE /{a=**} a=m/lit"],
        ["PUT /m/lit", "405 DELETE, GET, HEAD, POST"],
        ["PUT /m/x", "405 DELETE, GET, HEAD"],
        ["PUT /x", "405 DELETE"],
      ],
    );
  });

  it("a rule of kind * after one for the method on the same path, but before a less specific one", () => {
    holds(
      ["* /k/{a}", "GET /k/{b}", "POST /{c=**}"],
      [
        ["GET /k/x", "GET /k/{b} b=x"],
        ["POST /k/x", "* /k/{a} a=x"],
        ["BREW /k/x", "* /k/{a} a=x"],
        ["POST /x", "POST /{c=**} c=x"],
      ],
    );
  });

  it("HEAD by its own rule, else by the one for GET, else by kind *", () => {
    holds(
      ["GET /a", "GET /b", "HEAD /b", "* /c", "GET /c", "* /d", "POST /e", "HEAD /{x=**}"],
      [
        ["HEAD /a", "GET /a"],
        ["HEAD /b", "HEAD /b"],
        ["HEAD /c", "GET /c"],
        ["HEAD /d", "* /d"],
        ["HEAD /e", "HEAD /{x=**} x=e"],
        ["OPTIONS /a", "405 GET, HEAD"],
        ["OPTIONS /e", "405 HEAD, POST"],
      ],
    );
  });

  it("methods are told apart by case", () => {
    holds(["GET /a"], [["get /a", "405 GET, HEAD"]]);
  });
});

describe("segments", () => {
  it("an empty one is no value of *, but one of those that ** takes", () => {
    holds(
      ["GET /a/{x}", "GET /a/{x}/b", "GET /r/{y=**}", "GET /s/{y=**}/b"],
      [
        ["GET /a/", "none"],
        ["GET /a//b", "none"],
        ["GET //a/x", "none"],
        ["GET /a/x/", "none"],
        ["GET /r/", "GET /r/{y=**} y="],
        ["GET /r//", "GET /r/{y=**} y=/"],
        ["GET /r/a//b/", "GET /r/{y=**} y=a//b/"],
        ["GET /s//b", "GET /s/{y=**}/b y="],
        ["GET /s///b", "GET /s/{y=**}/b y=/"],
        ["GET /s/b/", "none"],
      ],
    );
  });

  it("a slash at the end is another path", () => {
    holds(
      ["GET /a", "GET /"],
      [
        ["GET /a/", "none"],
        ["GET //", "none"],
        ["GET /", "GET /"],
        ["GET ", "none"],
        ["GET a", "none"],
        ["OPTIONS *", "none"],
      ],
    );
  });

  it("one slash at the end is left out of account with ignoreTrailingSlash", () => {
    holds(
      ["GET /a", "GET /", "GET /b/{x}", "GET /c/{x=**}", "POST /b/{x}:go", "GET /d/{x=**}/e"],
      [
        ["GET /a/", "GET /a"],
        ["GET /a//", "none"],
        ["GET /", "GET /"],
        ["GET //", "GET /"],
        ["GET /b/1/", "GET /b/{x} x=1"],
        ["GET /c/1/2/", "GET /c/{x=**} x=1/2"],
        ["GET /c/", "GET /c/{x=**} x="],
        ["POST /b/1:go/", "POST /b/{x}:go x=1"],
        ["GET /d/1/2/e/", "GET /d/{x=**}/e x=1/2"],
      ],
      { ignoreTrailingSlash: true },
    );
  });

  it("names that objects have are plain text", () => {
    holds(
      ["GET /v/{x}", "GET /__proto__/constructor"],
      [
        ["GET /__proto__/constructor", "GET /__proto__/constructor"],
        ["GET /constructor", "none"],
        ["GET /v/__proto__", "GET /v/{x} x=__proto__"],
        ["__proto__ /v/x", "405 GET, HEAD"],
        ["constructor /v/x", "405 GET, HEAD"],
      ],
    );
  });
});

describe("verbs", () => {
  it("count where a rule for that path has them, else the colon is text", () => {
    holds(
      ["GET /i/{a}", "POST /i/{a}:archive", "GET /i", "POST /i:batch", "GET /t/{a=**}", "GET /t/{a=**}:peek"],
      [
        ["POST /i/x:archive", "POST /i/{a}:archive a=x"],
        ["GET /i/x:archive", "GET /i/{a} a=x:archive"],
        ["GET /i/x:batch", "GET /i/{a} a=x:batch"],
        ["GET /i/x:", "GET /i/{a} a=x:"],
        ["GET /i/:archive", "GET /i/{a} a=:archive"],
        ["POST /i/:archive", "405 GET, HEAD"],
        ["PUT /i/x:archive", "405 GET, HEAD, POST"],
        ["PUT /i/x", "405 GET, HEAD"],
        ["POST /i:batch", "POST /i:batch"],
        ["GET /i:batch", "405 POST"],
        ["GET /i:archive", "none"],
        ["GET /t/x:peek", "GET /t/{a=**}:peek a=x"],
        ["GET /t:peek", "GET /t/{a=**}:peek a="],
        ["GET /t/:peek", "GET /t/{a=**}:peek a="],
        ["GET /t/x:peek/y:peek", "GET /t/{a=**}:peek a=x:peek/y"],
        ["GET /t/x:peek/y", "GET /t/{a=**} a=x:peek/y"],
        ["GET /t/x:peek/", "GET /t/{a=**} a=x:peek/"],
      ],
    );
  });

  it("%3A starts none, and other escapes in a verb are read", () => {
    holds(
      ["GET /i/{a}", "GET /i/{a}:arc-hive"],
      [
        ["GET /i/x%3Aarc-hive", "GET /i/{a} a=x:arc-hive"],
        ["GET /i/x%3aarc-hive", "GET /i/{a} a=x:arc-hive"],
        ["GET /i/x:arc%2Dhive", "GET /i/{a}:arc-hive a=x"],
        ["GET /i/x%3Ay:arc-hive", "GET /i/{a}:arc-hive a=x:y"],
      ],
    );
  });

  it("only the last colon counts, but for verbs that have colons within", () => {
    holds(
      ["GET /i/{a}", "GET /i/{a}:go", "GET /i/{a}:go:far", "GET /j/k:l:go", "GET /{a=**}:far"],
      [
        ["GET /i/x:y:go", "GET /i/{a}:go a=x:y"],
        ["GET /i/x:go:far", "GET /i/{a}:go:far a=x"],
        ["GET /i/x:go:go:far", "GET /i/{a}:go:far a=x:go"],
        ["GET /i/x:far", "GET /{a=**}:far a=i/x"],
        ["GET /i/x:go:near", "GET /i/{a} a=x:go:near"],
        ["GET /j/k:l:go", "GET /j/k:l:go"],
        ["GET /:far", "GET /{a=**}:far a="],
        ["GET /i:go/x", "none"],
      ],
    );
  });
});

describe("percent escapes", () => {
  it("literals match whatever their escapes mean", () => {
    holds(
      ["GET /~a/b%2Fc", "GET /caf%c3%a9", "GET /grüße/{x}", "GET /a@b", "GET /k/{x=**}/~z"],
      [
        ["GET /~a/b%2Fc", "GET /~a/b%2Fc"],
        ["GET /%7Ea/b%2fc", "GET /~a/b%2Fc"],
        ["GET /%7ea/%62%2Fc", "GET /~a/b%2Fc"],
        ["GET /~a/b/c", "none"],
        ["GET /caf%C3%A9", "GET /caf%c3%a9"],
        ["GET /caf\u00c3\u00a9", "GET /caf%c3%a9"],
        ["GET /gr%C3%BC%C3%9Fe/1", "GET /grüße/{x} x=1"],
        ["GET /a@b", "GET /a@b"],
        ["GET /a%40b", "GET /a@b"],
        ["GET /a%4", "none"],
        ["GET /k/1/%7Ez", "GET /k/{x=**}/~z x=1"],
      ],
    );
  });

  const escapes = "q%2fr%23s/%20%2541%3F";
  const table: readonly (readonly [MultiSegmentDecoding, string])[] = [
    ["all-but-slash", "q%2fr#s/ %41?"],
    ["all-but-reserved", "q%2fr%23s/ %41%3F"],
    ["all", "q/r#s/ %41?"],
  ];
  for (const [multiSegment, value] of table) {
    it(`multi-segment variables are decoded by the option ${multiSegment}, single-segment ones in full`, () => {
      holds(
        ["GET /m/{a=**}", "GET /n/{a=x/*}", "GET /s/{a}"],
        [
          [`GET /m/${escapes}`, `GET /m/{a=**} a=${value}`],
          [`GET /n/x/${escapes.split("/")[0]}`, `GET /n/{a=x/*} a=x/${value.slice(0, value.lastIndexOf("/"))}`],
          ["GET /s/q%2fr%23s%20%2541%3F", "GET /s/{a} a=q/r#s %41?"],
        ],
        { multiSegment },
      );
    });
  }

  it("every reserved character of RFC 6570 stays as sent with all-but-reserved, in either case, and no other does", () => {
    const matcher = matcherFor(["GET /{a=**}"], { multiSegment: "all-but-reserved" });
    const reserved = ":/?#[]@!$&'()*+,;=";
    for (let code = 1; code < 128; code++) {
      const hex = code.toString(16).padStart(2, "0");
      for (const escaped of [`%${hex}`, `%${hex.toUpperCase()}`]) {
        const character = String.fromCharCode(code);
        const match = matcher.match("GET", `/${escaped}`);
        expect(match).toMatchObject({ captures: [reserved.includes(character) ? escaped : character] });
      }
    }
  });

  it("bytes beyond ASCII that a client sent bare mean what their escapes mean", () => {
    holds(
      ["GET /s/{a}", "GET /m/{a=**}"],
      [
        ["GET /s/caf%C3%A9%20%E2%98%95", "GET /s/{a} a=café ☕"],
        ["GET /s/caf\u00c3\u00a9", "GET /s/{a} a=café"],
        ["GET /m/\u00f0\u009f%98\u0080/%2F", "GET /m/{a=**} a=😀/%2F"],
      ],
    );
  });

  it("what cannot be decoded is refused, naming the variable and the segment", () => {
    const refused = (reason: string, segment: string) =>
      `GW_URL_MALFORMED cannot read path variable a: ${reason} in segment ${JSON.stringify(segment)}`;
    holds(
      ["GET /s/{a}", "GET /m/{a=**}", "GET /t/{a}:go"],
      [
        ["GET /s/100%25%zz", refused("malformed percent escape", "100%25%zz")],
        ["GET /s/%", refused("malformed percent escape", "%")],
        ["GET /s/%4", refused("malformed percent escape", "%4")],
        ["GET /s/x%00", refused("NUL byte", "x%00")],
        ["GET /s/%C3", refused("invalid UTF-8", "%C3")],
        ["GET /s/%C0%AF", refused("invalid UTF-8", "%C0%AF")],
        ["GET /s/%ED%A0%80", refused("invalid UTF-8", "%ED%A0%80")],
        ["GET /s/\u00e9", refused("invalid UTF-8", "\u00e9")],
        ["GET /m/ok/%2f%zz/%00", refused("malformed percent escape", "%2f%zz")],
        ["GET /m/ok/%C3%2F%A9", refused("invalid UTF-8", "%C3%2F%A9")],
        ["GET /m/ok/%00/%zz", refused("NUL byte", "%00")],
        ["GET /t/%zz:go", refused("malformed percent escape", "%zz")],
        ["GET /t/x:%zz", "none"],
        ["POST /s/%zz", "405 GET, HEAD"],
      ],
    );
  });

  it("the violation names the field, and the refusal is a 400", () => {
    const matcher = matcherFor(["GET /s/{user.name}"]);
    try {
      matcher.match("GET", "/s/%zz");
      expect.unreachable();
    } catch (reason) {
      expect(reason).toBeInstanceOf(GatewayError);
      expect(reason).toMatchObject({
        id: "GW_URL_MALFORMED",
        httpStatus: 400,
        violation: { field: "user.name", description: "malformed percent escape in the path" },
      });
    }
  });
});

describe("a matcher", () => {
  it("refuses two bindings of one method and shape, naming both methods and files", () => {
    const table: readonly (readonly [string, string])[] = [
      ["/v1/{a}/x", "/v1/*/x"],
      ["/v1/{a=b/*}", "/{c=v1/b}/{d}"],
      ["/~:go", "/%7E:g%6f"],
      ["/{a=**}", "/**"],
    ];
    for (const [first, second] of table) {
      const bindings = [bindingOf("GET", first, "First", 4), bindingOf("GET", second, "Second", 9)];
      const expected = new FaultsError([
        {
          file: "test/v1/test.proto",
          line: 9,
          column: 3,
          subject: "test.v1.Test.Second",
          message: `cannot serve GET ${second}: GET ${first} of test.v1.Test.First (test/v1/test.proto:4) matches the same requests`,
        },
      ]);
      expect(() => matcherOf(bindings)).toThrow(expected);
    }
  });

  it("takes one shape with several methods, kind * or verbs", () => {
    expect(() =>
      matcherFor(["GET /v1/{a}", "POST /v1/{b}", "* /v1/{c}", "GET /v1/{a}:x", "GET /v1/{a}:y", "GET /v1/**"]),
    ).not.toThrow();
  });

  it("finds nothing where there are no rules", () => {
    expect(matcherFor([]).match("GET", "/a:b")).toEqual({ kind: "none" });
  });

  it("answers paths of 64,000 slashes or colons within linear time", () => {
    const matcher = matcherFor(["GET /n/{a=**}/z", "GET /n/{a=**}/y/z:b:c", "GET /{a}/{b}/{c}", "GET /n/{d=**}:x"]);
    const time = (times: number): number => {
      const paths = [
        `/n/${"/".repeat(times)}/z`,
        `/n/${"/".repeat(times)}/w`,
        `/n/${":".repeat(times)}`,
        `/n${"/y".repeat(times)}`,
      ];
      const start = process.cpuUsage();
      for (let i = 0; i < 20; i++) for (const path of paths) matcher.match("GET", path);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    };
    time(64_000);
    // Four times the length may take four times as long, not sixteen; the floor is for the clock's grain.
    expect(time(256_000)).toBeLessThan(8 * Math.max(time(64_000), 10));
  });
});
