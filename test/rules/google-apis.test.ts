import { describe, expect, it } from "vitest";
import { examineApi } from "./support/google-apis.js";

/**
 * A selection with everything that occurs in the package; scripts/check-google-apis.ts examines all of it. The numbers are
 * those of `option (google.api.http)` and `additional_bindings` in the text of the protos.
 */
interface Selected {
  readonly directory: string;
  readonly methods: number;
  readonly additional: number;
  /** Methods with a rule that no binding comes of. */
  readonly unparsed?: readonly string[];
  /** Methods with the same HTTP method and shape as another one. */
  readonly clashing?: readonly string[];
}

const selection: readonly Selected[] = [
  { directory: "google/pubsub/v1", methods: 34, additional: 0 },
  { directory: "google/longrunning", methods: 4, additional: 0 },
  { directory: "google/iam/v1", methods: 3, additional: 0 },
  { directory: "google/spanner/v1", methods: 17, additional: 0 },
  { directory: "google/cloud/aiplatform/v1", methods: 341, additional: 29 },
  {
    directory: "google/cloud/bigquery/storage/v1",
    methods: 9,
    additional: 0,
    clashing: [
      "google.cloud.bigquery.storage.v1.BigQueryRead.SplitReadStream",
      "google.cloud.bigquery.storage.v1.BigQueryWrite.CreateWriteStream",
      "google.cloud.bigquery.storage.v1.BigQueryWrite.GetWriteStream",
      "google.cloud.bigquery.storage.v1.BigQueryWrite.FinalizeWriteStream",
      "google.cloud.bigquery.storage.v1.BigQueryWrite.FlushRows",
    ],
  },
  {
    directory: "google/devtools/remoteworkers/v1test2",
    methods: 2,
    additional: 0,
    unparsed: ["google.devtools.remoteworkers.v1test2.Bots.UpdateBotSession"],
  },
  {
    directory: "google/firestore/v1",
    methods: 17,
    additional: 5,
    unparsed: ["google.firestore.v1.Firestore.ListDocuments", "google.firestore.v1.Firestore.CreateDocument"],
  },
  { directory: "google/monitoring/v3", methods: 51, additional: 2 },
  { directory: "google/logging/v2", methods: 43, additional: 135 },
  { directory: "grafeas/v1", methods: 14, additional: 14 },
];

describe("every annotated method of Google's APIs is bound and serves the request made of its template", () => {
  for (const { directory, methods, additional, unparsed = [], clashing = [] } of selection) {
    it(`${directory}: ${methods} methods, ${additional} additional bindings`, () => {
      const { files, schema: _schema, bound: _bound, ...report } = examineApi(directory);
      expect(files).toBeGreaterThan(0);
      expect(report).toEqual({
        directory,
        methods,
        bindings: methods + additional - unparsed.length,
        faults: [],
        refused: [...unparsed, ...clashing],
        mismatches: [],
        shadowed: [],
      });
    });
  }
});
