import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { type Instruction, parseDockerfile, type Stage } from "./parse-dockerfile.js";

/** What an engine would make of a Dockerfile: a folder in the place of the file system, and how it is run. */
export interface Image {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly ports: readonly string[];
  readonly stopSignal: string;
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

/**
 * Performs a Dockerfile's steps in folders under `folder`, one a stage. Base images are taken to have Node and npm and
 * nothing else in the folders that matter. An instruction that it does not know is an error, so that a Dockerfile cannot
 * outgrow it unnoticed.
 */
export function buildImage(context: string, folder: string): Image {
  const stages = parseDockerfile(readFileSync(join(context, "Dockerfile"), "utf8"));
  const ignored = readIgnore(context);
  const built = new Map<string, Image>();
  let image: Image | null = null;
  for (const [index, stage] of stages.entries()) {
    if (built.has(stage.image)) throw new Error(`stages on stages are not performed: FROM ${stage.image}`);
    image = buildStage(stage, context, ignored, join(folder, String(index)), built);
    if (stage.name !== null) built.set(stage.name, image);
  }
  if (image === null) throw new Error("the Dockerfile has no stage");
  return image;
}

function buildStage(
  stage: Stage,
  context: string,
  isIgnored: (path: string) => boolean,
  root: string,
  stages: ReadonlyMap<string, Image>,
): Image {
  mkdirSync(root, { recursive: true });
  let image: Image = {
    root,
    workdir: "/",
    environment: {},
    user: "root",
    ports: [],
    stopSignal: "SIGTERM",
    healthcheck: [],
    command: [],
  };
  let entrypoint: readonly string[] = [];
  let command: readonly string[] = [];
  for (const instruction of stage.instructions) {
    const { word, rest } = instruction;
    switch (word) {
      case "WORKDIR":
        image = { ...image, workdir: posix.resolve(image.workdir, rest) };
        mkdirSync(join(root, image.workdir), { recursive: true });
        break;
      case "COPY":
        copy(instruction, image, context, isIgnored, stages);
        break;
      case "RUN":
        perform(instruction, image);
        break;
      case "ENV": {
        const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(\S*)$/.exec(rest) ?? [];
        if (name === "") throw new Error(`Dockerfile:${instruction.line}: cannot read ENV ${rest}`);
        image = { ...image, environment: { ...image.environment, [name]: value } };
        break;
      }
      case "USER":
        image = { ...image, user: rest };
        break;
      case "EXPOSE":
        image = { ...image, ports: rest.split(/\s+/) };
        break;
      case "STOPSIGNAL":
        image = { ...image, stopSignal: rest };
        break;
      case "HEALTHCHECK":
        image = { ...image, healthcheck: execForm(rest.replace(/^CMD\s+/, ""), instruction) };
        break;
      case "ENTRYPOINT":
        entrypoint = execForm(rest, instruction);
        break;
      case "CMD":
        command = execForm(rest, instruction);
        break;
      default:
        throw new Error(`Dockerfile:${instruction.line}: ${word} is not performed by this test`);
    }
  }
  return { ...image, command: [...entrypoint, ...command] };
}

function perform({ rest, line }: Instruction, { root, workdir, environment }: Image): void {
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", rest], { cwd: join(root, workdir), env, encoding: "utf8" });
  if (status !== 0) throw new Error(`Dockerfile:${line}: RUN ${rest} ended with ${status}\n${stdout}${stderr}`);
}

/** The exec form needs no shell in the image, and the process gets signals itself. */
function execForm(text: string, { line, word }: Instruction): readonly string[] {
  const list: unknown = JSON.parse(text);
  if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  throw new Error(`Dockerfile:${line}: ${word} is not in exec form`);
}

function copy(
  { flags, rest, line }: Instruction,
  image: Image,
  context: string,
  isIgnored: (path: string) => boolean,
  stages: ReadonlyMap<string, Image>,
): void {
  const paths = rest.split(/\s+/);
  const target = paths.pop() ?? "";
  const from = flags["from"] === undefined ? null : stages.get(flags["from"]);
  if (from === undefined) throw new Error(`Dockerfile:${line}: no stage ${flags["from"]}`);
  const into = target.endsWith("/") || paths.length > 1;
  for (const path of paths) {
    const source = join(from?.root ?? context, path);
    if (from === null && isIgnored(path)) throw new Error(`Dockerfile:${line}: .dockerignore leaves out ${path}`);
    if (!existsSync(source)) throw new Error(`Dockerfile:${line}: there is no ${path}`);
    const place = join(image.root, posix.resolve(image.workdir, target));
    const destination = into && !statSync(source).isDirectory() ? join(place, basename(path)) : place;
    mkdirSync(dirname(destination), { recursive: true });
    cpSync(source, destination, { recursive: true, verbatimSymlinks: true });
  }
}

/** Patterns of .dockerignore, the last one that fits wins; no wildcards but a lone `*`, which is all that ours has. */
function readIgnore(context: string): (path: string) => boolean {
  const patterns = readFileSync(join(context, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const pattern of patterns) {
    if (pattern !== "*" && /[*?[]/.test(pattern)) throw new Error(`.dockerignore: ${pattern} is not read by this test`);
  }
  return (path) => {
    let ignored = false;
    for (const pattern of patterns) {
      const name = pattern.replace(/^!/, "");
      if (name === "*" || path === name || path.startsWith(`${name}/`)) ignored = !pattern.startsWith("!");
    }
    return ignored;
  };
}
