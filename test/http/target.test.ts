import { describe, expect, it } from "vitest";
import { splitTarget } from "../../src/http/index.js";

const rows: readonly { target: string; prefix?: string; path: string; query: string }[] = [
  { target: "/", path: "/", query: "" },
  { target: "/v1/users?a=1&b=2", path: "/v1/users", query: "a=1&b=2" },
  { target: "/v1/users?", path: "/v1/users", query: "" },
  { target: "/v1/a%2Fb%3Fc?x=%3F", path: "/v1/a%2Fb%3Fc", query: "x=%3F" },
  { target: "/v1/users#part?no=1", path: "/v1/users", query: "" },
  { target: "/v1/users?a=1#part", path: "/v1/users", query: "a=1" },
  { target: "http://api.test:80/v1/users?a=1", path: "/v1/users", query: "a=1" },
  { target: "http://api.test", path: "/", query: "" },
  { target: "http://api.test?a=/b", path: "/", query: "a=/b" },
  { target: "http://api.test?a=1#part", path: "/", query: "a=1" },
  { target: "HTTPS+x://[::1]:80/v1?a=http://b/c", path: "/v1", query: "a=http://b/c" },
  { target: "*", path: "*", query: "" },
  { target: "/api/v1/users?a=1", prefix: "/api", path: "/v1/users", query: "a=1" },
  { target: "/api", prefix: "/api", path: "/", query: "" },
];

describe("A request target is split as it was sent", () => {
  for (const { target, prefix = "", path, query } of rows) {
    it(`${target}${prefix === "" ? "" : ` under ${prefix}`} has the path ${path} and the query ${JSON.stringify(query)}`, () => {
      expect(splitTarget(target, prefix)).toEqual({ path, query });
    });
  }
});
