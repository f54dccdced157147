/** The user that every server of the bench answers with: 397 bytes of JSON, as the design's measurements had. */
export const user = {
  name: "users/ada-lovelace",
  displayName: "Ada Lovelace",
  email: "ada.lovelace@analytical.example",
  age: 36,
  role: "ADMIN",
  state: "ACTIVE",
  tags: ["mathematics", "engines", "poetry"],
  labels: { team: "analysis", floor: "2" },
  address: { street: "12 St James's Square", city: "London", postalCode: "SW1Y 4LB", regionCode: "GB" },
  nickname: "Enchantress",
  creditMicros: "9007199254740993",
  createTime: "2026-01-02T03:04:05.678Z",
  etag: '"7"',
};
