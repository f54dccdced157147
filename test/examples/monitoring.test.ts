import { describe, expect, it } from "vitest";
import { sampleTime, useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, ...requests: unknown[]) =>
  services.client.call(`portico.examples.v1.MonitoringService/${method}`, requests);

describe("metrics", () => {
  it("reads a metric", async () => {
    expect(await call("GetMetric", { name: "metrics/cpu" })).toMatchObject({
      code: "OK",
      messages: [{ name: "metrics/cpu", value: 0.375, time: sampleTime, sequence: "1" }],
    });
    expect((await call("GetMetric", { name: "metrics/toString" })).code).toBe("NOT_FOUND");
  });

  it("reads metrics in turn until count", async () => {
    const { messages } = await call("WatchMetrics", { names: ["metrics/requests", "metrics/memory"], count: 4 });
    expect(messages).toEqual([
      { name: "metrics/requests", value: 10, time: sampleTime, sequence: "1" },
      { name: "metrics/memory", value: 0.625, time: sampleTime, sequence: "2" },
      { name: "metrics/requests", value: 20, time: sampleTime, sequence: "3" },
      { name: "metrics/memory", value: 0.75, time: sampleTime, sequence: "4" },
    ]);
    expect((await call("WatchMetrics", { count: 1000, interval: "0s" })).messages).toHaveLength(1000);
  });

  it("fails where a metric is not there, after those that are", async () => {
    const answer = await call("WatchMetrics", { names: ["metrics/cpu", "metrics/none"], count: 4 });
    expect(answer).toMatchObject({ code: "NOT_FOUND", messages: [{ name: "metrics/cpu" }] });
  });

  it("sums up what a client streams", async () => {
    const samples = [0.5, 0.25, 0.75].map((value) => ({ name: "metrics/x", value }));
    expect((await call("ReportSamples", ...samples, { name: "metrics/y", value: -1 })).messages).toEqual([
      {
        metrics: {
          "metrics/x": { count: "3", minimum: 0.25, maximum: 0.75, mean: 0.5 },
          "metrics/y": { count: "1", minimum: -1, maximum: -1, mean: -1 },
        },
      },
    ]);
    expect((await call("ReportSamples")).messages).toEqual([{}]);
  });

  it("answers each request of a two-way stream with as many samples as it asks for", async () => {
    const monitor = services.client.open("portico.examples.v1.MonitoringService/Monitor");
    monitor.send({ name: "metrics/requests", count: 2 });
    expect(await monitor.next()).toMatchObject({ value: 10, sequence: "1" });
    expect(await monitor.next()).toMatchObject({ value: 20, sequence: "2" });
    monitor.send({ name: "metrics/requests" });
    expect(await monitor.next()).toMatchObject({ value: 30, sequence: "3" });
    monitor.send({ name: "metrics/requests", count: 1001 });
    expect((await monitor.result()).code).toBe("INVALID_ARGUMENT");
  });
});
