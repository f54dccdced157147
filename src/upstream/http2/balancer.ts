import { unreachable } from "../../core/index.js";
import type { Balancing } from "../types.js";
import type { Endpoint } from "./endpoint.js";

/** Chooses one of several endpoints that are ready; there are two at least. */
export type Choose = (ready: readonly Endpoint[]) => Endpoint;

/** The choice of each way of balancing. */
export function createBalancer(balancing: Balancing): Choose {
  switch (balancing) {
    case "least_request":
      return leastRequest;
    case "round_robin":
      return roundRobin();
    case "pick_first":
      return (ready) => ready[0] as Endpoint;
    default:
      return unreachable(balancing);
  }
}

/**
 * The one with fewer open calls of two taken at random: near the best of all, without looking at all, and without every
 * caller running to the same one.
 */
function leastRequest(ready: readonly Endpoint[]): Endpoint {
  const i = Math.floor(Math.random() * ready.length);
  let j = Math.floor(Math.random() * (ready.length - 1));
  if (j >= i) j++;
  const a = ready[i] as Endpoint;
  const b = ready[j] as Endpoint;
  return b.active < a.active ? b : a;
}

function roundRobin(): Choose {
  let next = Math.floor(Math.random() * 1000);
  return (ready) => {
    next = (next + 1) % 0x40000000;
    return ready[next % ready.length] as Endpoint;
  };
}
