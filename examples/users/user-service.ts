import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { OrderStore } from "../orders/order-store.js";
import { type Fields, selectFields, type WireMask } from "../server/field-mask.js";
import { type CallContext, unary } from "../server/handlers.js";
import { cutPage, type PageRequest } from "../server/page.js";
import { failedPrecondition, invalidArgument, refuse, StatusError } from "../server/status-error.js";
import { compileFilter, compileOrder, isSelected } from "./select-users.js";
import { readableFields, type User, type UserSelection } from "./user.js";
import type { UserStore } from "./user-store.js";
import { userStreams } from "./user-streams.js";

interface ListUsersRequest extends PageRequest {
  readonly filter: string;
  readonly orderBy: string;
  readonly where: UserSelection | null;
  readonly showArchived: boolean;
  readonly readMask: WireMask | null;
}

const LARGEST_BATCH = 100;

/** portico.examples.v1.UserService over a store. */
export function userService(users: UserStore, orders: OrderStore): UntypedServiceImplementation {
  return {
    GetUser: unary((request: { name?: string; email?: string }) => {
      if (request.email !== undefined) return users.getByEmail(request.email);
      return users.get(request.name ?? "");
    }),

    GetCurrentUser: unary((_request: object, context) => users.get(callerName(context, users))),

    ListUsers: unary((request: ListUsersRequest) => {
      const passes = compileFilter(request.filter);
      const listed = users
        .list()
        .filter((user) => request.showArchived || user.state === "ACTIVE")
        .filter((user) => isSelected(user, request.where) && passes(user))
        .sort(compileOrder(request.orderBy));
      const { pageSize: _size, pageToken: _token, ...query } = request;
      const page = cutPage(listed, request, JSON.stringify(query));
      const paths = request.readMask?.paths ?? [];
      return {
        users: paths.length === 0 ? page.items : page.items.map((user) => narrow(user, paths)),
        nextPageToken: page.nextPageToken,
        totalSize: listed.length,
      };
    }),

    CreateUser: unary((request: { userId: string; user: User | null; validateOnly: boolean }) =>
      users.create(request.userId, request.user, request.validateOnly),
    ),

    UpdateUser: unary((request: { user: User | null; updateMask: WireMask | null; allowMissing: boolean }) => {
      if (request.user === null) throw invalidArgument([{ field: "user", description: "must be given" }]);
      return users.update(request.user, request.updateMask?.paths ?? [], request.allowMissing);
    }),

    DeleteUser: unary((request: { name: string; etag: string; force: boolean }) => {
      const open = orders.openOrders(users.get(request.name).name).length;
      if (open > 0 && !request.force) {
        throw failedPrecondition("NO_OPEN_ORDERS", request.name, `${request.name} has ${open} open orders`);
      }
      users.delete(request.name, request.etag);
      orders.deleteAllOf(request.name);
      return {};
    }),

    ArchiveUser: unary((request: { name: string; reason: string }) => users.archive(request.name, request.reason)),

    BatchGetUsers: unary((request: { names: readonly string[] }) => {
      checkBatch("names", request.names);
      return { users: request.names.map((name) => users.get(name)) };
    }),

    BatchCreateUsers: unary((request: { users: readonly User[] }) => {
      checkBatch("users", request.users);
      return { users: users.createAll(request.users) };
    }),

    CountUsers: unary((request: { where: UserSelection | null }) => ({
      count: users.list().filter((user) => isSelected(user, request.where)).length,
    })),

    ...userStreams(users),
  };
}

function narrow(user: User, paths: readonly string[]): Fields {
  return selectFields(user as unknown as Fields, paths, readableFields);
}

/** The user whose token the call carries: "Bearer token-of-ada" is that of users/ada. */
function callerName(context: CallContext, users: UserStore): string {
  const [authorization] = context.metadata.get("authorization");
  const [, id] = /^Bearer token-of-(.+)$/i.exec(String(authorization ?? "")) ?? [];
  const reason = (text: string) => [
    { type: "google.rpc.ErrorInfo", value: { reason: text, domain: "examples.portico.dev" } },
  ];
  if (id === undefined) {
    throw new StatusError(status.UNAUTHENTICATED, "a bearer token is needed", reason("TOKEN_MISSING"));
  }
  if (!users.has(`users/${id}`)) {
    throw new StatusError(status.PERMISSION_DENIED, "this token belongs to nobody", reason("TOKEN_UNKNOWN"));
  }
  return `users/${id}`;
}

function checkBatch(field: string, items: readonly unknown[]): void {
  if (items.length === 0) refuse([{ field, description: "must not be empty" }]);
  if (items.length > LARGEST_BATCH) refuse([{ field, description: `must have at most ${LARGEST_BATCH} items` }]);
}
