/** The values after `--name` on the command line, or what is given instead. */
export function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

/** Whether `--smoke` is on the command line: a short run that shows that the bench works; its figures mean nothing. */
export const smoke = process.argv.includes("--smoke");
