export { LoopbackServers } from "./loopback-servers.ts";
