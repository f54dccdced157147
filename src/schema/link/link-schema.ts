import { inSteps, quoteValue, type Steps } from "../../core/index.js";
import type { FileDescriptor } from "../file-descriptor.js";
import type { FieldType, MessageType, Schema } from "../types.js";
import { checkAll } from "./check.js";
import { declareAll } from "./declare.js";
import { defaultValue } from "./default-value.js";
import type { Drafts, FieldPair, MessageDraft } from "./drafts.js";
import { Faults } from "./faults.js";
import { type OptionsName, readOptions } from "./read-options.js";
import { resolveFeatures } from "./resolve-features.js";
import { resolveImports } from "./resolve-imports.js";
import { resolveTypes } from "./resolve-types.js";
import { OptionFault } from "./scalar-from-node.js";
import { SymbolTable } from "./symbols.js";
import { toOptions } from "./to-option-value.js";

/**
 * Makes one Schema of files, whatever source they are from: resolves names, interprets options, applies features, checks
 * what the language demands. `builtin` gives the options messages for files among which google/protobuf/descriptor.proto
 * is not. Throws a FaultsError with everything that is wrong.
 */
export function* linkSchema(
  descriptors: readonly FileDescriptor[],
  builtin: (name: OptionsName) => MessageType | null,
): Steps<Schema> {
  const faults = new Faults();
  const files = withoutDuplicates(descriptors, faults);
  const symbols = new SymbolTable();
  const drafts = yield* declareAll(files, symbols, faults);
  resolveImports(drafts.files, faults);
  yield* resolveTypes(drafts, symbols, faults);
  // Behind this line every draft has its types.
  faults.throwIfAny();
  for (const { draft } of drafts.extensions) (draft.parent as MessageDraft).addExtension(draft);

  const options = yield* readOptions(drafts, symbols, (name) => optionsType(name, symbols) ?? builtin(name), faults);
  const features = yield* resolveFeatures(drafts, options);
  const find = (fullName: string): MessageType | undefined => {
    const symbol = symbols.get(fullName);
    return symbol?.kind === "message" ? symbol.message : undefined;
  };
  yield* inSteps(options, ([draft, message]) => {
    (draft as { options: unknown }).options = toOptions(message, find);
  });
  yield* inSteps([...drafts.fields, ...drafts.extensions], (pair) => setDefault(pair, faults));
  yield* checkAll(drafts, features, faults);
  faults.throwIfAny();
  return toSchema(drafts);
}

/** In the order of their names, each once. */
function withoutDuplicates(descriptors: readonly FileDescriptor[], faults: Faults): FileDescriptor[] {
  const byName = new Map<string, FileDescriptor>();
  for (const file of descriptors) {
    if (file.name === "") faults.add(null, null, null, "a file has no name");
    else if (byName.has(file.name))
      faults.add(file.display, null, null, `the file ${quoteValue(file.name)} is there twice`);
    else byName.set(file.name, file);
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function optionsType(name: OptionsName, symbols: SymbolTable): MessageType | null {
  const symbol = symbols.get(`google.protobuf.${name}`);
  return symbol?.kind === "message" ? symbol.message : null;
}

function setDefault({ descriptor, draft, file }: FieldPair, faults: Faults): void {
  // That a message has no default is told by the checks.
  if (descriptor.defaultValue === null || draft.type.kind === "message") return;
  try {
    draft.defaultValue = defaultValue(descriptor, draft.type);
    if (draft.defaultValue !== null) return;
    faults.add(file.descriptor.display, descriptor.position, draft.fullName, "its default does not fit its type");
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error;
    faults.add(file.descriptor.display, error.position, draft.fullName, `its default does not fit: ${error.message}`);
  }
}

function toSchema(drafts: Drafts): Schema {
  const byFullName = <T extends { readonly fullName: string }>(
    pairs: readonly { readonly draft: T }[],
  ): Map<string, T> => new Map(pairs.map(({ draft }) => [draft.fullName, draft]));
  return {
    files: new Map(drafts.files.map((file) => [file.descriptor.name, file.type])),
    messages: byFullName(drafts.messages),
    enums: byFullName(drafts.enums),
    services: byFullName(drafts.services),
    extensions: byFullName<FieldType>(drafts.extensions),
  };
}
