import type { Check } from './shape.ts'

/** What this Worker is bound to itself: no address of a catalogue goes through these. */
export const OWN_BINDINGS: readonly string[] = [
  'ASSETS',
  'ROOM',
  'DIRECTORY',
  'MONITOR',
  'MEMORY',
  'STAGE',
  'REGISTRY',
  'LEDGER',
  'KEEPER',
]
const NAME = /^[A-Z][A-Z0-9_]{0,62}$/

/** The name of a tunnel's or private network's binding, as wrangler.toml has it. */
export const bindingName: Check = (value, at, problems) => {
  if (typeof value !== 'string' || !NAME.test(value))
    problems.push({ at, says: 'must be the name of a binding: A-Z, 0-9 and _' })
  else if (OWN_BINDINGS.includes(value) || value.startsWith('IC_'))
    problems.push({ at, says: `${value} is this Worker's own` })
}
