import { compare, parseFilter } from "../server/filter.js";
import { invalidArgument, refuse } from "../server/status-error.js";
import { compareTimestamps } from "../server/time.js";
import type { User, UserSelection } from "./user.js";

/** Whether a user is one of those that a UserSelection means; null means everybody. */
export function isSelected(user: User, where: UserSelection | null): boolean {
  if (where === null) return true;
  return (
    (where.roles.length === 0 || where.roles.includes(user.role)) &&
    user.age >= where.minAge &&
    where.tags.every((tag) => user.tags.includes(tag)) &&
    Object.entries(where.labels).every(([key, value]) => user.labels[key] === value) &&
    (where.createdSince === null ||
      (user.createTime != null && compareTimestamps(user.createTime, where.createdSince) >= 0))
  );
}

/**
 * Compiles the filter of ListUsers.
 * @throws StatusError INVALID_ARGUMENT if it cannot be read
 */
export function compileFilter(filter: string): (user: User) => boolean {
  const comparisons = parseFilter(filter);
  return (user) =>
    comparisons.every((comparison) => {
      const actual = readField(user, comparison.field);
      if (typeof actual !== "object") return compare(actual, comparison);
      return actual.some((item) => compare(item, { ...comparison, operator: "=" }));
    });
}

/**
 * Compiles the order_by of ListUsers: a field, and "desc" for the other way round. Equal users are ordered by name.
 * @throws StatusError INVALID_ARGUMENT if it cannot be read
 */
export function compileOrder(orderBy: string): (a: User, b: User) => number {
  const byName = (a: User, b: User): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (orderBy === "") return byName;
  const [, field = "", direction] = /^([a-z_.]+)(?: (asc|desc))?$/.exec(orderBy) ?? [];
  if (field === "") refuse([{ field: "order_by", description: 'must be a field, or a field and "desc"' }]);
  const sign = direction === "desc" ? -1 : 1;
  return (a, b) => {
    const [left, right] = [readField(a, field), readField(b, field)];
    return left < right ? -sign : left > right ? sign : byName(a, b);
  };
}

/** What a filter or an order sees of a user. */
function readField(user: User, field: string): number | string | readonly string[] {
  switch (field) {
    case "name":
      return user.name;
    case "display_name":
      return user.displayName;
    case "email":
      return user.email;
    case "age":
      return user.age;
    case "role":
      return user.role;
    case "state":
      return user.state;
    case "tags":
      return user.tags;
    case "address.city":
      return user.address?.city ?? "";
    case "address.country_code":
      return user.address?.countryCode ?? "";
  }
  if (field.startsWith("labels.")) return user.labels[field.slice("labels.".length)] ?? "";
  throw invalidArgument([{ field: "filter", description: `there is no field ${JSON.stringify(field)} to compare` }]);
}
