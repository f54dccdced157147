import createClient from "openapi-fetch";
import type { paths } from "../../.tmp/openapi-tools/schema.js";

/** Each of these is refused by the compiler: the types say something. */
const client = createClient<paths>({ baseUrl: "" });
client.GET("/v1/nowhere");
client.GET("/v1/users/{user}", {});
client.GET("/v1/users", { params: { query: { pageSize: "ten" } } });
client.POST("/v1/users", { body: { email: "a@example.com" } });
client.POST("/v1/users", { body: { displayName: "A", email: "a@example.com", state: "ASLEEP" } });
client.DELETE("/v1/users:watch");
