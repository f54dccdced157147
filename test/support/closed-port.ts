import { once } from "node:events";
import { createServer } from "node:net";

/** Below what Linux (32768) and others (49152) give to those who ask for any port: nobody is given it by chance. */
const [FIRST, LAST] = [20_000, 32_000];

/** A port of 127.0.0.1 where nothing listens, nor will: tests beside this one listen where the system puts them. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    // Somebody else listens there: another one will do.
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
