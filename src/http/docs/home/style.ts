/**
 * The page's style, in the page itself, so that it is one request. Light or dark as the reader's system is; every pair of
 * text and ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3). On a phone a route is two lines instead of three columns.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #fff; --text: #1b2430; --quiet: #566172; --line: #dde2e9; --link: #0b5cad;
  --good: #17713a; --soon: #86540a; --bad: #b3261e; --code: #eef1f5;
  --get: #0b5cad; --post: #17713a; --put: #86540a; --patch: #0c6b6b; --delete: #b3261e; --other: #566172;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1a2029; --text: #e4e9f0; --quiet: #a2adbb; --line: #2e3744; --link: #7db8f5;
    --good: #6fcf8f; --soon: #e3b35c; --bad: #f38b84; --code: #252d38;
    --get: #7db8f5; --post: #6fcf8f; --put: #e3b35c; --patch: #66cfcf; --delete: #f38b84; --other: #a2adbb;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main, header > div, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { background: var(--card); border-bottom: 1px solid var(--line); padding: 1.75rem 0 1.25rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h1 small { margin-left: .5rem; font-size: .9rem; font-weight: 400; color: var(--quiet); white-space: nowrap; }
p { margin: .5rem 0 0; max-width: 46rem; color: var(--quiet); }
code { padding: .1em .3em; border-radius: .25rem; background: var(--code); font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1.1rem; }
nav a { padding: .35rem .8rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); }
nav a.main { border-color: var(--link); background: var(--link); color: var(--card); font-weight: 600; }
details { margin-top: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; padding: .9rem 1.1rem; cursor: pointer; list-style: none; border-radius: .6rem; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "›"; width: .6rem; color: var(--quiet); }
details[open] > summary::before { transform: rotate(90deg); }
h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
.count { color: var(--quiet); font-size: .9rem; }
.health { margin-left: auto; color: var(--quiet); font-size: .9rem; }
.health b { font-weight: 600; }
.health b::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .4em; border-radius: 50%; background: currentColor; }
.good b { color: var(--good); } .soon b { color: var(--soon); } .bad b { color: var(--bad); }
.about { padding: 0 1.1rem .9rem; margin: -.35rem 0 0; }
.about span { margin-right: 1rem; }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li + li { border-top: 1px solid var(--line); }
li a, li > span { display: grid; grid-template-columns: 4.5rem minmax(0, 1.2fr) minmax(0, 1fr); gap: 0 .75rem; padding: .5rem 1.1rem; color: inherit; }
li a:hover { background: var(--ground); text-decoration: none; }
li:last-child a, li:last-child > span { border-radius: 0 0 .6rem .6rem; }
.method { font: 600 .8rem/1.9 ui-monospace, monospace; color: var(--other); }
.GET, .HEAD { color: var(--get); } .POST { color: var(--post); } .PUT { color: var(--put); }
.PATCH { color: var(--patch); } .DELETE { color: var(--delete); }
.path { font: .9rem/1.7 ui-monospace, monospace; overflow-wrap: anywhere; }
.says { color: var(--quiet); font-size: .95rem; }
.old .path { text-decoration: line-through; }
.mark { margin-left: .4rem; padding: 0 .4rem; border: 1px solid var(--line); border-radius: .7rem; font-size: .75rem; white-space: nowrap; }
footer { padding: 1.5rem 1.25rem 2.5rem; color: var(--quiet); font-size: .9rem; }
@media (max-width: 40rem) {
  main, header > div, footer { padding-left: .9rem; padding-right: .9rem; }
  .health { margin-left: 1.35rem; flex-basis: 100%; }
  li a, li > span { grid-template-columns: 4rem minmax(0, 1fr); padding: .6rem .9rem; }
  .says { grid-column: 2; }
}
`;
