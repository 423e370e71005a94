/** What took longer than it may; the effect that waited for it is tried again. */
export class TooLate extends Error {}

/** The value of a promise, or TooLate after `ms` of wall time. The late one is left to itself. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
