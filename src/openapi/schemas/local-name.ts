import type { FileType } from "../../schema/index.js";

/** The full name of a type without its package: "User.Role". */
export function localName(fullName: string, file: FileType): string {
  return file.package === "" ? fullName : fullName.slice(file.package.length + 1);
}
