import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/app/config/index.js";
import type { Gateway, ReadyState } from "../../src/app/gateway.js";
import { createLog } from "../../src/app/log/index.js";
import { runServer } from "../../src/app/serve/index.js";
import { FaultsError } from "../../src/core/index.js";

/** A gateway whose close waits to be told, and the process and log around it. */
class Stage {
  readonly process = new EventEmitter();
  readonly log: string[] = [];
  readonly closed: number[] = [];
  admin = "";
  finish: () => void = () => undefined;
  listening: Promise<void>;
  #listening: () => void = () => undefined;
  #state: ReadyState = { kind: "starting" };

  constructor() {
    this.listening = new Promise((resolve) => {
      this.#listening = resolve;
    });
  }

  run(gateway: Partial<Gateway> = {}): Promise<number> {
    const config = parseConfig("admin: { port: 0 }\nserver: { shutdownGrace: 7s }", "gateway.config.yaml", {});
    const write = (line: string) => this.log.push(`${JSON.parse(line).level}: ${JSON.parse(line).msg}`);
    const whole: Gateway = {
      adminListener: null,
      ready: () => this.#state,
      listen: async () => {
        this.#state = { kind: "ready", failing: [], notServing: [], withoutSchema: [] };
        return "http://127.0.0.1:1";
      },
      close: (graceMs) => {
        this.closed.push(graceMs);
        this.#state = { kind: "draining" };
        return new Promise((resolve) => {
          this.finish = resolve;
        });
      },
      ...gateway,
    };
    return runServer(whole, config, {
      log: createLog(config.log, { write }),
      process: this.process,
      onListening: (_address, admin) => {
        this.admin = admin ?? "";
        this.#listening();
      },
    });
  }

  async ready(): Promise<number> {
    return (await fetch(`${this.admin}/readyz`)).status;
  }

  listeners(): readonly number[] {
    return ["SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection"].map((name) =>
      this.process.listenerCount(name),
    );
  }
}

describe("a server", () => {
  test.each(["SIGTERM", "SIGINT"])("drains on %s, not ready from then on, and ends with 0", async (signal) => {
    const stage = new Stage();
    const code = stage.run();
    await stage.listening;
    expect(await stage.ready()).toBe(200);
    stage.process.emit(signal);
    await expect.poll(() => stage.closed, { timeout: 10_000 }).toEqual([7000]);
    expect(await stage.ready()).toBe(503);
    stage.finish();
    expect(await code).toBe(0);
    expect(stage.log).toEqual([
      "info: listening on http://127.0.0.1:1",
      `info: ${signal} received, finishing requests in flight`,
      "info: stopped",
    ]);
    await expect(stage.ready()).rejects.toThrow("fetch failed");
    expect(stage.listeners()).toEqual([0, 0, 0, 0]);
  });

  test.each([
    { first: "SIGTERM", second: "SIGTERM", code: 143 },
    { first: "SIGINT", second: "SIGINT", code: 130 },
    { first: "SIGTERM", second: "SIGINT", code: 130 },
  ])("ends at once with $code on $second after $first", async ({ first, second, code }) => {
    const stage = new Stage();
    const ended = stage.run();
    await stage.listening;
    stage.process.emit(first);
    stage.process.emit(second);
    expect(await ended).toBe(code);
    expect(stage.log.at(-1)).toBe(`warn: ${second} received again, ending at once`);
    expect(stage.listeners()).toEqual([0, 0, 0, 0]);
  });

  test.each(["uncaughtException", "unhandledRejection"])("logs an %s and ends with 1", async (event) => {
    const stage = new Stage();
    const ended = stage.run();
    await stage.listening;
    stage.process.emit(event, new Error("lost"));
    expect(await ended).toBe(1);
    expect(stage.log.at(-1)).toBe("fatal: an error that nothing caught, ending");
  });

  test("ends with 1 on an error that nothing caught while it drains", async () => {
    const stage = new Stage();
    const ended = stage.run();
    await stage.listening;
    stage.process.emit("SIGTERM");
    stage.process.emit("uncaughtException", new Error("lost"));
    expect(await ended).toBe(1);
  });

  test("takes a signal that comes while it starts", async () => {
    const stage = new Stage();
    const ended = stage.run({
      listen: async () => {
        stage.process.emit("SIGTERM");
        return "http://127.0.0.1:1";
      },
      close: async () => undefined,
    });
    expect(await ended).toBe(0);
  });

  test("that cannot listen closes what it opened and says why", async () => {
    const stage = new Stage();
    const fault = { file: null, line: null, column: null, subject: "server.port", message: "cannot listen" };
    const ended = stage.run({
      listen: () => Promise.reject(new FaultsError([fault])),
      close: async (graceMs) => {
        stage.closed.push(graceMs);
      },
    });
    await expect(ended).rejects.toEqual(new FaultsError([fault]));
    expect(stage.closed).toEqual([0]);
    expect(stage.listeners()).toEqual([0, 0, 0, 0]);
  });
});
