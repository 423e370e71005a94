import { readFileSync, readdirSync } from 'node:fs'
import { until } from './until.ts'

/** This process id and all that descend from it now, parents first. Linux only: read from /proc. */
export function processTree(pid: number): number[] {
  const tree = [pid]
  for (const parent of tree) tree.push(...childrenOf(parent).filter((child) => !tree.includes(child)))
  return tree
}

/** Waits until none of these runs; throws with those that still do. */
export async function untilGone(pids: number[], withinMs: number): Promise<void> {
  await until(`processes ${pids.join(', ')} are gone`, withinMs, () => (pids.some(isRunning) ? null : true))
}

/** SIGKILL to each; one that has gone already is what was wanted. */
export function killHard(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** The command line, for messages; empty when it has gone. */
export function commandOf(pid: number): string {
  return (readOrNull(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()
}

function isRunning(pid: number): boolean {
  const stat = readOrNull(`/proc/${pid}/stat`)
  // A zombie has ended; it only waits for its parent to read how.
  return stat !== null && stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
}

function childrenOf(pid: number): number[] {
  let threads: string[]
  try {
    threads = readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
  return threads.flatMap((thread) =>
    (readOrNull(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  )
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
