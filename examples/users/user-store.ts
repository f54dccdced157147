import { status } from "@grpc/grpc-js";
import { applyMask, type Fields } from "../server/field-mask.js";
import { etagMismatch, failedPrecondition, notFound, refuse, StatusError } from "../server/status-error.js";
import { toTimestamp } from "../server/time.js";
import { Topic } from "../server/topic.js";
import { checkUser, checkUserId } from "./check-user.js";
import { seedUsers } from "./seed-users.js";
import { changeableFields, emptyUser, type User } from "./user.js";

const TYPE = "portico.examples.v1.User";

/** Something that happened to a user. */
export interface UserChange {
  readonly kind: "ADDED" | "CHANGED" | "REMOVED";
  readonly user: User;
}

/** The users, in memory, sorted by name. What it gives away is not to be changed. */
export class UserStore {
  readonly #users = new Map<string, User>();
  readonly #now: () => Date;
  #revision = 0;
  #nextId = 1;
  readonly changes = new Topic<UserChange>();

  constructor(now: () => Date) {
    this.#now = now;
    for (const user of seedUsers()) this.#users.set(user.name, { ...user, etag: this.#nextEtag() });
  }

  list(): User[] {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws StatusError NOT_FOUND */
  get(name: string): User {
    const user = this.#users.get(name);
    if (user === undefined) throw notFound(TYPE, name);
    return user;
  }

  has(name: string): boolean {
    return this.#users.has(name);
  }

  /** @throws StatusError NOT_FOUND */
  getByEmail(email: string): User {
    const user = this.#withEmail(email);
    if (user === null) throw notFound(TYPE, email);
    return user;
  }

  /** @throws StatusError INVALID_ARGUMENT, ALREADY_EXISTS */
  create(userId: string, given: User | null, validateOnly = false): User {
    const user = this.#prepare(userId, given, "user");
    if (!validateOnly) this.#add([user]);
    return user;
  }

  /** Creates all or none. Their names give their ids. @throws StatusError INVALID_ARGUMENT, ALREADY_EXISTS */
  createAll(given: readonly User[]): User[] {
    const users: User[] = [];
    for (const [index, user] of given.entries()) {
      const prepared = this.#prepare(user.name.replace(/^users\//, ""), user, `users[${index}]`);
      for (const earlier of users) {
        if (earlier.name === prepared.name) throw alreadyExists(prepared.name);
        if (earlier.email === prepared.email) throw alreadyExists(prepared.email);
      }
      users.push(prepared);
    }
    this.#add(users);
    return users;
  }

  /** @throws StatusError NOT_FOUND, INVALID_ARGUMENT, ALREADY_EXISTS, ABORTED */
  update(given: User, paths: readonly string[], allowMissing: boolean): User {
    const stored = this.#users.get(given.name);
    if (stored === undefined) {
      if (!allowMissing) throw notFound(TYPE, given.name);
      return this.create(given.name.replace(/^users\//, ""), given);
    }
    if (given.etag !== "" && given.etag !== stored.etag) throw etagMismatch(given.name);
    const changed: User = { ...stored };
    const masked = paths.filter((path) => path !== "name" && path !== "etag");
    if (masked.length > 0 || paths.length === 0) {
      applyMask(changed as unknown as Fields, given as unknown as Fields, masked, changeableFields);
    }
    keepOneContact(changed, stored);
    const complete: User = { ...emptyUser(), ...changed };
    refuse(checkUser(complete, "user"));
    const other = this.#withEmail(complete.email);
    if (other !== null && other.name !== complete.name) throw alreadyExists(complete.email);
    return this.#change(complete);
  }

  /** @throws StatusError NOT_FOUND, FAILED_PRECONDITION */
  archive(name: string, reason: string): User {
    const stored = this.get(name);
    if (stored.state === "ARCHIVED") throw failedPrecondition("ACTIVE", name, `${name} is archived already`);
    const fields = (stored.attributes?.["fields"] ?? {}) as Fields;
    const attributes =
      reason === "" ? stored.attributes : { fields: { ...fields, archiveReason: { stringValue: reason } } };
    return this.#change({ ...stored, state: "ARCHIVED", attributes: attributes ?? null });
  }

  /** @throws StatusError NOT_FOUND, ABORTED */
  delete(name: string, etag: string): void {
    const user = this.get(name);
    if (etag !== "" && etag !== user.etag) throw etagMismatch(name);
    this.#users.delete(name);
    this.changes.publish({ kind: "REMOVED", user });
  }

  /** A user as it would be stored; `prefix` is where it stands in the request. */
  #prepare(userId: string, given: User | null, prefix: string): User {
    const user = given ?? emptyUser();
    refuse([...checkUserId(userId), ...checkUser(user, prefix)]);
    const name = `users/${userId === "" ? this.#makeId() : userId}`;
    if (this.#users.has(name)) throw alreadyExists(name);
    if (this.#withEmail(user.email) !== null) throw alreadyExists(user.email);
    const now = toTimestamp(this.#now());
    return {
      ...user,
      name,
      role: user.role === "ROLE_UNSPECIFIED" ? "VIEWER" : user.role,
      state: "ACTIVE",
      createTime: now,
      updateTime: now,
      etag: this.#nextEtag(),
    };
  }

  #add(users: readonly User[]): void {
    for (const user of users) this.#users.set(user.name, user);
    for (const user of users) this.changes.publish({ kind: "ADDED", user });
  }

  #change(user: User): User {
    const changed: User = { ...user, updateTime: toTimestamp(this.#now()), etag: this.#nextEtag() };
    this.#users.set(changed.name, changed);
    this.changes.publish({ kind: "CHANGED", user: changed });
    return changed;
  }

  #withEmail(email: string): User | null {
    for (const user of this.#users.values()) if (user.email === email) return user;
    return null;
  }

  #makeId(): string {
    while (this.#users.has(`users/user-${this.#nextId}`)) this.#nextId += 1;
    this.#nextId += 1;
    return `user-${this.#nextId - 1}`;
  }

  #nextEtag(): string {
    this.#revision += 1;
    return String(this.#revision);
  }
}

/** Members of a oneof clear each other: the one that the update has set stays. */
function keepOneContact(changed: User, stored: User): void {
  if (changed.phone === undefined || changed.chat === undefined) return;
  if (changed.phone === stored.phone) delete changed.phone;
  else delete changed.chat;
}

function alreadyExists(what: string): StatusError {
  return new StatusError(status.ALREADY_EXISTS, `${what} is there already`, [
    {
      type: "google.rpc.ResourceInfo",
      value: { resourceType: TYPE, resourceName: what, description: "already exists" },
    },
  ]);
}
