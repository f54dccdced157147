import { clip } from "../core/index.js";

/**
 * Why a text is no path template. `message` is one formed sentence that quotes the template and names the column;
 * `reason` is its second half alone.
 */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  /** 1-based, in UTF-16 units of the template. */
  readonly column: number;
  readonly reason: string;

  constructor(template: string, offset: number, reason: string) {
    super(`cannot parse template ${JSON.stringify(clip(template))}: ${reason} at column ${offset + 1}`);
    this.column = offset + 1;
    this.reason = reason;
  }
}
