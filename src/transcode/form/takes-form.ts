import { mediaType } from "../request-body.js";
import type { CallPlan, Headers } from "../types.js";

/** Whether a request's body is a form that the plan reads part by part (RFC 7578). */
export function takesForm(plan: CallPlan, headers: Headers): boolean {
  return plan.form !== null && mediaType(headers["content-type"]) === "multipart/form-data";
}
