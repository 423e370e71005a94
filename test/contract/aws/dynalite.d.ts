/** dynalite has no types of its own; this is as much of it as the tests use. */
declare module 'dynalite' {
  import type { Server } from 'node:http'
  export default function dynalite(options?: { createTableMs?: number; deleteTableMs?: number }): Server
}
