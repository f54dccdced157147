/** One instruction of a Dockerfile, with the line that it begins on. */
export interface Instruction {
  readonly line: number;
  /** Upper case. */
  readonly word: string;
  /** Its flags, such as `--from=build`, by name. */
  readonly flags: Readonly<Record<string, string>>;
  readonly rest: string;
}

/** One stage: from a FROM to the next. */
export interface Stage {
  readonly image: string;
  /** The name after AS; null for none. */
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** Takes a Dockerfile apart: comments, continued lines, stages. Here-documents and escape directives are not read. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(text)) {
    if (instruction.word !== "FROM") {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Dockerfile:${instruction.line}: ${instruction.word} before FROM`);
      stage.instructions.push(instruction);
      continue;
    }
    const match = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(instruction.rest);
    if (match === null) throw new Error(`Dockerfile:${instruction.line}: cannot read FROM ${instruction.rest}`);
    stages.push({ image: match[1] ?? "", name: match[2] ?? null, instructions: [] });
  }
  return stages;
}

function readInstructions(text: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    let whole = lines[i] ?? "";
    if (/^\s*(#|$)/.test(whole)) continue;
    while (whole.endsWith("\\")) whole = whole.slice(0, -1) + (lines[++i] ?? "");
    const [, word = "", tail = ""] = /^\s*(\S+)\s*(.*)$/.exec(whole) ?? [];
    const flags: Record<string, string> = {};
    let rest = tail.trim();
    for (let flag = /^--([a-z-]+)=(\S+)\s+/.exec(rest); flag !== null; flag = /^--([a-z-]+)=(\S+)\s+/.exec(rest)) {
      flags[flag[1] ?? ""] = flag[2] ?? "";
      rest = rest.slice(flag[0].length);
    }
    instructions.push({ line, word: word.toUpperCase(), flags, rest });
  }
  return instructions;
}
