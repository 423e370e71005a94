import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { AppEnv } from '../env.ts'
import { log } from '../errors.ts'
import { isIntake } from './intakes.ts'

/**
 * How often an isolate tells the directory what it counted, in ms: the last seconds of an isolate that goes away are not
 * counted, and a post in a storm costs no second call.
 */
const TELL_MS = 10_000
/** Seconds until an intake answered: from a fast disk to the second at which Sentry gives up, and EventBridge's five. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, Infinity]

/** Series by what they are counted for, so that a storm writes no label twice; past this many it starts anew. */
const NAMES_MAX = 2_000
const names = new Map<string, string>()

let counted = new Map<string, number>()
/** Answers by the first bucket that holds them; told as the exposition formats want it, each bucket with all below. */
let acks: number[] = BUCKETS.map(() => 0)
let toldAt: number | null = null

/**
 * Counts every request by route and status; those of intakes by source too, with the time until they were answered.
 * Drills are left out, as everywhere.
 */
export const measured: MiddlewareHandler<AppEnv> = async (c, next) => {
  const from = Date.now()
  await next()
  const now = Date.now()
  record(c, (now - from) / 1_000)
  tellSometimes(c, now)
}

function tellSometimes(c: Context<AppEnv>, now: number): void {
  toldAt ??= now
  if (now - toldAt < TELL_MS) return
  toldAt = now
  c.executionCtx.waitUntil(tell(c))
}

/** Tells the directory what this isolate counted; what it could not be told is kept for the next time. */
export async function tell(c: Context<AppEnv>): Promise<void> {
  addAcks()
  const telling = counted
  if (telling.size === 0) return
  counted = new Map()
  try {
    await c.env.DIRECTORY.getByName(LIVE).tally(Object.fromEntries(telling))
  } catch (error) {
    for (const [series, n] of telling) add(series, n)
    log(c, error)
  }
}

function record(c: Context<AppEnv>, seconds: number): void {
  const code = String(c.res.status)
  const sender = c.get('sender') as AppEnv['Variables']['sender'] | undefined
  if (sender && sender.namespace !== LIVE) return
  // The route as the map has it, never the path: what is asked must not make series.
  const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none'
  add(named('ic_http_requests_total', { code, method: methodOf(c.req.method), route }), 1)
  if (isIntake(c.req.method, c.req.path) && route !== 'none') addPost(code, sender?.source ?? 'unknown', seconds)
}

/** Counts a post of the live namespace that was answered before the map was asked; `route` as the map has it. */
export function measurePost(c: Context<AppEnv>, route: string, answer: Response, from: number): void {
  const now = Date.now()
  const code = String(answer.status)
  add(named('ic_http_requests_total', { code, method: 'POST', route }), 1)
  addPost(code, c.get('sender').source, (now - from) / 1_000)
  tellSometimes(c, now)
}

function addPost(code: string, source: string, seconds: number): void {
  add(named('ic_ingest_requests_total', { code, source }), 1)
  if (!code.startsWith('2')) return
  const bucket = BUCKETS.findIndex((le) => seconds <= le)
  acks[bucket] = (acks[bucket] ?? 0) + 1
  add('ic_ingest_ack_seconds_sum', seconds)
}

function addAcks(): void {
  const below = acks
  acks = BUCKETS.map(() => 0)
  const total = below.reduce((sum, n) => sum + n, 0)
  if (total === 0) return
  add('ic_ingest_ack_seconds_count', total)
  let sum = 0
  for (const [index, le] of BUCKETS.entries()) {
    sum += below[index] ?? 0
    if (sum > 0) add(series('ic_ingest_ack_seconds_bucket', { le: le === Infinity ? '+Inf' : String(le) }), sum)
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']

function methodOf(method: string): string {
  return METHODS.includes(method) ? method : 'other'
}

function named(name: string, labels: Readonly<Record<string, string>>): string {
  const key = `${name} ${Object.values(labels).join(' ')}`
  const known = names.get(key)
  if (known !== undefined) return known
  if (names.size >= NAMES_MAX) names.clear()
  const made = series(name, labels)
  names.set(key, made)
  return made
}

function add(series: string, n: number): void {
  counted.set(series, (counted.get(series) ?? 0) + n)
}

/** A series as the exposition formats write it, labels in order. */
export function series(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)
  return `${name}{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
