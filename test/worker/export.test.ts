import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { foldExport, readExport, type ExportFile } from '../../durable/core/export/file.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import type { EventBody } from '../../durable/protocol/events.ts'
import type { HistoryRow, ImportAnswer, OrderAnswer, Page, PersonOrder } from '../../durable/protocol/objects.ts'
import type { ArchivedIncident } from '../../durable/protocol/ports.ts'
import { type IncidentDetail, incidentDetail } from '../../durable/protocol/rows.ts'
import { verifyChain } from '../../durable/protocol/verify.ts'
import type { Bindings } from '../../worker/env.ts'
import { chained, fileOf, fileWith } from '../core/export/files.ts'
import { BODIES } from '../protocol/events.ts'
import { api, json, problem } from './api.ts'

const bindings = env as unknown as Bindings
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const ADMIN = 'dev@admin'
let made = 0

/** An id that no room of this instance has. */
const elsewhere = () => `inc_elsewhere${(made += 1)}`

async function declare(): Promise<string> {
  const body = { title: 'Checkout is slow', severity: 'SEV-2', service: 'checkout' }
  const { id } = await json<{ id: string }>(await api('/api/v1/incidents', { body }), 201)
  await expect.poll(async () => (await api(`/api/v1/incidents/${id}`)).status, { timeout: 10_000 }).toBe(200)
  return id
}

function order(id: string, command: PersonOrder['command']): Promise<OrderAnswer> {
  const cmd = crypto.randomUUID()
  return bindings.ROOM.getByName(`live/${id}`).order({ cmd, name: 'ada', role: 'commander', command })
}

async function exported(id: string): Promise<ExportFile> {
  const value = await json<unknown>(await api(`/api/v1/incidents/${id}/export`))
  const read = readExport(value)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.file
}

function stateHash(file: ExportFile): string {
  const folded = foldExport(file)
  if (!folded.ok) throw new Error(folded.reason)
  return sha256(canonical(folded.view))
}

const put = (file: unknown, token = ADMIN) => api('/api/v1/imports', { body: file, token })
const history = async () => (await json<Page<HistoryRow>>(await api('/api/v1/history'))).items

test('[EX1] as JSON an export has every event, the head of the chain and the catalogue, and folds to what is shown', async () => {
  const id = await declare()
  await order(id, { type: 'acknowledge' })
  await order(id, { type: 'add-note', text: 'looking at \u001b[31mit' })
  // The agents may still speak: shown and exported are compared at the same seq.
  await expect
    .poll(async () => {
      const file = await exported(id)
      const detail = await json<IncidentDetail>(await api(`/api/v1/incidents/${id}`))
      const folded = foldExport(file)
      return (
        folded.ok &&
        detail.seq === file.count &&
        canonical({ ...detail, ...incidentDetail(folded.view) }) === canonical(detail)
      )
    })
    .toBe(true)
  const file = await exported(id)
  expect(await verifyChain(file.events, sha256)).toEqual({ ok: true, head: file.chainHead, count: file.count })
  const standing = await json<{ version: string }>(await api('/api/v1/catalogue'))
  expect(file).toMatchObject({ incident: id, title: 'Checkout is slow', catalogue: standing.version })
})

test('[EX2] the format is chosen by name or by Accept; what is neither is refused', async () => {
  const id = await declare()
  const path = `/api/v1/incidents/${id}/export`
  const got = async (accept: string | null, query = '') => {
    const answer = await api(path + query, accept === null ? {} : { headers: { accept } })
    await answer.text()
    return [answer.status, answer.headers.get('content-type'), answer.headers.get('content-disposition')]
  }
  const as = (type: string, ending: string) => [200, `${type}; charset=utf-8`, `attachment; filename="${id}.${ending}"`]
  expect(await got(null)).toEqual(as('application/json', 'json'))
  expect(await got('*/*')).toEqual(as('application/json', 'json'))
  expect(await got('text/csv')).toEqual(as('text/csv', 'csv'))
  expect(await got('text/markdown, text/csv;q=0.5')).toEqual(as('text/markdown', 'md'))
  expect(await got('application/json', '?format=csv')).toEqual(as('text/csv', 'csv'))
  await problem(await api(path, { headers: { accept: 'image/png' } }), 406, 'not-acceptable')
  await problem(await api(`${path}?format=pdf`), 400, 'invalid-query')
  await problem(await api('/api/v1/incidents/inc_neverwas/export'), 404, 'not-found')
  const head = (await exported(id)).chainHead
  const tag = (await api(path)).headers.get('etag')
  expect(tag).toMatch(/^"[0-9a-f]{64}-json"$/)
  expect(head).toMatch(/^[0-9a-f]{64}$/)
})

test('[EX3] a long log is exported in parts, whole and in order; what is said meanwhile does not belong to it', async () => {
  const id = await declare()
  for (let n = 0; n < 230; n += 1) await order(id, { type: 'add-note', text: `note ${n}` })
  const room = bindings.ROOM.getByName(`live/${id}`)
  const reader = { name: 'dev', role: 'commander' as const }
  let part = await room.exported({ format: 'json', next: null, reader })
  let text = part?.text ?? ''
  let parts = 1
  await order(id, { type: 'add-note', text: 'said meanwhile' })
  while (part?.next != null) {
    part = await room.exported({ format: 'json', next: part.next, reader })
    text += part?.text ?? ''
    parts += 1
  }
  expect(parts).toBeGreaterThan(2)
  const read = readExport(JSON.parse(text))
  expect(read.ok && foldExport(read.file).ok).toBe(true)
  expect(text).not.toContain('said meanwhile')
  expect((await (await api(`/api/v1/incidents/${id}/export?format=csv`)).text()).match(/note-added/g)).toHaveLength(231)
})

test('[EX8] a private incident is exported to those who may see it, and is not there for others', async () => {
  const id = await declare()
  await order(id, { type: 'set-privacy', private: true, reason: 'a person is named in it' })
  const path = `/api/v1/incidents/${id}/export`
  await problem(await api(path, { token: 'dev:eve@viewer' }), 404, 'not-found')
  expect((await api(path, { token: 'dev:cora@commander' })).status).toBe(200)
})

test('[EX20] what a room exported is the same state in another memory, and is exported from there again', async () => {
  const id = await declare()
  await order(id, { type: 'acknowledge' })
  await order(id, { type: 'resolve', reason: 'mended' })
  await order(id, { type: 'close', reason: 'reviewed' })
  const text = await (await api(`/api/v1/incidents/${id}/export`)).text()
  const file = JSON.parse(text) as ExportFile
  const other = bindings.MEMORY.getByName('another-instance')
  const answer = await other.importFile({ text, by: 'ada', at: '2026-01-01T00:00:00.000Z', livesHere: false })
  expect(answer).toMatchObject({ ok: true, already: false, stateHash: stateHash(file) })
  const again = await other.exported(id, { format: 'json', next: null, reader: { name: 'x', role: 'viewer' } })
  const copy = JSON.parse(again?.text ?? '') as ExportFile
  expect(copy.events).toEqual(file.events)
  expect(stateHash(copy)).toBe(stateHash(file))
})

test('[EX20] an imported incident stands in history, marked, and reads and exports like any other', async () => {
  const file = fileOf(undefined, elsewhere())
  const answer = await put(file)
  expect(answer.headers.get('location')).toBe(`/api/v1/history/${file.incident}`)
  const { row, stateHash: hash } = await json<Extract<ImportAnswer, { ok: true }>>(answer, 201)
  expect(row).toMatchObject({ id: file.incident, chainHead: file.chainHead, imported: { by: 'dev' } })
  expect(hash).toBe(stateHash(file))
  expect((await history()).find(({ id }) => id === file.incident)).toEqual(row)
  const kept = await json<ArchivedIncident>(await api(`/api/v1/history/${file.incident}`))
  expect(kept.events).toEqual(file.events)
  expect((await exported(file.incident)).events).toEqual(file.events)
  for (const format of ['csv', 'markdown'])
    expect((await api(`/api/v1/incidents/${file.incident}/export?format=${format}`)).status).toBe(200)
})

test('[EX20] one that was not closed when it was exported is kept as it stood', async () => {
  const file = fileOf([BODIES['incident-opened'], BODIES['incident-acknowledged']], elsewhere())
  const { row } = await json<{ row: HistoryRow }>(await put(file), 201)
  expect(row).toMatchObject({ outcome: 'exported-acknowledged', resolvedAt: null, seq: 2 })
})

test('[EX21] a log that was altered anywhere is refused, the event is named and nothing is kept', async () => {
  const file = fileOf(undefined, elsewhere())
  const altered = (seq: number, change: object) => ({
    ...file,
    events: file.events.map((event) => (event.seq === seq ? { ...event, ...change } : event)),
  })
  for (const [value, place] of [
    [altered(3, { at: 5 }), 'events[2]'],
    [altered(7, { by: { kind: 'person', name: 'eve' } }), 'events[6]'],
    [altered(9, { hash: '0'.repeat(64) }), 'events[8]'],
    [{ ...file, events: file.events.filter(({ seq }) => seq !== 4) }, 'events[4]'],
    [{ ...file, events: file.events.slice(0, -1), count: file.count - 1 }, `events[${file.count - 2}]`],
    [{ ...file, chainHead: '0'.repeat(64) }, `events[${file.count - 1}]`],
  ] as const) {
    const said = await problem(await put(value), 422, 'chain-broken')
    expect(said.errors?.[0]?.at).toBe(place)
  }
  await problem(await api(`/api/v1/history/${file.incident}`), 404)
})

test('[EX22] what is kept already changes nothing, a longer log of it replaces it, another log never', async () => {
  const id = elsewhere()
  const bodies = Object.values(BODIES) as EventBody[]
  const [short, long] = [fileOf(bodies.slice(0, 4), id), fileOf(bodies, id)]
  expect(await json(await put(short), 201)).toMatchObject({ already: false })
  expect(await json(await put(short))).toMatchObject({ already: true, row: { seq: 4 } })
  expect(await json(await put(long), 201)).toMatchObject({ already: false, row: { seq: long.count } })
  expect(await json(await put(short))).toMatchObject({ already: true })
  const other = chained(long.events.map((event) => (event.seq === 2 ? { ...event, at: 7 } : event)))
  await problem(await put(fileWith(other, id)), 409, 'another-log')
  expect((await history()).filter((row) => row.id === id)).toMatchObject([{ seq: long.count }])
})

test('[EX22] an incident that is worked on here is not imported over', async () => {
  const id = await declare()
  await problem(await put(await exported(id)), 409, 'lives-here')
  await problem(await api(`/api/v1/history/${id}`), 404)
})

test('[EX23] what is no export is refused with its reason, never with a 500', async () => {
  const file = fileOf(undefined, elsewhere())
  await problem(await put('{'), 400, 'invalid-body')
  for (const value of [null, 7, [], {}, { ...file, incident: 'x' }, { ...file, events: null }, { ...file, more: 1 }])
    await problem(await put(value), 400, 'not-an-export')
  const telling = fileWith(
    chained(
      file.events.map((event) => (event.seq === 2 ? { ...event, body: { type: 'note-added' } as EventBody } : event)),
    ),
    file.incident,
  )
  await problem(await put(telling), 422, 'unreadable-event')
  const deep = `{"incident":"${file.incident}","events":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect((await put(deep)).status).toBe(400)
  await problem(await put(JSON.stringify({ ...file, title: 'x'.repeat(10_000_001) })), 413, 'body-too-large')
  await problem(await put(file, 'dev'), 403, 'role-too-low')
})
