import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, FaultsError } from "../../core/index.js";
import type { ReadyState } from "../gateway.js";
import type { Log } from "../log/index.js";
import type { forkWorker, WorkerEnd, WorkerProcess } from "./fork-worker.js";
import type { FromWorker } from "./messages.js";

/** Milliseconds before a worker that ended is replaced; twice as long each time in a row. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** A worker that lived so long ended for a reason of its own, not of its start. */
const GOOD_LIFE = 10_000;
/** How long a worker may take to say what it is doing; one that does not is stuck. */
const ANSWER = 1000;
/** What a worker may take beyond the grace to end by itself. */
const SPARE = 5000;

/** What a worker says of itself; null: it does not run, or does not answer. */
export interface WorkerState {
  readonly worker: number;
  readonly state: ReadyState | null;
}

/** The worker processes: started, replaced when they end, asked, drained. */
export class WorkerPool {
  readonly #log: Log;
  readonly #fork: typeof forkWorker;
  readonly #places: readonly Place[];
  readonly #folder = mkdtempSync(join(tmpdir(), "portico-"));
  #ending = false;
  /** Whether a worker ended otherwise than it was told to, once all were to end. */
  #unclean = false;
  #onEnd: () => void = () => undefined;

  constructor(count: number, log: Log, fork: typeof forkWorker) {
    this.#log = log;
    this.#fork = fork;
    this.#places = Array.from({ length: count }, (_, i) => new Place(i + 1, join(this.#folder, `${i + 1}.sock`)));
  }

  /**
   * Starts one worker and then the others, so that what is wrong is found, and told, once. Gives the address.
   * @throws FaultsError with what the first one found wrong
   */
  async start(): Promise<string> {
    const [first, ...others] = this.#places;
    const outcome = await this.#begin(first as Place);
    if (outcome.kind === "faults") throw new FaultsError(outcome.faults);
    if (outcome.kind === "ended") throw new Error(`the first worker ended ${printEnd(outcome.end)} before it served`);
    await Promise.all(others.map((place) => this.#begin(place)));
    return outcome.address;
  }

  states(): Promise<readonly WorkerState[]> {
    return Promise.all(
      this.#places.map(async (place) => ({ worker: place.number, state: place.listening ? await place.ask() : null })),
    );
  }

  /** The socket of some worker's pages, or null. */
  pages(): string | null {
    return this.#places.find(({ pages }) => pages !== null)?.pages ?? null;
  }

  /** Lets all finish what is in flight and end. False: one had to be killed, or ended with a failure. */
  async drain(graceMs: number): Promise<boolean> {
    this.#stopReplacing();
    for (const { process } of this.#places) process?.send({ kind: "drain", graceMs });
    const timer = setTimeout(() => {
      for (const { process, number } of this.#places) {
        if (process === null) continue;
        this.#log.warn(`worker ${number} does not end, killing it`, { worker: number, pid: process.pid });
        process.kill();
      }
    }, graceMs + SPARE);
    await this.#allEnded();
    clearTimeout(timer);
    return !this.#unclean;
  }

  /** Ends all at once. */
  async kill(): Promise<void> {
    this.#stopReplacing();
    for (const { process } of this.#places) process?.kill();
    await this.#allEnded();
  }

  #stopReplacing(): void {
    this.#ending = true;
    for (const { timer } of this.#places) if (timer !== null) clearTimeout(timer);
  }

  async #allEnded(): Promise<void> {
    while (this.#places.some(({ process }) => process !== null)) {
      await new Promise<void>((resolve) => {
        this.#onEnd = resolve;
      });
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Starts a worker in its place; how that went is told once it listens, has faults, or ended. */
  #begin(place: Place): Promise<Outcome> {
    return new Promise((resolve) => {
      place.startedAt = performance.now();
      let faults: readonly Fault[] | null = null;
      place.process = this.#fork(place.number, place.socket, {
        message: (message) => {
          if (message.kind === "faults") faults = message.faults;
          else place.told(message);
          if (message.kind !== "listening") return;
          this.#log.info(`worker ${place.number} serves`, { worker: place.number, pid: place.process?.pid });
          resolve({ kind: "listening", address: message.address });
        },
        end: (end) => {
          const served = place.listening;
          place.left();
          resolve(faults === null ? { kind: "ended", end } : { kind: "faults", faults });
          this.#ended(place, end, served);
        },
      });
    });
  }

  #ended(place: Place, end: WorkerEnd, served: boolean): void {
    const { number } = place;
    if (this.#ending) {
      if (end.code !== 0) this.#unclean = true;
      this.#onEnd();
      return;
    }
    // The first worker's failure to start is the program's.
    if (!served && this.#places.every(({ everServed }) => !everServed)) return;
    place.failures = performance.now() - place.startedAt >= GOOD_LIFE ? 0 : place.failures + 1;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, place.failures - 1));
    this.#log.error(`worker ${number} ended ${printEnd(end)}; another one is started in ${pause} ms`);
    place.timer = setTimeout(() => {
      place.timer = null;
      void this.#begin(place);
    }, pause);
  }
}

type Outcome =
  | { readonly kind: "listening"; readonly address: string }
  | { readonly kind: "faults"; readonly faults: readonly Fault[] }
  | { readonly kind: "ended"; readonly end: WorkerEnd };

/** The place of one worker, whichever process is in it. */
class Place {
  readonly number: number;
  readonly socket: string;
  process: WorkerProcess | null = null;
  listening = false;
  everServed = false;
  pages: string | null = null;
  startedAt = 0;
  failures = 0;
  timer: NodeJS.Timeout | null = null;
  readonly #questions = new Map<number, (state: ReadyState | null) => void>();
  #asked = 0;

  constructor(number: number, socket: string) {
    this.number = number;
    this.socket = socket;
  }

  told(message: Exclude<FromWorker, { kind: "faults" }>): void {
    if (message.kind === "answer") {
      this.#questions.get(message.question)?.(message.state);
    } else {
      this.listening = true;
      this.everServed = true;
      this.pages = message.pages;
    }
  }

  left(): void {
    this.process = null;
    this.listening = false;
    this.pages = null;
    for (const answer of this.#questions.values()) answer(null);
    // A process that was killed leaves its socket behind, on which the next one could not listen.
    rmSync(this.socket, { force: true });
  }

  ask(): Promise<ReadyState | null> {
    const question = ++this.#asked;
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(null), ANSWER);
      const answer = (state: ReadyState | null): void => {
        clearTimeout(timer);
        this.#questions.delete(question);
        resolve(state);
      };
      this.#questions.set(question, answer);
      this.process?.send({ kind: "ask", question });
    });
  }
}

function printEnd({ code, signal }: WorkerEnd): string {
  return signal === null ? `with ${code}` : `by ${signal}`;
}
