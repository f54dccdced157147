import createClient from "openapi-fetch";
import type { components, paths } from "../../.tmp/openapi-tools/schema.js";

export type User = components["schemas"]["portico.examples.v1.User"];

/**
 * What someone writes who has the document alone: openapi-typescript has made types of it, openapi-fetch makes requests of
 * them. It is type-checked, and run against a live gateway.
 */
export function createUsersClient(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });
  return {
    async nameOf(user: string): Promise<string> {
      const { data, error } = await client.GET("/v1/users/{user}", { params: { path: { user } } });
      // One who asks for application/problem+json gets that; this one does not.
      if (error !== undefined) return "message" in error ? `${error.code}: ${error.message}` : "a problem";
      return data.displayName ?? "";
    },
    async namesIn(team: string, roles: readonly ("ADMIN" | "EDITOR")[]): Promise<readonly string[]> {
      const query = { pageSize: 10, "where.labels": { team }, "where.roles": [...roles] };
      const { data } = await client.GET("/v1/users", { params: { query } });
      return (data?.users ?? []).map((user: User) => user.name ?? "");
    },
    /** 64-bit integers are text, so that no digit is lost. */
    async units(user: string, order: string): Promise<string | undefined> {
      const { data } = await client.GET("/v1/users/{user}/orders/{order}/total", { params: { path: { user, order } } });
      return data?.units;
    },
    async create(userId: string, displayName: string, email: string): Promise<User | undefined> {
      const { data } = await client.POST("/v1/users", {
        params: { query: { userId } },
        body: { displayName, email, state: "ACTIVE", labels: { team: "compilers" } },
      });
      return data;
    },
    async move(user: string, city: string): Promise<string | undefined> {
      const { data } = await client.PATCH("/v1/users/{user}", {
        params: { path: { user } },
        body: { address: { city } },
      });
      return data?.address?.city;
    },
    async firstOf(count: number): Promise<readonly string[]> {
      const { response } = await client.GET("/v1/users:watch", {
        params: { query: { count } },
        headers: { accept: "application/x-ndjson" },
        parseAs: "stream",
      });
      const lines = (await response.text()).trimEnd().split("\n");
      return lines.map((line) => String(JSON.parse(line).user.name));
    },
    /** Bytes both ways; the type of a google.api.HttpBody is whatever it is. */
    async echoFile(file: string, text: string): Promise<string | undefined> {
      const params = { path: { file } };
      await client.PUT("/v1/files/{file}", {
        params,
        body: text,
        bodySerializer: (body) => body,
        headers: { "content-type": "text/plain" },
      });
      const { data } = await client.GET("/v1/files/{file}:content", { params, parseAs: "text" });
      return data;
    },
  };
}
