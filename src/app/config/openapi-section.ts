import { choice, list, scalar, section, texts, toggle } from "./fields.js";

export const openapiSection = section(
  "The OpenAPI document of what is served, a page to try it from, and a page to start from.",
  {
    enabled: toggle(true, "Whether the document and the pages are served."),
    port: choice(
      ["public", "admin"],
      "Which port they are on. `admin`: on the admin port alone, which then takes the calls of the page as well, and sends them where the public port would.",
    ),
    path: scalar(
      "urlPath",
      "/openapi.json",
      "Where the document is served; `false` for nowhere. `?service=` asks for that of one service or package (`shop.v1.*`), `?version=3.0` for OpenAPI 3.0.",
    ),
    ui: scalar("urlPath", "/docs", "Where the page to try it from is served; `false` for nowhere."),
    home: scalar(
      "urlPath",
      "/",
      "Where the page to start from is served, with the services, their routes and how their upstreams are; where a rule has the path, the rule is served. `false` for nowhere.",
    ),
    visibility: texts(
      "Labels of google.api.visibility that readers have; what is restricted to other labels is left out of the document. It is served all the same.",
    ),
    exclude: texts(
      "Services and methods that are left out of the document, by full name, or by the beginning of one and `*`. They are served all the same.",
    ),
    overlay: list(
      "path",
      [],
      "Files of changes to make in the document, one after the other: OpenAPI Overlay 1.0 or 1.1, in YAML or JSON.",
    ),
  },
);
