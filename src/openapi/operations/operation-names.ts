import type { Binding } from "../../rules/index.js";
import type { MethodType, ServiceType } from "../../schema/index.js";
import { notesOfMethod, notesOfService } from "../annotations/index.js";

/** How services and operations are called. */
export interface OperationNames {
  /** The tag of a service. */
  tag(service: ServiceType): string;
  /**
   * `Service_Method` for a rule, `Service_Method_2` … for its additional bindings. It depends on nothing but the rule's own
   * place among its method's rules, so that it stays when others come and go.
   */
  operationId(binding: Binding): string;
}

/**
 * The name that a method's annotation gives it and no other, for an id is of one operation (OpenAPI 3.1, "Operation Object"); or
 * else names by the simple names of services, or by full names where two services have one simple name.
 */
export function operationNames(bindings: readonly Binding[]): OperationNames {
  const services = new Map<string, Set<ServiceType>>();
  for (const { rpc } of bindings) {
    const same = services.get(rpc.service.name) ?? new Set();
    services.set(rpc.service.name, same.add(rpc.service));
  }
  const tag = (service: ServiceType): string => {
    const { name } = notesOfService(service);
    return typeof name === "string" ? name : ownName(service);
  };
  const ownName = (service: ServiceType): string =>
    (services.get(service.name)?.size ?? 0) > 1 ? service.fullName : service.name;
  const claims = new Map<unknown, Set<MethodType>>();
  for (const { rpc } of bindings) {
    const { operationId } = notesOfMethod(rpc);
    claims.set(operationId, (claims.get(operationId) ?? new Set()).add(rpc));
  }
  return {
    tag,
    operationId({ rpc, index }) {
      const { operationId } = notesOfMethod(rpc);
      const isGiven = typeof operationId === "string" && claims.get(operationId)?.size === 1;
      const id = isGiven ? operationId : `${ownName(rpc.service)}_${rpc.name}`;
      return index === 0 ? id : `${id}_${index + 1}`;
    },
  };
}
