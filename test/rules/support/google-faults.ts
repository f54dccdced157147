/**
 * The methods of google-proto-files whose rules are wrong, with what is wrong with them in the proto. Nothing else in the
 * package is refused, and all of these are.
 */
export const googleFaults: ReadonlyMap<string, "clash" | "wildcard behind **"> = new Map([
  // The same HTTP method and shape as another method of the same API, which no router can tell apart.
  ...clashes("google.cloud.bigquery.storage.v1.BigQueryRead", ["SplitReadStream"]),
  ...clashes("google.cloud.bigquery.storage.v1.BigQueryWrite", [
    "CreateWriteStream",
    "GetWriteStream",
    "FinalizeWriteStream",
    "FlushRows",
  ]),
  ...clashes("google.cloud.bigquery.storage.v1beta1.BigQueryStorage", ["SplitReadStream"]),
  ...clashes("google.cloud.bigquery.storage.v1beta2.BigQueryRead", ["SplitReadStream"]),
  ...clashes("google.cloud.bigquery.storage.v1beta2.BigQueryWrite", [
    "CreateWriteStream",
    "GetWriteStream",
    "FinalizeWriteStream",
    "FlushRows",
  ]),
  // SessionService has the rules of ConversationalSearchService once more.
  ...["v1", "v1alpha", "v1beta"].flatMap((version) =>
    clashes(`google.cloud.discoveryengine.${version}.SessionService`, [
      "CreateSession",
      "DeleteSession",
      "UpdateSession",
      "GetSession",
      "ListSessions",
    ]),
  ),
  // google/api/http.proto: `**` "must be the last part of the URL path except the Verb".
  ...wildcards("google.devtools.remoteworkers.v1test2.Bots", ["UpdateBotSession"]),
  ...wildcards("google.firestore.v1.Firestore", ["ListDocuments", "CreateDocument"]),
  ...wildcards("google.firestore.v1beta1.Firestore", ["ListDocuments", "CreateDocument"]),
]);

function clashes(service: string, methods: readonly string[]): [string, "clash"][] {
  return methods.map((method) => [`${service}.${method}`, "clash"]);
}

function wildcards(service: string, methods: readonly string[]): [string, "wildcard behind **"][] {
  return methods.map((method) => [`${service}.${method}`, "wildcard behind **"]);
}
