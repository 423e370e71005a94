import { expect, test, vi } from 'vitest'
import type { IntakeReceipt } from '../../durable/protocol/objects.ts'
import { type PackedPost, packed } from '../../durable/protocol/packed.ts'
import { Line, POSTS_PER_CALL_MAX } from '../../worker/ingest/line.ts'

const post = (name: string): PackedPost => packed({ intake: 'alerts', source: 'one', raw: name, alerts: [] })

const names = (posts: PackedPost[]) => posts.map(({ raw }) => raw)

/** What a directory answers: the receipt's number says which post it is for. */
function receipts(posts: PackedPost[]): IntakeReceipt[] {
  return names(posts).map((name) => ({ ok: true, journal: Number(name), received: 1, deduplicated: 0 }))
}

/** Calls that wait until the test lets them go. */
function directory() {
  const calls: string[][] = []
  const ends: { answer: () => void; fail: (thrown: Error) => void }[] = []
  const call = (posts: PackedPost[]) => {
    calls.push(names(posts))
    return new Promise<IntakeReceipt[]>((resolve, reject) => {
      ends.push({ answer: () => resolve(receipts(posts)), fail: reject })
    })
  }
  return { calls, ends, call }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

test('[IN90] posts that come during a call go together in the next one, in their order, each with its own answer', async () => {
  const { calls, ends, call } = directory()
  const line = new Line()
  const first = line.take(post('0'), call)
  const others = Array.from({ length: 20 }, (_, n) => line.take(post(String(n + 1)), call))
  expect(calls).toEqual([['0']])
  ends[0]?.answer()
  expect(await first).toMatchObject({ journal: 0 })
  await settled()
  expect(calls.slice(1)).toEqual([Array.from({ length: 20 }, (_, n) => String(n + 1))])
  ends[1]?.answer()
  expect((await Promise.all(others)).map((receipt) => receipt.ok && receipt.journal)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  )
  expect(line.isEmpty).toBe(true)
})

test('[IN90] a call carries a bounded number of posts and of characters', async () => {
  const { calls, ends, call } = directory()
  const line = new Line()
  const all = [line.take(post('0'), call)]
  for (let n = 1; n <= POSTS_PER_CALL_MAX + 5; n += 1) all.push(line.take(post(String(n)), call))
  const large = 'x'.repeat(3_000_000)
  for (let n = 0; n < 3; n += 1) all.push(line.take(post(large), call))
  for (let n = 0; n < 6; n += 1) {
    ends[n]?.answer()
    await settled()
  }
  await Promise.all(all)
  expect(calls.map(({ length }) => length)).toEqual([1, POSTS_PER_CALL_MAX, 6, 1, 1])
})

test('[IN90] a call that fails fails for each of its posts, and those behind it go on', async () => {
  const { ends, call } = directory()
  const line = new Line()
  const ended = (taken: Promise<IntakeReceipt>) =>
    taken.then(
      () => 'answered',
      (thrown: Error) => thrown.message,
    )
  const first = ended(line.take(post('0'), call))
  const others = ['1', '2'].map((name) => ended(line.take(post(name), call)))
  ends[0]?.answer()
  await settled()
  const behind = ended(line.take(post('3'), call))
  ends[1]?.fail(new Error('the object was reset'))
  await settled()
  ends[2]?.answer()
  expect(await Promise.all([first, ...others, behind])).toEqual([
    'answered',
    'the object was reset',
    'the object was reset',
    'answered',
  ])
})

test('[IN90] a call without an answer does not hold up the posts behind it', async () => {
  vi.useFakeTimers()
  try {
    const { calls, ends, call } = directory()
    const line = new Line()
    const stalled = line.take(post('0'), call)
    const waits = line.take(post('1'), call)
    vi.advanceTimersByTime(3_000)
    const later = line.take(post('2'), call)
    expect(calls).toEqual([['0'], ['2', '1']])
    ends[1]?.answer()
    expect(await Promise.all([waits, later])).toMatchObject([{ journal: 1 }, { journal: 2 }])
    const alone = line.take(post('3'), call)
    const left = line.take(post('4'), call)
    vi.advanceTimersByTime(1_000)
    const late = left.catch((thrown: Error) => thrown.message)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await late).toContain('no answer within')
    ends[2]?.answer()
    ends[0]?.answer()
    expect(await Promise.all([stalled, alone])).toMatchObject([{ journal: 0 }, { journal: 3 }])
    expect(line.isEmpty).toBe(true)
  } finally {
    vi.useRealTimers()
  }
})
