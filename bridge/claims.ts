import type { Claim, Dropped, ModelMaterial } from '../durable/protocol/models.ts'

/**
 * What a model says counts only where it stands on something: evidence that is there, names that were given, figures that
 * were in the question. The rest is dropped and counted.
 */

export function nothingDropped(): Dropped {
  return { 'unknown-evidence': 0, 'unknown-number': 0, 'unknown-name': 0 }
}

export function droppedCount(dropped: Dropped): number {
  return Object.values(dropped).reduce((sum, n) => sum + n, 0)
}

/** Why a claim is dropped; null: it may stay. `name` is a service or pattern it speaks of, of those that `names` lists. */
export function claimFault(
  ask: ModelMaterial,
  claim: Claim,
  named?: { name: string; names: readonly string[] },
): keyof Dropped | null {
  const known = new Set(ask.evidence.map(({ id }) => id))
  if (claim.cites.length === 0 || claim.cites.some((id) => !known.has(id))) return 'unknown-evidence'
  if (named && !named.names.includes(named.name)) return 'unknown-name'
  return hasUnknownNumber(ask, claim) ? 'unknown-number' : null
}

/** No number is invented: each figure of a sentence stands in the title, in a service's name or in what the sentence cites. */
function hasUnknownNumber(ask: ModelMaterial, { says, cites }: Claim): boolean {
  const cited = ask.evidence.filter(({ id }) => cites.includes(id))
  const given = new Set(numbersOf([ask.title, ...ask.services, ...cites, ...cited.map(({ text }) => text)].join(' ')))
  return numbersOf(says).some((number) => !given.has(number))
}

/** Figures as they are written, 1,200 as 1200 and 3.50 as 3.5. */
function numbersOf(text: string): string[] {
  return [...text.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([written]) => String(Number(written.replaceAll(',', ''))))
}

/** The claims that may stay; the others are counted in `dropped`. */
export function supported<Kind extends Claim>(
  ask: ModelMaterial,
  claims: readonly Kind[],
  dropped: Dropped,
  nameOf?: (claim: Kind) => { name: string; names: readonly string[] },
): Kind[] {
  return claims.filter((claim) => {
    const fault = claimFault(ask, claim, nameOf?.(claim))
    if (fault) dropped[fault] += 1
    return fault === null
  })
}
