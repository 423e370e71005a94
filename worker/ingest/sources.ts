import type { IntakeName, Source, SourceSignature } from '../../durable/protocol/domain.ts'
import { LIVE } from '../../durable/protocol/namespace.ts'
import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { log, ProblemError, unavailable } from '../errors.ts'

/** How long an isolate remembers the catalogue's sources, in ms: the directory is busy exactly in a storm. */
const SOURCES_MEMO_MS = 1_000

let known: { sources: readonly Source[]; until: number } | null = null

/** The sources of the live catalogue, as they stood a second or two ago; older while the directory cannot say, and 503 when it never did. */
export async function liveSources(c: Context<AppEnv>): Promise<readonly Source[]> {
  const now = Date.now()
  if (known && now < known.until) return known.sources
  // In a storm one request asks again, and the others go on meanwhile with what is known.
  if (known) known.until = now + SOURCES_MEMO_MS
  try {
    const { sources } = await c.env.DIRECTORY.getByName(LIVE).catalogue()
    known = { sources, until: Date.now() + SOURCES_MEMO_MS }
    return sources
  } catch (error) {
    log(c, error)
    if (known) return known.sources
    throw unavailable('directory-unavailable', 'The directory did not answer; nothing was taken in.')
  }
}

/** The same where they are known and fresh; null where they must be asked for. */
export function freshSources(now: number): readonly Source[] | null {
  return known && now < known.until ? known.sources : null
}

/**
 * The source that speaks on an intake: the one that the address names, else the only one that has this intake, else
 * null (the intake's own name is then the source). 404 for a name that has no such intake, 400 where several could be
 * meant.
 */
export function speaksFor(sources: readonly Source[], intake: IntakeName, named: string | null): Source | null {
  const able = sources.filter((source) => source.intakes.includes(intake))
  if (named !== null) {
    const meant = able.find((source) => source.name === named)
    if (!meant) throw new ProblemError(404, 'no-such-source', 'The catalogue names no such source for this intake.')
    return meant
  }
  if (able.length > 1)
    throw new ProblemError(400, 'source-not-named', 'Several sources post here: name yours at the end of the address.')
  return able[0] ?? null
}

/** The catalogue's entry of a source; null where it has none. */
export async function sourceNamed(c: Context<AppEnv>, name: string): Promise<Source | null> {
  return (await liveSources(c)).find((source) => source.name === name) ?? null
}

/** The source of an intake that signs its posts, when the address or the catalogue leaves no doubt which is meant. */
export async function signingSource(
  c: Context<AppEnv>,
  intake: IntakeName,
): Promise<(Source & { signature: SourceSignature }) | null> {
  const named = c.req.param('source')
  const able = (await liveSources(c)).filter(({ intakes, name }) => {
    return intakes.includes(intake) && (named === undefined || name === named)
  })
  const [source] = able
  return able.length === 1 && source?.signature ? { ...source, signature: source.signature } : null
}
