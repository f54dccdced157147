import { toTimestamp } from "../server/time.js";
import { emptyUser, type User } from "./user.js";

/** The users that every new set of services begins with. */
export function seedUsers(): User[] {
  return [
    seed(1, {
      name: "users/ada",
      displayName: "Ada Lovelace",
      email: "ada@example.com",
      age: 36,
      role: "ADMIN",
      tags: ["mathematics", "poetry"],
      labels: { team: "engine" },
      address: { lines: ["12 St James's Square"], city: "London", postalCode: "SW1Y 4JH", countryCode: "GB" },
      nickname: "Countess",
      phone: "+442079460000",
      creditMicros: "9007199254740993",
      sessionTimeout: { seconds: "3600", nanos: 0 },
      attributes: { fields: { theme: { stringValue: "dark" }, beta: { boolValue: true } } },
    }),
    seed(2, {
      name: "users/alan",
      displayName: "Alan Turing",
      email: "alan@example.com",
      age: 41,
      role: "EDITOR",
      tags: ["mathematics", "running"],
      labels: { team: "machine" },
      address: { lines: ["Adlington Road"], city: "Wilmslow", postalCode: "SK9 2BT", countryCode: "GB" },
      chat: { network: "irc.example.net", nick: "prof" },
      creditMicros: "1500000",
    }),
    seed(3, {
      name: "users/barbara",
      displayName: "Barbara Liskov",
      email: "barbara@example.com",
      age: 84,
      role: "EDITOR",
      tags: ["types"],
      labels: { team: "engine" },
    }),
    seed(4, {
      name: "users/dennis",
      displayName: "Dennis Ritchie",
      email: "dennis@example.com",
      age: 70,
      role: "VIEWER",
    }),
    seed(5, {
      name: "users/katherine",
      displayName: "Katherine Johnson",
      email: "katherine@example.com",
      age: 101,
      role: "VIEWER",
      state: "ARCHIVED",
      tags: ["mathematics"],
    }),
  ];
}

function seed(day: number, user: Partial<User>): User {
  const created = toTimestamp(new Date(Date.UTC(2024, 0, day, 9)));
  return { ...emptyUser(), state: "ACTIVE", createTime: created, updateTime: created, ...user };
}
