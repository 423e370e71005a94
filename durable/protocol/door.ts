import type { Role } from './domain.ts'

/**
 * What the Worker tells an object about whoever it lets through, in headers made by the Worker alone. The sign-in that a
 * socket came by tags the socket, so that the object finds it again after hibernation and ends it when that is over.
 */
export const PERSON_HEADER = 'ic-person'
export const ROLE_HEADER = 'ic-role'
export const SESSION_HEADER = 'ic-session'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']

/** Who a socket is for, by these headers; null where they do not say. */
export function readerOf(headers: { get(name: string): string | null }): { name: string; role: Role } | null {
  const name = headers.get(PERSON_HEADER)
  const role = ROLES.find((known) => known === headers.get(ROLE_HEADER))
  return name && role ? { name, role } : null
}

/** The tags of a socket that came with these headers; the platform takes ten of 256 characters. */
export function tagsOf(headers: { get(name: string): string | null }): string[] {
  const session = headers.get(SESSION_HEADER)
  return session === null ? [] : [tagOf(session)]
}

/** The tag of one sign-in. */
export function tagOf(session: string): string {
  return `session:${session}`
}
