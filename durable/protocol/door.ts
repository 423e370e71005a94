/**
 * What the Worker tells an object about whoever it lets through, in headers made by the Worker alone. The sign-in that a
 * socket came by tags the socket, so that the object finds it again after hibernation and ends it when that is over.
 */
export const PERSON_HEADER = 'ic-person'
export const ROLE_HEADER = 'ic-role'
export const SESSION_HEADER = 'ic-session'

/** The tags of a socket that came with these headers; the platform takes ten of 256 characters. */
export function tagsOf(headers: { get(name: string): string | null }): string[] {
  const session = headers.get(SESSION_HEADER)
  return session === null ? [] : [tagOf(session)]
}

/** The tag of one sign-in. */
export function tagOf(session: string): string {
  return `session:${session}`
}
