/** Messages of transcoding.gocases.v1.TideReading: as the upstream is told them, and as the gateway must print them. */
export const readings = {
  one: reading("1", 'hi "é"\n'),
  two: reading("2", "low"),
} as const;

function reading(
  seq: string,
  level: string,
): { readonly json: { readonly seq: string; readonly level: string }; readonly text: string } {
  const json = { seq, level };
  return { json, text: JSON.stringify(json) };
}

/** Two chunks of a file as google.api.HttpBody; the type of the second counts for nothing. */
export const httpBodyStream = [
  { contentType: "text/x-tide", data: Buffer.from("abc").toString("base64") },
  { contentType: "text/other", data: Buffer.from("\0def").toString("base64") },
] as const;
