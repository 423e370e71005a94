/** A broken invariant stops the command, in production as well: better a loud stop than a wrong log. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${invariant}`)
}
