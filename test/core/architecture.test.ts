import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Room {
  readonly mayImport: ReadonlySet<string> | "all";
  readonly thirdParty: ReadonlySet<string>;
}

/** The rooms as ARCHITECTURE.md's table has them: `| room | what lives there | may import | third party |`. */
function readRooms(): Map<string, Room> {
  const rooms = new Map<string, Room>();
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const table = text.slice(text.indexOf("| room |"));
  for (const line of table.split("\n").slice(2)) {
    if (!line.startsWith("|")) break;
    const [name = "", , imports = "", packages = ""] = line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    rooms.set(name, {
      mayImport: imports === "all" ? "all" : new Set(words(imports)),
      thirdParty: new Set(words(packages)),
    });
  }
  return rooms;
}

function words(cell: string): string[] {
  return cell
    .split(",")
    .map((word) => word.trim().replaceAll("`", ""))
    .filter((word) => word !== "" && word !== "–");
}

function sourceFiles(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replaceAll("\\", "/"))
    .sort();
}

/** What a file imports, static and dynamic. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, "src", file), "utf8");
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"/g);
  return [...found].map((match) => match[1] ?? match[2] ?? "");
}

const rooms = readRooms();

/** What is wrong with one import of a file, or null. */
function complaint(file: string, specifier: string): string | null {
  const own = file.split("/")[0] ?? "";
  const room = rooms.get(own);
  if (room === undefined) return `${own} is no room of ARCHITECTURE.md`;
  if (specifier.startsWith("node:")) return null;
  if (!specifier.startsWith(".")) {
    const name = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    return room.thirdParty.has(name) ? null : `${own} may not import the package ${name}`;
  }
  const target = relative(join(root, "src"), join(root, "src", file, "..", specifier)).replaceAll("\\", "/");
  const other = target.split("/")[0] ?? "";
  if (other === own) return null;
  if (other === "..") {
    return own === "app" && target.startsWith("../examples/") ? null : `${target} is outside of src`;
  }
  if (room.mayImport !== "all" && !room.mayImport.has(other)) return `${own} may not import ${other}`;
  return target === `${other}/index.js` ? null : `${other} is imported past its index`;
}

describe("The house stands as ARCHITECTURE.md draws it", () => {
  it("has a row for every folder of src, and a folder for every row", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
    expect([...rooms.keys()].sort()).toEqual(folders);
  });

  it("has no import against the table, past an index or of a package that the table does not name", () => {
    const complaints = sourceFiles().flatMap((file) =>
      importsOf(file).flatMap((specifier) => {
        const text = complaint(file, specifier);
        return text === null ? [] : [`${file} imports ${specifier}: ${text}`];
      }),
    );
    expect(complaints).toEqual([]);
  });

  it("has no cycle among the rooms", () => {
    const reaches = (from: string, seen: ReadonlySet<string>): boolean => {
      const next = rooms.get(from)?.mayImport;
      if (next === undefined || next === "all") return false;
      return [...next].some((room) => seen.has(room) || reaches(room, new Set([...seen, room])));
    };
    expect([...rooms.keys()].filter((room) => reaches(room, new Set([room])))).toEqual([]);
  });

  it("opens every room with a manual: a comment at the head of its index", () => {
    const without = [...rooms.keys()].filter(
      (room) => !readFileSync(join(root, "src", room, "index.ts"), "utf8").startsWith("/**"),
    );
    expect(without).toEqual([]);
  });
});

describe("Every package that is needed at run time is named, with its reason", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  for (const name of Object.keys(manifest.dependencies)) {
    it(`${name} has a row in ARCHITECTURE.md's package table`, () => {
      expect(text).toContain(`| \`${name}\` |`);
    });
  }
});
