import type { Fields, MaskShape } from "../server/field-mask.js";
import type { WireDuration, WireTimestamp } from "../server/time.js";

/** portico.examples.v1.User as proto-loader has it. */
export interface User {
  name: string;
  displayName: string;
  email: string;
  age: number;
  role: "ROLE_UNSPECIFIED" | "VIEWER" | "EDITOR" | "ADMIN";
  state: "STATE_UNSPECIFIED" | "ACTIVE" | "ARCHIVED";
  tags: string[];
  labels: Record<string, string>;
  address?: Address | null;
  nickname?: string;
  phone?: string;
  chat?: { network: string; nick: string };
  creditMicros: string;
  sessionTimeout?: WireDuration | null;
  /** google.protobuf.Struct: `{ fields: { name: { stringValue: "…" } } }`. */
  attributes?: Fields | null;
  createTime?: WireTimestamp | null;
  updateTime?: WireTimestamp | null;
  etag: string;
}

/** portico.examples.v1.Address as proto-loader has it. */
export interface Address {
  lines: string[];
  city: string;
  postalCode: string;
  countryCode: string;
}

/** portico.examples.v1.UserSelection as proto-loader has it. */
export interface UserSelection {
  readonly roles: readonly User["role"][];
  readonly minAge: number;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly createdSince: WireTimestamp | null;
}

/** What an update may change. */
export const changeableFields: MaskShape = {
  display_name: "value",
  email: "value",
  age: "value",
  role: "value",
  tags: "value",
  labels: "map",
  address: { lines: "value", city: "value", postal_code: "value", country_code: "value" },
  nickname: "value",
  phone: "value",
  chat: { network: "value", nick: "value" },
  credit_micros: "value",
  session_timeout: "value",
  attributes: "json",
};

/** What a read mask may name. */
export const readableFields: MaskShape = {
  ...changeableFields,
  name: "value",
  state: "value",
  create_time: "value",
  update_time: "value",
  etag: "value",
};

/** A user with nothing in it. */
export function emptyUser(): User {
  return {
    name: "",
    displayName: "",
    email: "",
    age: 0,
    role: "ROLE_UNSPECIFIED",
    state: "STATE_UNSPECIFIED",
    tags: [],
    labels: {},
    creditMicros: "0",
    etag: "",
  };
}
