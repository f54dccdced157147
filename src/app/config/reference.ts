import { configSchema } from "./config-schema.js";
import type { JsonSchema } from "./json-schema.js";
import { kinds } from "./kinds.js";

const HEAD = `# Configuration

<!-- Generated from src/app/config by \`npm run generate\`; a test holds the two against each other. -->

Portico reads one YAML file, \`gateway.config.yaml\` unless \`--config\` names another. Every key has a default. Relative
paths are relative to the file. \`\${NAME}\` and \`\${NAME:-default}\` in a value are replaced from the environment (\`$\${\`
is a literal \`\${\`). A duration is a number with its unit: \`250ms\`, \`5s\`, \`1.5m\`, \`1h\`. A size is a number of bytes or a
number with its unit: \`16KiB\`, \`4MiB\`, \`1GB\`.

\`gateway.schema.json\` lets editors complete and check the file; the first line tells them so:

\`\`\`yaml
# yaml-language-server: $schema=./gateway.schema.json
\`\`\`

\`portico check\` says everything that is wrong with the file, and with the protos and rules that it names, at once.
`;

/** docs/configuration.md: every key with its value, default and meaning. */
export function configReference(): string {
  const sections = Object.entries(configSchema.properties ?? {});
  return `${[HEAD, ...sections.map(([name, schema]) => sectionText(name, schema))].join("\n").trimEnd()}\n`;
}

function sectionText(name: string, schema: JsonSchema): string {
  const rows = keyRows(schema, "");
  const head = `## ${name}\n\n${schema.description}\n`;
  if (rows.length === 0) return head;
  const table = ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
  return `${head}\n${table}\n`;
}

/** One row a key; keys of sections inside follow their section, dotted. */
function keyRows(schema: JsonSchema, prefix: string): readonly string[] {
  const { properties = {}, additionalProperties } = schema;
  const keys: [string, JsonSchema][] = Object.entries(properties);
  if (typeof additionalProperties === "object") keys.push(["<name>", additionalProperties]);
  return keys.flatMap(([key, property]) => {
    const name = `${prefix}${key}`;
    const row = `| \`${name}\` | ${valueText(property)} | ${defaultText(property)} | ${property.description} |`;
    return [row, ...keyRows(property, `${name}.`)];
  });
}

function valueText(schema: JsonSchema): string {
  const kind = schema["x-kind"];
  if (kind !== undefined && Object.hasOwn(kinds, kind)) return kinds[kind as keyof typeof kinds].short;
  if (schema.items !== undefined) return `list: ${valueText(schema.items)}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.type === "integer" || schema.type === "number") return `${schema.minimum} to ${schema.maximum}`;
  return [schema.type ?? []]
    .flat()
    .map((type) => typeTexts[type] ?? type)
    .join(", ");
}

const typeTexts: Readonly<Record<string, string>> = {
  boolean: "`true`, `false`",
  null: "`null`",
  object: "section",
  string: "text",
};

function defaultText(schema: JsonSchema): string {
  if (schema.default === undefined) return schema.type === "object" ? "" : "must be given";
  return typeof schema.default === "string" ? `\`${schema.default}\`` : `\`${JSON.stringify(schema.default)}\``;
}
