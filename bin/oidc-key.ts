// Makes a key for the Worker as an OIDC issuer: prints the whole set that is then the Worker's secret. It calls nobody.
import { readFileSync } from 'node:fs'
import { type IssuerKey, KEY_OVERLAP_MS, readKeys, rotated, signingKey } from '../bridge/issuer.ts'

const HOUR_MS = 3_600_000

const [path, ...more] = process.argv.slice(2)
if (path === '--help' || more.length > 0) {
  process.stderr.write(
    'npm run -s oidc:key               a first key, for: wrangler secret put IC_ISSUER_KEYS\n' +
      'npm run -s oidc:key -- <file>     the set of that file with the next key; `-` reads standard input\n',
  )
  process.exit(path === '--help' ? 0 : 2)
}

const present = path === undefined ? [] : keysIn(path)
const now = Date.now()
const keys = rotated(present, now)
process.stdout.write(`${JSON.stringify({ keys })}\n`)
process.stderr.write(`${sayings(keys).join('\n')}\n`)

function keysIn(path: string): IssuerKey[] {
  const keys = readKeys(readFileSync(path === '-' ? 0 : path, 'utf8'))
  if (keys) return keys
  process.stderr.write('That is no set of keys as this program prints one; nothing was made.\n')
  process.exit(2)
}

/** What happens with the set, for people; no part of a key. */
function sayings(keys: readonly IssuerKey[]): string[] {
  const newest = keys.at(-1)
  const signs = signingKey(keys, now)
  if (!newest || !signs) return []
  if (newest.kid === signs.kid) return [`Key ${newest.kid} signs from now on.`]
  return [
    `Key ${signs.kid} goes on signing; ${newest.kid} is published with it and signs from ${new Date(newest.from).toISOString()}.`,
    `Set the secret now. Rotate again ${KEY_OVERLAP_MS / HOUR_MS} h after that at the earliest.`,
  ]
}
