import path from "node:path";
import { loadConfig } from "../../../src/app/config/index.js";
import { documentOf } from "../../../src/app/document-of.js";
import { loadRoutes } from "../../../src/app/routes/index.js";
import type { OpenApiDocument } from "../../../src/openapi/index.js";
import { projectRoot } from "../../support/project-root.js";

/** The document of the sample services under the project's own configuration. */
export function sampleDocument(): OpenApiDocument {
  const config = loadConfig(path.join(projectRoot, "gateway.config.yaml"), {});
  return documentOf(config, loadRoutes(config));
}
