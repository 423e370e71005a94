import type { Context } from 'hono'
import type { Page } from '../../durable/protocol/objects.ts'
import type { AppEnv } from '../env.ts'

/** A page of a list: `{items, next}`, and while there is more, where it is (RFC 8288): the same question, one cursor on. */
export function linked<T>(c: Context<AppEnv>, page: Page<T>, more: object = {}): Response {
  if (page.next !== null) c.header('link', nextLink(c, 'cursor', page.next))
  return c.json({ ...page, ...more })
}

/** `Link: <path?…&name=value>; rel="next"`, whatever else was asked kept. */
export function nextLink(c: Context<AppEnv>, name: string, value: string): string {
  const query = new URLSearchParams(c.req.query())
  query.set(name, value)
  return `<${c.req.path}?${query.toString()}>; rel="next"`
}
