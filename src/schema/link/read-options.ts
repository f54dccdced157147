import { inSteps, type Steps } from "../../core/index.js";
import { WireFault, WireReader } from "../binary/wire-reader.js";
import type { FileDescriptor, Position, RawOptions } from "../file-descriptor.js";
import type { MessageType } from "../types.js";
import type { Drafts, FileContext } from "./drafts.js";
import type { Faults } from "./faults.js";
import { OptionMessage } from "./option-message.js";
import { setFromStatement } from "./options-from-source.js";
import { setFromWire } from "./options-from-wire.js";
import { OptionFault } from "./scalar-from-node.js";
import { enclosing, type SymbolTable } from "./symbols.js";

/** The options messages of descriptor.proto, one for each kind of element. */
export type OptionsName =
  | "FileOptions"
  | "MessageOptions"
  | "FieldOptions"
  | "OneofOptions"
  | "EnumOptions"
  | "EnumValueOptions"
  | "ServiceOptions"
  | "MethodOptions";

/** Gives an options message's type. */
export type FindOptionsType = (name: OptionsName) => MessageType | null;

/** Reads the options of every element, in whichever form its source has them. */
export function* readOptions(
  drafts: Drafts,
  symbols: SymbolTable,
  find: FindOptionsType,
  faults: Faults,
): Steps<Map<object, OptionMessage>> {
  const found = new Map<object, OptionMessage>();
  const read = (draft: object, raw: RawOptions, name: OptionsName, element: OptionsElement): void => {
    if (raw.kind === "none") return;
    const type = find(name);
    if (type === null) return;
    const message = new OptionMessage(type);
    if (raw.kind === "source") readStatements(message, raw, element, symbols, faults);
    else readBytes(message, raw.bytes, element, faults);
    found.set(draft, message);
  };
  yield* inSteps(drafts.files, (file) => {
    const { descriptor } = file;
    // The scope of a file's options is its package.
    read(file.type, descriptor.options, "FileOptions", {
      file,
      scope: descriptor.package,
      subject: null,
      position: null,
    });
  });
  const readAll = (pairs: readonly ReadablePair[], name: OptionsName): Steps<void> =>
    inSteps(pairs, ({ descriptor, draft, file }) => {
      if (descriptor.options.kind === "none") return;
      const { fullName } = draft;
      read(draft, descriptor.options, name, {
        file,
        scope: enclosing(fullName) ?? "",
        subject: fullName,
        position: descriptor.position,
      });
    });
  // The options of a map's entry message are map_entry alone, which the Schema says in another way.
  yield* readAll(
    drafts.messages.filter((pair) => !pair.descriptor.mapEntry),
    "MessageOptions",
  );
  yield* readAll(
    drafts.fields.filter((pair) => pair.parent?.descriptor.mapEntry !== true),
    "FieldOptions",
  );
  yield* readAll(drafts.extensions, "FieldOptions");
  yield* readAll(drafts.oneofs, "OneofOptions");
  yield* readAll(drafts.enums, "EnumOptions");
  yield* readAll(drafts.enumValues, "EnumValueOptions");
  yield* readAll(drafts.services, "ServiceOptions");
  yield* readAll(drafts.methods, "MethodOptions");
  return found;
}

interface ReadablePair {
  readonly descriptor: { readonly options: RawOptions; readonly position: Position | null };
  readonly draft: { readonly fullName: string };
  readonly file: FileContext;
}

interface OptionsElement {
  readonly file: FileContext;
  readonly scope: string;
  readonly subject: string | null;
  readonly position: Position | null;
}

function readStatements(
  message: OptionMessage,
  raw: RawOptions & { kind: "source" },
  { file, scope, subject }: OptionsElement,
  symbols: SymbolTable,
  faults: Faults,
): void {
  for (const statement of raw.statements) {
    try {
      setFromStatement(message, statement, { symbols, scope, visible: file.visibleToOptions });
    } catch (error) {
      if (!(error instanceof OptionFault)) throw error;
      const name = statement.path.map((part) => (part.extension ? `(${part.name})` : part.name)).join(".");
      faults.add(file.descriptor.display, error.position, subject, `cannot set option ${name}: ${error.message}`);
    }
  }
}

function readBytes(message: OptionMessage, bytes: Uint8Array, element: OptionsElement, faults: Faults): void {
  try {
    setFromWire(message, new WireReader(bytes));
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const { display }: FileDescriptor = element.file.descriptor;
    faults.add(display, element.position, element.subject, `cannot read its options: ${error.message}`);
  }
}
