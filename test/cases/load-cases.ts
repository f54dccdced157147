import { readFileSync } from "node:fs";
import type { FakeStatus } from "../support/fake-upstream.js";

/** A case as README.md describes it. Its messages and bodies are JSON whose shape the case decides. */
export interface Case {
  readonly id: string;
  readonly group: string;
  readonly why: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    readonly body?: string;
    readonly body_base64?: string;
  };
  readonly upstream?: UpstreamAnswer;
  readonly expect_call: ExpectedCall | null;
  readonly expect_http: ExpectedHttp;
  readonly disputed?: boolean;
  readonly alternatives?: readonly Outcome[];
}

/** What the upstream answers; OK without a message by default. */
export interface UpstreamAnswer {
  readonly messages?: readonly unknown[];
  readonly status?: FakeStatus;
  readonly initial_metadata?: Readonly<Record<string, NeutralMetadata>>;
  readonly trailing_metadata?: Readonly<Record<string, NeutralMetadata>>;
  readonly delay_ms?: number;
  /** Nothing listens. */
  readonly down?: boolean;
}

/** What must come of a request. */
export interface Outcome {
  readonly expect_call: ExpectedCall | null;
  readonly expect_http: ExpectedHttp;
  /** Where the case expects no call and so tells no answer. */
  readonly upstream?: UpstreamAnswer;
}

export interface ExpectedCall {
  /** "pkg.Service/Method". */
  readonly method: string;
  readonly messages: readonly unknown[];
  /** A subset; null: the key must be absent. */
  readonly metadata?: Readonly<Record<string, NeutralMetadata | null>>;
  /** null: no deadline. */
  readonly deadline_ms?: readonly [number, number] | null;
}

export interface ExpectedHttp {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly trailers?: Readonly<Record<string, string | null>>;
  readonly body_json?: unknown;
  readonly body_match?: "subset";
  readonly body_text?: string;
  readonly body_base64?: string;
}

/** Text, bytes, or several values in order. */
export type NeutralMetadata = string | { readonly base64: string } | readonly (string | { readonly base64: string })[];

/** The two suites: one proto and one list of cases each. */
export const suites = ["cases", "gocases"] as const;
export type SuiteName = (typeof suites)[number];

/** "cases/path-literal": ids are only unique within a suite. */
export type CaseKey = `${SuiteName}/${string}`;

export function loadCases(suite: SuiteName): readonly Case[] {
  return JSON.parse(readFileSync(new URL(`${suite}.json`, import.meta.url), "utf8")) as Case[];
}
