import { named, scalar, section } from "./fields.js";

/** What names are held against first; what is told of others is told there. */
export const ownMetadataName = "^[A-Za-z0-9][A-Za-z0-9_.-]*$";

/** Of one upstream; what lies between its keys is in check-own-metadata. */
export const ownMetadataSection = named(
  "What goes as metadata with the gateway's own questions to it (server reflection, health), by lower-case name: a `value`, or what a `file` holds. Calls of clients never carry it.",
  ownMetadataName,
  section("One entry.", {
    value: scalar(
      "secretOrNull",
      null,
      `Its value, such as \`Bearer \${TOKEN}\`; base64 where the name ends in \`-bin\`. It is in no message and no log.`,
    ),
    file: scalar(
      "pathOrNull",
      null,
      "A file with the value instead, white space at its end left away. It is read again for each question, so that what it holds may change.",
    ),
    prefix: scalar("secretOrNull", null, "What stands before that of the file, such as `Bearer ` with its space."),
  }),
);
