import type { Violation } from "../server/status-error.js";
import type { User } from "./user.js";

/** Everything that is wrong with a user, field by field; `prefix` is where the user stands in the request. */
export function checkUser(user: User, prefix: string): Violation[] {
  const violations: Violation[] = [];
  const check = (holds: boolean, field: string, description: string): void => {
    if (!holds) violations.push({ field: `${prefix}.${field}`, description });
  };
  const letters = [...user.displayName].length;
  check(letters >= 1 && letters <= 63, "display_name", "must have 1 to 63 characters");
  check(/^[^\s@]+@[^\s@]+$/.test(user.email), "email", "must be an email address");
  check(user.age >= 0 && user.age <= 150, "age", "must be between 0 and 150");
  check(Object.keys(user.labels).length <= 64, "labels", "must have at most 64 entries");
  const country = user.address?.countryCode ?? "";
  check(country === "" || /^[A-Z]{2}$/.test(country), "address.country_code", "must be two capital letters");
  check(user.phone === undefined || /^\+[0-9]{7,15}$/.test(user.phone), "phone", 'must be like "+442079460000"');
  return violations;
}

/** What is wrong with the id of a new user; nothing is wrong with none. */
export function checkUserId(userId: string): Violation[] {
  if (userId === "") return [];
  const description = "must be a lower-case letter and up to 62 lower-case letters, digits and hyphens";
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(userId)) return [{ field: "user_id", description }];
  // GET /v1/users/me is GetCurrentUser.
  if (userId === "me") return [{ field: "user_id", description: '"me" is taken' }];
  return [];
}
