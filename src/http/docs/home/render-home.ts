import { documentPaths } from "../document-texts.js";
import type { UpstreamHealth } from "../types.js";
import { escapeHtml, firstParagraph } from "./html.js";
import type { Contents, Route, RouteGroup } from "./read-routes.js";
import { STYLE } from "./style.js";

/** What the page links to; null for what is off. All with the prefix that the gateway is mounted under. */
export interface HomeLinks {
  readonly path: string | null;
  readonly ui: string | null;
}

/** Above so many routes the services are closed at first. */
const OPEN = 150;

/** The page of one document, all of it but how the upstreams are, which `render` is told. */
export function compileHome(
  contents: Contents,
  links: HomeLinks,
  parts: readonly string[],
): (healthOf: (service: string) => UpstreamHealth | null) => string {
  const { title, version, description, groups } = contents;
  const routes = groups.reduce((sum, group) => sum + group.routes.length, 0);
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><div>
<h1>${escapeHtml(title)}${version === "" ? "" : `<small>${escapeHtml(version)}</small>`}</h1>
${description === "" ? "" : `<p>${firstParagraph(description)}</p>`}
${navigation(links)}
</div></header>
<main>
`;
  const sections = groups.map((group) => ({
    group,
    before: `<details${routes > OPEN ? "" : " open"}>
<summary><h2>${escapeHtml(group.tag)}</h2><span class="count">${count(group.routes.length, "route")}</span>`,
    after: `</summary>
${aboutGroup(group, links, parts)}<ul>
${group.routes.map((route) => routeItem(route, group.tag, links)).join("\n")}
</ul>
</details>
`,
  }));
  const foot = `</main>
<footer>${count(routes, "route")} of ${count(groups.length, "service")}. Served by Portico.</footer>
</body>
</html>
`;
  return (healthOf) =>
    head + sections.map(({ group, before, after }) => before + healthOfGroup(group, healthOf) + after).join("") + foot;
}

function navigation({ path, ui }: HomeLinks): string {
  const links: string[] = [];
  if (ui !== null) links.push(`<a class="main" href="${escapeHtml(ui)}/">Try it</a>`);
  if (path !== null) {
    const { json, yaml } = documentPaths(path);
    links.push(
      `<a href="${escapeHtml(json)}">OpenAPI (JSON)</a>`,
      `<a href="${escapeHtml(yaml)}">YAML</a>`,
      `<a href="${escapeHtml(yaml)}?version=3.0">OpenAPI 3.0</a>`,
    );
  }
  return links.length === 0 ? "" : `<nav aria-label="Documents">${links.join("")}</nav>`;
}

function aboutGroup({ description, services }: RouteGroup, { path }: HomeLinks, parts: readonly string[]): string {
  const names = services.map((service) => {
    const url = path === null || !parts.includes(service) ? null : `${documentPaths(path).json}?service=${service}`;
    const link = url === null ? "" : ` <a href="${escapeHtml(url)}">document</a>`;
    return `<span><code>${escapeHtml(service)}</code>${link}</span>`;
  });
  const text = description === "" ? "" : `<p>${firstParagraph(description)}</p>`;
  return text === "" && names.length === 0 ? "" : `<div class="about">${text}<p>${names.join("")}</p></div>\n`;
}

function routeItem(
  { method, path, summary, operationId, deprecated, streams }: Route,
  tag: string,
  { ui }: HomeLinks,
): string {
  const marks = [streams ? "stream" : "", deprecated ? "deprecated" : ""].filter((mark) => mark !== "");
  const inside =
    `<span class="method ${escapeHtml(method)}">${escapeHtml(method)}</span><span class="path">${escapeHtml(path)}</span>` +
    `<span class="says">${escapeHtml(summary)}${marks.map((mark) => `<span class="mark">${mark}</span>`).join("")}</span>`;
  const old = deprecated ? ' class="old"' : "";
  if (ui === null || operationId === "") return `<li${old}><span>${inside}</span></li>`;
  const anchor = `${ui}/#/${encodeURIComponent(tag)}/${encodeURIComponent(operationId)}`;
  return `<li${old}><a href="${escapeHtml(anchor)}">${inside}</a></li>`;
}

const moods: Readonly<Record<UpstreamHealth["state"], "good" | "soon" | "bad">> = {
  ready: "good",
  idle: "soon",
  connecting: "soon",
  failing: "bad",
  "not serving": "bad",
  closed: "bad",
};

function healthOfGroup({ services }: RouteGroup, healthOf: (service: string) => UpstreamHealth | null): string {
  const seen = new Map<string, UpstreamHealth>();
  for (const service of services) {
    const health = healthOf(service);
    if (health !== null) seen.set(health.name, health);
  }
  return [...seen.values()]
    .map(({ name, state }) => `<span class="health ${moods[state]}">${escapeHtml(name)} <b>${state}</b></span>`)
    .join("");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
