import type { Binding } from "../../../rules/index.js";
import type { LoadedRoutes } from "../../routes/index.js";
import { alignColumns } from "../align-columns.js";
import type { Command } from "../command.js";
import { nearPath } from "../near-path.js";
import { commonExitCodes, configOption, readConfig } from "./shared.js";

/** One route, as `--json` prints it. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly rpc: string;
  readonly upstream: string;
  readonly file: string;
  readonly line: number | null;
}

export const routesCommand: Command = {
  name: "routes",
  summary: "List what is served.",
  purpose: [
    "Lists every route: HTTP method and path, the RPC that serves it, its upstream, and where its rule was written. The",
    "order is that of the services and of their methods; which of two routes serves a path that both match does not",
    "depend on it (see `portico explain`).",
  ].join("\n"),
  operands: [],
  options: {
    ...configOption,
    json: { kind: "flag", description: "Print a JSON array of {method, path, rpc, upstream, file, line}." },
  },
  examples: [
    { line: "portico routes", does: "Lists the routes of ./gateway.config.yaml as a table." },
    { line: "portico routes --json | jq '.[].path'", does: "The paths alone." },
  ],
  exitCodes: { 0: "Listed.", ...commonExitCodes },
  async run(context) {
    const { io, program } = context;
    const loaded = await program.loadRoutes(await readConfig(context));
    const routes = loaded.bindings.map((binding) => routeOf(binding, loaded));
    if (context.arguments.flag("json")) {
      io.stdout(`${JSON.stringify(routes, null, 2)}\n`);
      return 0;
    }
    const rows = routes.map(({ method, path, rpc, upstream, file, line }) => {
      return [method, path, "→", rpc, upstream, line === null ? file : `${file}:${line}`];
    });
    io.stdout(
      alignColumns(rows)
        .map((line) => `${line}\n`)
        .join(""),
    );
    return 0;
  },
};

function routeOf({ httpMethod, pattern, rpc, origin }: Binding, { upstreamOf }: LoadedRoutes): Route {
  const upstream = upstreamOf.get(rpc.service) ?? "";
  const { file, line } = origin.place;
  return { method: httpMethod, path: pattern, rpc: rpc.path.slice(1), upstream, file: nearPath(file), line };
}
