import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDescriptors, googleProtos } from "../support/build-descriptors.js";
import { closedPort } from "../support/closed-port.js";
import { type FakeUpstream, startFakeUpstream } from "../support/fake-upstream.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import type { Speaks } from "../support/http2-client.js";
import { Oracle } from "../support/oracle.js";
import { filesOfSet, telling } from "../support/reflecting-server.js";
import { corrections, houseRules } from "./house-rules.js";
import { type Case, type CaseKey, loadCases, type Outcome, type SuiteName, suites } from "./load-cases.js";
import { flatten, knownSettings, mapConfig, type SchemaFrom } from "./map-config.js";
import { performCase } from "./perform-case.js";
import { skips } from "./skips.js";

const allCases = suites.flatMap((suite) => loadCases(suite).map((testCase) => ({ suite, testCase })));
const performed = new Set<CaseKey>();

/**
 * All cases go through the gateway's own transport, from clients of HTTP/1.1 and of HTTP/2 in cleartext; those that a transport
 * has a hand in through the other as well, and from clients of HTTP/2 over TLS. All go also by a schema that the upstream tells.
 */
const runs = suites.flatMap((suite): Run[] => [
  { suite, speaks: "http/1.1", transport: "http2", from: "file", wanted: () => true },
  { suite, speaks: "http/1.1", transport: "grpc-js", from: "file", wanted: ({ group }) => transportGroups.has(group) },
  { suite, speaks: "h2c", transport: "http2", from: "file", wanted: () => true },
  { suite, speaks: "h2", transport: "http2", from: "file", wanted: ({ group }) => transportGroups.has(group) },
  // An upstream that is down tells nothing.
  {
    suite,
    speaks: "http/1.1",
    transport: "http2",
    from: "reflection",
    wanted: ({ upstream }) => upstream?.down !== true,
  },
]);
interface Run {
  readonly suite: SuiteName;
  readonly speaks: Speaks;
  readonly transport: "http2" | "grpc-js";
  readonly from: SchemaFrom;
  readonly wanted: (testCase: Case) => boolean;
}
const transportGroups: ReadonlySet<string> = new Set([
  ...["httpbody-request", "httpbody-response", "response", "error-status", "error-body", "stream-response"],
  ...["stream-request", "limits", "errors", "streaming", "metadata", "deadlines"],
]);

describe.each(runs)(
  "$suite by $speaks over $transport, schema from $from",
  ({ suite, speaks, transport, from, wanted }) => {
    let oracle: Oracle;
    let upstream: FakeUpstream;
    let nowhere: string;
    /** One gateway for each distinct configuration. */
    const gateways = new Map<string, Promise<RunningGateway>>();

    beforeAll(async () => {
      const set = buildDescriptors([
        { root: "test/cases", paths: [`${suite}.proto`] },
        googleProtos("google/rpc/error_details.proto", "google/rpc/status.proto"),
      ]);
      oracle = new Oracle(set);
      const services = oracle.methods().map(({ parent }) => [parent.typeName, parent.file.proto.name]);
      upstream = await startFakeUpstream(oracle, telling(filesOfSet(set), Object.fromEntries(services)));
      nowhere = `127.0.0.1:${await closedPort()}`;
    });

    afterAll(async () => {
      for (const gateway of await Promise.all(gateways.values())) await gateway.close();
      await upstream.close();
    });

    const gatewayFor = (testCase: Case): Promise<RunningGateway> => {
      const { config = {}, upstream: { down = false } = {} } = testCase;
      const key = JSON.stringify([down, config]);
      const running =
        gateways.get(key) ??
        startGateway(mapConfig(suite, config, { target: down ? nowhere : upstream.address, transport }, from), speaks);
      gateways.set(key, running);
      return running;
    };

    for (const testCase of loadCases(suite).filter(wanted)) {
      const key: CaseKey = `${suite}/${testCase.id}`;
      it.skipIf(skips.has(key))(`${testCase.id}: ${testCase.why}`, async () => {
        performed.add(key);
        await performCase(
          { gateway: await gatewayFor(testCase), upstream, oracle },
          testCase,
          outcomeOf(suite, testCase),
        );
      });
    }
  },
);

function outcomeOf(suite: SuiteName, testCase: Case): Outcome {
  const rule = houseRules.get(`${suite}/${testCase.id}`) ?? corrections.get(`${suite}/${testCase.id}`);
  return rule === undefined || rule.outcome === "expected" ? testCase : rule.outcome;
}

describe("the suites", () => {
  const keys = (wanted: (testCase: Case) => boolean): CaseKey[] =>
    allCases
      .filter(({ testCase }) => wanted(testCase))
      .map(({ suite, testCase }): CaseKey => `${suite}/${testCase.id}`);

  it("have every case once", () => {
    const all = keys(() => true);
    expect(all).toHaveLength(413);
    expect(new Set(all).size).toBe(413);
  });

  it("have a house rule for every disputed case, and for no other", () => {
    expect([...houseRules.keys()].sort()).toEqual(keys((testCase) => testCase.disputed === true).sort());
  });

  it("have corrections and skips for cases that are there alone", () => {
    const undisputed = new Set(keys((testCase) => testCase.disputed !== true));
    expect([...corrections.keys()].filter((key) => !undisputed.has(key))).toEqual([]);
    const all = new Set(keys(() => true));
    expect([...skips.keys()].filter((key) => !all.has(key))).toEqual([]);
    expect([...skips.values()].filter((reason) => reason.length < 20)).toEqual([]);
  });

  it("have every group that is performed over both transports", () => {
    const groups = new Set(allCases.map(({ testCase }) => testCase.group));
    expect([...transportGroups].filter((group) => !groups.has(group))).toEqual([]);
  });

  it("use every setting that the table maps", () => {
    const used = new Set(allCases.flatMap(({ testCase }) => flatten(testCase.config ?? {}).map(([word]) => word)));
    expect([...used].sort()).toEqual([...knownSettings].sort());
  });

  // Only a whole run can tell: `vitest -t` performs what it is asked for.
  it("are performed but for what is skipped", () => {
    const all = keys(() => true);
    const missing = all.filter((key) => !performed.has(key) && !skips.has(key));
    const disputed = [...houseRules.values()];
    const counts = [
      `${all.length} cases: ${performed.size} performed, ${skips.size} skipped`,
      `${houseRules.size} disputed, ${disputed.filter((rule) => rule.outcome !== "expected").length} of them decided otherwise`,
      `${corrections.size} corrected`,
    ].join("; ");
    process.stdout.write(`${counts}\n`);
    expect(missing).toEqual([]);
  });
});
