import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { AuditNote } from '../../durable/protocol/access.ts'
import { LIVE, namespaceOfIncident } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { log, ProblemError } from '../errors.ts'
import { redact } from '../redact.ts'
import { INSTANCE } from './known.ts'
import { isDrillToken, tokenOf } from './token.ts'

/** Refusals at the door that this isolate tells of in a minute; the rest is counted into the next one. */
const REFUSALS_PER_MINUTE_MAX = 30
const MINUTE_MS = 60_000
/** Notes stand in their incident's own chained log and change nothing else. */
const NOTES: readonly string[] = ['POST /api/v1/incidents/:id/notes', 'POST /api/v1/incidents/:id/commands add-note']
const SAFE = ['GET', 'HEAD', 'OPTIONS']

let minute = { from: 0, told: 0, more: 0 }

/**
 * Writes the audit lines of the API: every refusal at the door, and every request of a person that may change something,
 * with how it ended. Drills are left out, as everywhere. What the registry itself changes it notes itself, in the same
 * transaction (`noted`). A line that cannot be written is logged in full and stops nothing: what it tells of has happened.
 */
export const audited: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  // The first is the way of every alert that is taken in: nothing more is looked at.
  const note = c.get('noted') ? null : noteOf(c)
  if (!note || isOfDrill(c)) return
  const told = tell(c, note)
  // Whoever knocks in vain is not made to wait, and cannot make the registry slow for others.
  if (note.via === 'none') c.executionCtx.waitUntil(told)
  else await told
}

async function tell(c: Context<AppEnv>, note: AuditNote): Promise<void> {
  try {
    await c.env.REGISTRY.getByName(INSTANCE).note(note)
  } catch (error) {
    log(c, error)
    console.error(JSON.stringify({ level: 'error', audit: 'not-written', note }))
  }
}

function noteOf(c: Context<AppEnv>): AuditNote | null {
  const { status } = c.res
  const person = c.get('person') as AppEnv['Variables']['person'] | undefined
  const isRefusal = status === 401 || status === 403
  // What is not there was not touched.
  if (!isRefusal && (!person || SAFE.includes(c.req.method) || status === 404)) return null
  if (!isRefusal && NOTES.includes(actionOf(c))) return null
  const what = { action: actionOf(c), subject: redact(c.req.path), code: codeOf(c), requestId: c.get('requestId') }
  const outcome = status < 400 ? 'ok' : status < 500 ? 'refused' : 'failed'
  if (person) return { who: person.name, role: person.role, via: person.via, ...what, outcome, more: 0 }
  const more = counted(Date.now())
  return more === null ? null : { who: 'nobody', role: null, via: 'none', ...what, outcome, more }
}

/** The route as the map has it, whatever the path says, and which of its orders where it takes several. */
function actionOf(c: Context<AppEnv>): string {
  const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')
  const asked = c.get('asked') as string | undefined
  return [c.req.method, route?.path ?? '*', ...(asked === undefined ? [] : [asked])].join(' ')
}

function codeOf(c: Context<AppEnv>): string {
  if (c.error instanceof ProblemError) return c.error.code
  return c.res.status < 400 ? '' : 'unexpected'
}

/** A drill's incident, or one of its tokens: not of the real world. */
function isOfDrill(c: Context<AppEnv>): boolean {
  const namespace = namespaceOfIncident(/^\/api\/v1\/incidents\/([^/]+)/.exec(c.req.path)?.[1] ?? '')
  return (namespace !== null && namespace !== LIVE) || isDrillToken(tokenOf(c.req.raw) ?? '')
}

/** How many were passed over since the last line; null when this one is passed over too. */
function counted(now: number): number | null {
  if (now - minute.from >= MINUTE_MS) minute = { from: now, told: 0, more: minute.more }
  if (minute.told >= REFUSALS_PER_MINUTE_MAX) {
    minute.more += 1
    return null
  }
  const { more } = minute
  minute = { ...minute, told: minute.told + 1, more: 0 }
  return more
}
