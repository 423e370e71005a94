import { describe, expect, test } from 'vitest'
import { nodeCrypto, verifyText } from '../../bridge/ed25519.ts'
import { exportRows } from '../../durable/core/export/part.ts'
import { prng } from '../../durable/core/prng.ts'
import type { Certificate, Vote } from '../../durable/protocol/domain.ts'
import type { EventBody, RoomEvent } from '../../durable/protocol/events.ts'
import { fromBase64Url } from '../../durable/protocol/signed.ts'
import {
  CHAIN_START,
  type LogCrypto,
  chainInput,
  verifyCertificate,
  verifyLog,
  verifyLogText,
  webCrypto,
} from '../../durable/protocol/verify.ts'
import { emptyView } from '../../durable/protocol/view.ts'
import { TEST_KEYS, testKey } from '../agent-keys.ts'
import { logOf, wholeRoom } from '../core/export/whole.ts'
import { approved, proposed, sha256, vote } from '../core/incident/room.ts'

const whole = (): RoomEvent[] => logOf(wholeRoom())

/** The events of an export, as they stand in its file: one a line. */
function exported(events: RoomEvent[]): string {
  return `[${exportRows('json', events, emptyView(), true)}\n]`
}

/** The same log with one body changed and the chain written anew: what an operator without the agents' keys could do. */
function rewritten<T extends EventBody['type']>(
  events: RoomEvent[],
  type: T,
  change: (body: Extract<EventBody, { type: T }>) => void,
): { events: RoomEvent[]; seq: number } {
  let head = CHAIN_START
  let seq = 0
  const again = structuredClone(events).map((event) => {
    if (event.body.type === type && seq === 0) {
      change(event.body as Extract<EventBody, { type: T }>)
      seq = event.seq
    }
    head = sha256(chainInput(head, event))
    return { ...event, hash: head }
  })
  if (seq === 0) throw new Error(`no ${type} in this log`)
  return { events: again, seq }
}

async function problemsOf(events: RoomEvent[], keys = TEST_KEYS) {
  return (await verifyLog(events, keys, nodeCrypto)).problems
}

function certificateIn(events: RoomEvent[]): Certificate {
  const found = events.flatMap(({ body }) =>
    body.type === 'ballot-closed' && body.certificate ? [body.certificate] : [],
  )[0]
  if (!found) throw new Error('no certificate')
  return found
}

describe('a whole log', () => {
  test('[CN72] of a room holds, by the published keys and by its own', async () => {
    const events = whole()
    const checked = { events: events.length, proposals: 1, votes: 4, certificates: 1 }
    expect(await verifyLog(events, TEST_KEYS, nodeCrypto)).toEqual({ ok: true, checked, problems: [] })
    expect(await verifyLog(events, null, nodeCrypto)).toMatchObject({ ok: true })
    expect(await verifyLogText(JSON.stringify(events), TEST_KEYS, nodeCrypto)).toEqual({
      ok: true,
      checked,
      problems: [],
    })
  })

  test('[CN72] void votes and a proven equivocation hold too', async () => {
    const room = proposed()
    vote(room, 'detection')
    vote(room, 'detection', 'oppose')
    vote(room, 'detection', 'abstain')
    vote(room, 'diagnosis', 'support', { cites: ['E-99'] })
    vote(room, 'resolution', 'support', { digest: 'f'.repeat(64) })
    expect(room.state.view.quarantined).toHaveLength(1)
    expect(await problemsOf(logOf(room))).toEqual([])
  })

  test('[CN72] whoever writes the chain anew is found at the seq of what was changed', async () => {
    const events = whole()
    const changes: ReturnType<typeof rewritten>[] = [
      rewritten(events, 'proposal-made', ({ proposal }) => {
        proposal.body.plan.action.parameters = { pool_limit: 1_000 }
      }),
      rewritten(events, 'vote-cast', (body) => {
        body.vote.vote = 'oppose'
      }),
      rewritten(events, 'vote-cast', (body) => {
        body.vote.cites = []
      }),
      rewritten(events, 'vote-cast', (body) => {
        body.vote.key = testKey('diagnosis').id
      }),
      rewritten(events, 'vote-cast', (body) => {
        body.vote = { ...body.vote, void: 'bad-signature' }
      }),
      rewritten(events, 'vote-cast', (body) => {
        const { key: _key, signature: _signature, ...unsigned } = body.vote
        body.vote = unsigned
      }),
      rewritten(events, 'ballot-closed', ({ certificate }) => certificate?.supporters.pop()),
      rewritten(events, 'ballot-closed', ({ certificate }) => certificate?.votes?.pop()),
      rewritten(events, 'ballot-closed', ({ certificate }) => {
        if (certificate) certificate.digest = 'f'.repeat(64)
      }),
      rewritten(events, 'ballot-closed', ({ certificate }) => {
        if (certificate) certificate.gate.passes = false
      }),
      rewritten(events, 'decision-recorded', ({ decision }) => {
        decision.digest = 'f'.repeat(64)
      }),
      rewritten(events, 'execution-started', (body) => {
        body.digest = 'f'.repeat(64)
      }),
    ]
    for (const { events: altered, seq } of changes) {
      const problems = await problemsOf(altered)
      expect(problems[0]?.seq, JSON.stringify(problems)).toBe(seq)
    }
  })

  test('[CN72] keys that the instance never published are found where they come in', async () => {
    const swapped = TEST_KEYS.map((key) => (key.agent === 'detection' ? testKey('detection', 'elsewhere') : key))
    expect(await problemsOf(whole(), swapped)).toMatchObject([{ seq: 1, what: expect.stringContaining('published') }])
    const { events } = rewritten(whole(), 'incident-opened', ({ keys }) => {
      if (keys?.[0]) keys[0].publicKey = testKey('diagnosis').publicKey
    })
    expect((await verifyLog(events, null, nodeCrypto)).problems[0]).toMatchObject({
      seq: 1,
      what: expect.stringContaining('id'),
    })
  })

  test('[CN72] an accusation without two signed votes is found', async () => {
    const room = proposed()
    vote(room, 'detection')
    vote(room, 'detection', 'oppose')
    const { events, seq } = rewritten(logOf(room), 'voter-quarantined', ({ proof }) => {
      proof[1] = structuredClone(proof[0])
    })
    expect((await problemsOf(events))[0]).toMatchObject({
      seq,
      what: expect.stringContaining('no two different votes'),
    })
  })

  test('[CN72] what cannot be read is a problem with its seq and never a throw; crypto that fails is no verdict', async () => {
    const bodies: unknown[] = [null, 7, 'x', [], {}, { v: 1 }, { v: 1, seq: 1, at: 0, by: {}, body: null, hash: '' }]
    for (const body of bodies) {
      const verdict = await verifyLog([body as RoomEvent], TEST_KEYS, nodeCrypto)
      expect(verdict.ok).toBe(false)
      expect(verdict.problems[0]?.seq).toBe(1)
    }
    expect(await verifyLogText('{"events":[]}', null, nodeCrypto)).toMatchObject({ ok: false })
    const broken: LogCrypto = { ...nodeCrypto, verify: () => Promise.reject(new Error('no Ed25519 here')) }
    await expect(verifyLog(whole(), TEST_KEYS, broken)).rejects.toThrow('no Ed25519 here')
  })

  test('[CN78] a log of before votes were signed is judged by its own policy', async () => {
    const old = structuredClone(logOf(approved())).map((event) => {
      const text = JSON.stringify(event).replaceAll('policy-2', 'policy-1')
      const { body, ...rest } = JSON.parse(text) as RoomEvent
      if (body.type === 'incident-opened') delete body.keys
      if (body.type === 'vote-cast') {
        delete body.vote.key
        delete body.vote.signature
      }
      if (body.type === 'ballot-closed' && body.certificate) delete body.certificate.votes
      return { ...rest, body }
    })
    const problems = await problemsOf(rewritten(old, 'incident-opened', () => undefined).events)
    // The digests named another policy: that is all that this rewriting changed.
    expect(problems.map(({ what }) => what)).toEqual([expect.stringContaining('digest of proposal')])
  })
})

describe('a certificate alone', () => {
  test('[CN74] is judged by the votes that it carries', async () => {
    const certificate = certificateIn(whole())
    expect(await verifyCertificate(certificate, 'reversible', TEST_KEYS, nodeCrypto)).toEqual([])
    const votes = certificate.votes ?? []
    const without = (voter: string): Certificate => ({
      ...certificate,
      supporters: certificate.supporters.filter((one) => one !== voter),
      votes: votes.filter((one) => one.voter !== voter),
    })
    expect(await verifyCertificate(without('detection'), 'reversible', TEST_KEYS, nodeCrypto)).toEqual([])
    expect(await verifyCertificate(without('detection'), 'irreversible', TEST_KEYS, nodeCrypto)).toEqual([
      'it does not carry: 3 of 4 supporters',
    ])
    expect(await verifyCertificate(without('diagnosis'), 'reversible', TEST_KEYS, nodeCrypto)).toEqual([
      'it does not carry: without diagnosis',
    ])
    const forged = votes.map((one): Vote => ({ ...one, reason: `${one.reason}!` }))
    expect(
      await verifyCertificate({ ...certificate, votes: forged }, 'reversible', TEST_KEYS, nodeCrypto),
    ).toHaveLength(4)
    const elsewhere = { ...certificate, ballot: 'B-7' }
    expect(await verifyCertificate(elsewhere, 'reversible', TEST_KEYS, nodeCrypto)).toHaveLength(4)
    const stuffed = { ...certificate, votes: [...votes, ...votes.slice(0, 1)] }
    expect(await verifyCertificate(stuffed, 'reversible', TEST_KEYS, nodeCrypto)).toContain(
      'a voter stands in it twice',
    )
    expect(
      await verifyCertificate({ ...certificate, policy: 'policy-0' }, 'reversible', TEST_KEYS, nodeCrypto),
    ).toEqual(['its policy policy-0 is not known'])
  })
})

describe('the crypto', () => {
  test('[CN75] WebCrypto and node:crypto say the same of every signature and digest', async () => {
    const web = webCrypto(globalThis)
    const events = whole()
    expect(await verifyLog(events, TEST_KEYS, web)).toEqual(await verifyLog(events, TEST_KEYS, nodeCrypto))
    const [vote] = certificateIn(events).votes ?? []
    const signature = fromBase64Url(vote?.signature ?? '')
    const key = fromBase64Url(testKey('detection').publicKey)
    if (!signature || !key) throw new Error('no bytes')
    for (const [one, other] of [
      [key, signature],
      [key, signature.slice(1)],
      [key.slice(1), signature],
      [new Uint8Array(32), signature],
      [key, new Uint8Array(64)],
    ] as const)
      expect(await web.verify(one, 'text', other)).toBe(verifyText(one, 'text', other))
    for (const text of ['', 'é\ud800', '😀'.repeat(100)])
      expect(await web.sha256Hex(text)).toBe(nodeCrypto.sha256Hex(text))
  })

  test('[CN75] base64url is read strictly: one text for one value', () => {
    for (const length of [0, 1, 2, 3, 31, 32, 64]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37) % 256)
      expect(fromBase64Url(Buffer.from(bytes).toString('base64url'))).toEqual(bytes)
    }
    for (const text of ['A', 'AB', 'AA==', 'A+AA', 'AAB', 'AAAAA', 'AA A'])
      expect([text, fromBase64Url(text)]).toEqual([text, null])
  })
})

describe('one byte', () => {
  /** How many logs are altered, each in one byte somewhere. */
  const MUTATIONS = 10_000

  test('[CN73] of an exported log changed anywhere is found: 10,000 mutations', async () => {
    const text = exported(whole())
    const bytes = Buffer.from(text)
    const chance = prng(20_261_122)
    const count = { 'no JSON': 0, 'found by its events': 0, 'found by its text alone': 0, missed: 0 }
    for (let n = 0; n < MUTATIONS; n += 1) {
      const at = chance.whole(0, bytes.length - 1)
      const mutated = Buffer.from(bytes)
      mutated[at] = (bytes[at] ?? 0) ^ chance.whole(1, 255)
      const { problems } = await verifyLogText(mutated.toString('utf8'), TEST_KEYS, nodeCrypto)
      const [first] = problems
      if (!first) count.missed += 1
      else if (first.what === 'the log is no JSON') count['no JSON'] += 1
      else if (first.seq === 0) count['found by its text alone'] += 1
      else count['found by its events'] += 1
    }
    console.info(`${MUTATIONS} one-byte mutations of ${bytes.length} bytes: ${JSON.stringify(count)}`)
    expect(count.missed).toBe(0)
  }, 240_000)

  test('[CN73] one that leaves every value as it was is found in the text', async () => {
    const text = JSON.stringify(whole())
    for (const altered of [
      ` ${text}`,
      text.replace(':', ': '),
      text.replace('"v":1', '"v":1.0'),
      `${text}\n`,
      text.replace('1', '1e0'),
    ])
      expect([altered.slice(0, 40), (await verifyLogText(altered, TEST_KEYS, nodeCrypto)).ok]).toEqual([
        altered.slice(0, 40),
        false,
      ])
  })
})
