/** Whether a name stands for a service: its full name, or the beginning of it followed by `*`. */
export function isPartOf(service: string, name: string): boolean {
  return name.endsWith("*") ? service.startsWith(name.slice(0, -1)) : service === name;
}
