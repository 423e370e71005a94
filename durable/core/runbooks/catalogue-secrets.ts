import { within } from './catalogue-place.ts'
import type { Problem } from './shape.ts'

/** Forms that a vendor gives its own keys; ours among them. Each is far longer than a word anybody would write. */
const FORMS: readonly RegExp[] = [
  /\bic[iwt]?_[0-9A-Za-z_-]{20,}/,
  /\bwhsec_[0-9A-Za-z+/=]{16,}/,
  /\b(?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]{16,}/,
  /\b(?:gh[pousr]|glpat|github_pat|xox[abprs]|npm|dop_v1|hf|shpat)[_-][0-9A-Za-z_-]{16,}/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bAIza[0-9A-Za-z_-]{30,}/,
  /\bsk-[0-9A-Za-z_-]{20,}/,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/,
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)-----/,
  /\b(?:bearer|basic)\s+[\w+/.=-]{16,}/i,
  /\b(?:password|passwd|secret|token|api[_-]?key)\s*[=:]\s*\S{6,}/i,
  // A user and a password before the host.
  /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]+@/i,
  /[?&](?:token|key|secret|sig|signature|password)=[^&\s]{8,}/i,
  // Slack's and Discord's webhook addresses are passwords by themselves.
  /hooks\.slack\.com\/services\/\w+\/\w+\/\w+|discord(?:app)?\.com\/api\/webhooks\/\d+\/[\w-]+/i,
]

/** Chance looks like this: long, unbroken, digits strewn among letters. Names of people's things are broken by - _ . / or space. */
const RUN = /[0-9A-Za-z+=]{24,}/g
/** How often letter and digit take turns: random hex of this length does about ten times, `prometheus20241122prod` twice. */
const TURNS_MIN = 5
/** Bits per character: random hex has 3.6 at this length; `a1a1a1a1` has one. */
const ENTROPY_BITS_MIN = 3
/** No catalogue is nested deeper; what is will be refused by its shape. */
const DEPTH_MAX = 32

/** Each place of the document whose value looks like a secret. The value itself is never said. */
export function secretsIn(value: unknown): Problem[] {
  const problems: Problem[] = []
  search(value, '', 0, problems)
  return problems
}

function search(value: unknown, at: string, depth: number, problems: Problem[]): void {
  if (typeof value === 'string') {
    if (looksSecret(value)) problems.push({ at, says: 'looks like a secret: store it as one and name it here' })
  } else if (depth < DEPTH_MAX && typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) value.forEach((item, index) => search(item, `${at}[${index}]`, depth + 1, problems))
    else for (const [name, item] of Object.entries(value)) search(item, within(at, name), depth + 1, problems)
  }
}

/** Whether a text has the form of a key, or long unbroken chance in it. */
export function looksSecret(text: string): boolean {
  if (FORMS.some((form) => form.test(text))) return true
  return (text.match(RUN) ?? []).some(isChance)
}

function isChance(run: string): boolean {
  const turns = run.match(/\d[^\d]|[^\d](?=\d)/g)?.length ?? 0
  return turns >= TURNS_MIN && entropy(run) >= ENTROPY_BITS_MIN
}

function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  return [...counts.values()].reduce((bits, n) => bits - (n / text.length) * Math.log2(n / text.length), 0)
}
