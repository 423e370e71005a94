import type { Ending } from './sockets.ts'

/** A room or a directory, as far as the registry speaks to it. */
interface Door {
  endSockets(session: string, reason: string): Promise<void>
}

/** Has the object close what it holds of a sign-in. */
export async function endAt(env: Env, { object, session, reason }: Ending): Promise<void> {
  const [kind = '', ...rest] = object.split(' ')
  const name = rest.join(' ')
  const door = (kind === 'room' ? env.ROOM : env.DIRECTORY).getByName(name) as unknown as Door
  await door.endSockets(session, reason)
}
