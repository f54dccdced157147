import type { JSONPathNodeList, JSONPathQuery, JSONValue } from "json-p3";
import { type Fault, unreachable } from "../../core/index.js";
import { asObject } from "../read-json.js";
import type { JsonObject, JsonValue } from "../types.js";
import { copyJson, type Draft, kindOf, memberOf, mergeJson, OverlayError, setMember } from "./merge-json.js";
import type { Action, Overlaid, Overlay } from "./overlay.js";

/**
 * Applies overlays to a document, one after the other, each action to what the one before it has left. An action whose
 * target selects nothing changes nothing; one that cannot be done is a fault, and may be done in part. The document that is
 * given does not change.
 */
export function applyOverlays(document: JsonObject, overlays: readonly Overlay[]): Overlaid {
  if (overlays.length === 0) return { document, faults: [] };
  const holder: { root: Draft } = { root: copyJson(document) };
  const faults: Fault[] = [];
  for (const { version, actions } of overlays) {
    for (const action of actions) {
      try {
        apply(holder, action, version);
      } catch (error) {
        if (!(error instanceof OverlayError)) throw error;
        faults.push(action.fault(`cannot apply the action: ${error.message}`));
      }
    }
  }
  return { document: asObject(holder.root as JsonValue), faults };
}

/** What holds the document, so that a target may be the document itself. */
interface Holder {
  root: Draft;
}

/** A node by what holds it and its name or index there. */
interface Selected {
  readonly parent: Draft;
  readonly name: string | number;
  readonly value: Draft;
}

function apply(holder: Holder, { target, change }: Action, version: Overlay["version"]): void {
  switch (change.kind) {
    case "nothing":
      break;
    case "remove":
      remove(select(target, holder), holder);
      break;
    case "update":
      update(select(target, holder), change.value, version);
      break;
    case "copy": {
      const [source, ...more] = select(change.from, holder);
      if (source === undefined || more.length > 0) {
        throw new OverlayError(`copy selects ${source === undefined ? "nothing" : "several nodes"}, and not one`);
      }
      update(select(target, holder), source.value as JsonValue, version);
      break;
    }
    default:
      unreachable(change);
  }
}

/** The nodes of a query, each once, in the order of the document. */
function select(query: JSONPathQuery, holder: Holder): readonly Selected[] {
  const found = new Map<string, Selected>();
  for (const { location } of evaluate(query, holder.root)) {
    let selected: Selected = { parent: holder as unknown as Draft, name: "root", value: holder.root };
    for (const name of location) {
      selected = { parent: selected.value, name, value: memberOf(selected.value, name) ?? null };
    }
    found.set(JSON.stringify(location), selected);
  }
  return [...found.values()];
}

/** Some faults of a path show on a document alone, such as a regular expression that is none. */
function evaluate(query: JSONPathQuery, root: Draft): JSONPathNodeList["nodes"] {
  try {
    return query.query(root as JSONValue).nodes;
  } catch (error) {
    throw new OverlayError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * 1.0: targets are "zero or more objects or arrays (not primitive types or null values)", and what an array gets is "an
 * entry to append", whatever it is. 1.1: targets are all of one kind, plain values are replaced, and a list is joined to one.
 */
function update(nodes: readonly Selected[], value: JsonValue, version: Overlay["version"]): void {
  const kinds = new Set(nodes.map((node) => kindOf(node.value)));
  if (kinds.has("a plain value") && version === "1.0") {
    throw new OverlayError("the target is a plain value; select the object that it stands in, and update that");
  }
  if (kinds.size > 1)
    throw new OverlayError(`the target selects ${[...kinds].join(" and ")}, and not one kind of them`);
  for (const { parent, name, value: target } of nodes) {
    const copy = copyJson(value);
    const isEntry = Array.isArray(target) && (version === "1.0" || !Array.isArray(copy));
    setMember(parent, name, mergeJson(target, isEntry ? [copy] : copy));
  }
}

/** The last first, so that the indexes of those before it stay what they are. */
function remove(nodes: readonly Selected[], holder: Holder): void {
  for (const { parent, name } of [...nodes].sort((a, b) => indexOf(b) - indexOf(a))) {
    if (Array.isArray(parent)) parent.splice(Number(name), 1);
    else if (parent === (holder as unknown)) throw new OverlayError("the document itself cannot be removed");
    else delete (parent as Record<string, Draft>)[String(name)];
  }
}

function indexOf({ name }: Selected): number {
  return typeof name === "number" ? name : -1;
}
