/** The user that every server of the bench answers with: some 400 bytes of JSON. */
export const user = {
  name: "users/ada-lovelace",
  displayName: "Ada Lovelace",
  email: "ada.lovelace@analytical.example",
  age: 36,
  role: "ADMIN",
  state: "ACTIVE",
  tags: ["mathematics", "engines"],
  labels: { team: "analysis", floor: "2" },
  address: { lines: ["12 St James's Square"], city: "London", postalCode: "SW1Y 4LB", countryCode: "GB" },
  creditMicros: "9007199254740993",
  createTime: "2026-01-02T03:04:05.678Z",
  etag: '"7"',
};

/** What is posted: without the time, which proto-loader's objects cannot take as JSON has it. */
const { createTime: _, ...posted } = user;
export const postedUser = posted;
