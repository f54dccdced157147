import { promisify } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { chatService } from "./chat/chat-service.js";
import { RoomStore } from "./chat/room-store.js";
import { echoService, withEchoedBytes } from "./echo/echo-service.js";
import { monitoringService } from "./monitoring/monitoring-service.js";
import { orderService } from "./orders/order-service.js";
import { OrderStore } from "./orders/order-store.js";
import { loadProtos, serviceOf } from "./server/load-protos.js";
import { addReflection } from "./server/reflection.js";
import { FileStore } from "./uploads/file-store.js";
import { uploadService } from "./uploads/upload-service.js";
import { userService } from "./users/user-service.js";
import { UserStore } from "./users/user-store.js";

/** How the sample services are started. */
export interface SampleServicesOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** "127.0.0.1" by default. */
  readonly host?: string;
  /** The clock behind every timestamp; the system's by default. */
  readonly now?: () => Date;
}

/** Sample services that are running. */
export interface SampleServices {
  /** "host:port", as a gRPC client takes it. */
  readonly address: string;
  /** Ends at once what is under way, and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the sample services of proto/portico/examples/v1 as a real gRPC server, without TLS, with grpc.health.v1 and
 * server reflection (v1 and v1alpha). Every start has stores of its own, filled with the same seeds.
 * @throws Error if the port is taken
 */
export async function startSampleServices(options: SampleServicesOptions = {}): Promise<SampleServices> {
  const { port = 0, host = "127.0.0.1", now = () => new Date() } = options;
  const users = new UserStore(now);
  const orders = new OrderStore(now);
  const implementations = {
    ChatService: chatService(new RoomStore(now)),
    EchoService: echoService(),
    MonitoringService: monitoringService(now),
    OrderService: orderService(users, orders),
    UploadService: uploadService(new FileStore(now)),
    UserService: userService(users, orders),
  };

  const server = new Server();
  const protos = loadProtos();
  const health = new HealthImplementation({ "": "SERVING" });
  for (const [name, implementation] of Object.entries(implementations)) {
    const fullName = `portico.examples.v1.${name}`;
    const service = serviceOf(protos, fullName);
    server.addService(name === "EchoService" ? withEchoedBytes(service) : service, implementation);
    health.setStatus(fullName, "SERVING");
  }
  health.addToServer(server);
  addReflection(server);

  const bound = await promisify(server.bindAsync.bind(server))(
    `${bracketed(host)}:${port}`,
    ServerCredentials.createInsecure(),
  );
  return {
    address: `${bracketed(host)}:${bound}`,
    close: async () => server.forceShutdown(),
  };
}

/** An IPv6 address stands in brackets before a port. */
function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
