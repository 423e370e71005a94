import { expect, test } from 'vitest'
import { FRAME_BYTES_MAX } from '../../durable/protocol/limits.ts'
import { note, openRoom, quiet } from '../room/opening.ts'
import { join } from '../room/socket.ts'
import { api, json, problem } from './api.ts'

const say = (id: string, body: unknown, token = 'dev') => api(`/api/v1/incidents/${id}/commands`, { body, token })

test('[BR57] a command without a socket is answered as on one, and the same id gets the first answer on both', async () => {
  const { id, room } = await openRoom()
  await quiet(room)
  const message = { cmd: 'c-1', command: { type: 'add-note', text: 'by HTTP' } }
  const first = await json<{ seq: number }>(await say(id, message))
  expect(first).toEqual({ type: 'result', cmd: 'c-1', ok: true, seq: first.seq })
  expect(await json(await say(id, message))).toEqual(first)
  const client = await join(room, { headers: { 'ic-person': 'dev', 'ic-role': 'commander' } })
  client.socket.send(JSON.stringify({ type: 'command', ...message }))
  expect(await client.next('result')).toEqual(first)
  const page = await room.events(first.seq - 1, 1)
  expect(page?.events[0]?.body).toMatchObject({ type: 'note-added', note: { by: 'dev', text: 'by HTTP' } })
})

test('[BR57] a refusal is a problem with the room’s word, and the role is the sign-in’s', async () => {
  const { id, room } = await openRoom()
  await quiet(room)
  const early = { cmd: 'c-2', command: { type: 'close', reason: 'done' } }
  await problem(await say(id, early), 409, 'invalid-transition')
  await problem(await say(id, { ...early, cmd: 'c-3', role: 'admin' }), 400, 'invalid-body')
  await problem(await say(id, { cmd: 'c-4', command: { type: 'acknowledge' } }, 'dev:eve@viewer'), 403, 'role-too-low')
  await problem(await say('inc_nowhere000', early), 404, 'not-found')
})

test('[BR57] what is no command is 400 and changes nothing', async () => {
  const { id, room } = await openRoom()
  const seq = await quiet(room)
  for (const body of [
    { cmd: 'x', command: { type: 'drop-tables' } },
    { cmd: '', command: { type: 'acknowledge' } },
  ])
    await problem(await say(id, body), 400, 'unknown-message')
  for (const body of [{ type: 'ack', seq }, { cmd: 1, command: {} }, [], '{', 'null'])
    await problem(await say(id, body), 400, 'invalid-body')
  const long = { cmd: 'x', command: { type: 'add-note', text: 'x'.repeat(FRAME_BYTES_MAX) } }
  expect((await say(id, long)).status).toBe(413)
  expect((await room.head())?.seq).toBe(seq)
  expect(await room.order(note('still open'))).toMatchObject({ ok: true })
})
