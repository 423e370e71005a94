import { type Server, type ServerOptions, startServer } from '../e2e/server.ts'
import { freePort, tempFolder } from '../e2e/server.ts'

/** Serves the built product, or a control object, without wrangler: closer to the runtime and quick to start again. */
export async function serve(what: string, options: ServerOptions = {}): Promise<Server> {
  const port = options.port ?? (await freePort())
  const state = options.state ?? tempFolder('state')
  return startServer({ port, state, command: [process.execPath, 'test/load/serve.ts', String(port), state, what] })
}
