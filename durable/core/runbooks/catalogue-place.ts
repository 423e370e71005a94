/**
 * The JSON pointer (RFC 6901) of a place as the checks name it: `services[2].slos[0].limit` is `/services/2/slos/0/limit`.
 * A name that is no plain word stands in brackets and quotes there, so that no dot of its own is read as a step.
 */
export function pointerOf(at: string): string {
  const steps = at.match(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]|[^.[]+/g) ?? []
  return steps.map((step) => `/${escaped(nameOf(step))}`).join('')
}

/** One step further: `.name` where that is unmistakable, `["any name"]` else. */
export function within(at: string, name: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${at}[${JSON.stringify(name)}]`
  return at === '' ? name : `${at}.${name}`
}

function nameOf(step: string): string {
  if (!step.startsWith('[')) return step
  const inner: unknown = JSON.parse(step.slice(1, -1))
  return String(inner)
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
