import { choice, named, scalar, section, toggle } from "./fields.js";

export const downloadsSection = section(
  "Replies that are the bytes of a google.api.HttpBody; `ranges` and `etag` are for unary ones.",
  {
    methods: named(
      "Methods by full name, such as `shop.v1.Files.GetFile`.",
      "^\\w+(\\.\\w+)+$",
      section("What the files of one method are called.", {
        fileName: scalar(
          "fieldPathOrNull",
          null,
          "Field of the reply, or else of the request, whose value (its last part, where it is a path) is the file name in `Content-Disposition`, unless the upstream sends one as metadata.",
        ),
        disposition: choice(
          ["attachment", "inline"],
          "What browsers are told to do: store the file (`attachment`) or show it (`inline`).",
        ),
      }),
    ),
    ranges: toggle(true, "Whether a Range header is answered with that part (206); the upstream sends the whole."),
    etag: toggle(
      false,
      "Whether a reply gets a weak ETag over its bytes where the upstream sends none. If-None-Match is answered with 304 for either.",
    ),
  },
);
