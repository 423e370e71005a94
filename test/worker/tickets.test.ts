import { env } from 'cloudflare:workers'
import { createExecutionContext, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { sha256Hex } from '../../worker/auth/token.ts'
import { isAllowedOrigin } from '../../worker/auth/origin.ts'
import { api, json, problem } from './api.ts'
import worker from '../../worker/index.ts'
import { adminToken, ask, deployed, makeToken, SITE } from './deployed.ts'

const SOCKET = { upgrade: 'websocket', 'sec-websocket-protocol': 'ic.v1' }
const LOBBY = '/api/v1/lobby'
const registry = () => env.REGISTRY.getByName('instance')

async function ticketFor(token: string): Promise<string> {
  const answer = await ask(deployed(), '/api/v1/tickets', { method: 'POST', token })
  return (await json<{ ticket: string }>(answer, 201)).ticket
}

async function declare(): Promise<string> {
  const body = { title: 'Sockets', severity: 'SEV-3', service: 'checkout' }
  const { id } = await json<{ id: string }>(
    await ask(deployed(), '/api/v1/incidents', { token: await adminToken(), body }),
    201,
  )
  const status = async () => (await ask(deployed(), `/api/v1/incidents/${id}`, { token: await adminToken() })).status
  await expect.poll(status, { timeout: 10_000 }).toBe(200)
  return id
}

interface Opened {
  socket: WebSocket
  heard: { type: string; code?: number; reason?: string }[]
  closed: Promise<number>
}

function opened(answer: Response): Opened {
  expect(answer.status).toBe(101)
  const socket = answer.webSocket
  if (!socket) throw new Error('no socket')
  const heard: Opened['heard'] = []
  socket.addEventListener('message', ({ data }) => {
    heard.push(JSON.parse(String(data)) as { type: string })
  })
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener('close', ({ code }) => {
      resolve(code)
    })
  })
  socket.accept()
  return { socket, heard, closed }
}

test('[SE40] a ticket opens one socket, once, as whoever asked for it', async () => {
  const { token } = await makeToken({ role: 'responder' })
  const id = await declare()
  const ticket = await ticketFor(token)
  const path = `/api/v1/incidents/${id}/room?ticket=${ticket}`
  const { heard, socket } = opened(await ask(deployed(), path, { headers: SOCKET }))
  await expect.poll(() => heard[0]).toMatchObject({ type: 'hello', you: { name: 'the responder', role: 'responder' } })
  await problem(await ask(deployed(), path, { headers: SOCKET }), 401, 'unauthenticated')
  const other = await ticketFor(token)
  opened(await ask(deployed(), `${LOBBY}?ticket=${other}`, { headers: SOCKET })).socket.close()
  socket.close()
})

test('[SE40] of two that come with one ticket at once, one gets in', async () => {
  const { token } = await makeToken({ role: 'viewer' })
  const ticket = await ticketFor(token)
  const both = [1, 2, 3, 4].map(() => ask(deployed(), `${LOBBY}?ticket=${ticket}`, { headers: SOCKET }))
  const answers = await Promise.all(both)
  expect(answers.filter(({ status }) => status === 101)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
  for (const answer of answers) if (answer.webSocket) opened(answer).socket.close()
})

test('[SE40] a ticket is no token: not elsewhere, not after 30 s, not invented, not of a token that is gone', async () => {
  const { id, token } = await makeToken({ role: 'viewer' })
  const ticket = await ticketFor(token)
  await problem(await ask(deployed(), '/api/v1/me', { token: ticket }), 401, 'unauthenticated')
  await problem(await ask(deployed(), `/api/v1/me?ticket=${ticket}`), 401, 'unauthenticated')
  const socketed = (one: string) => ask(deployed(), `${LOBBY}?ticket=${one}`, { headers: SOCKET })
  for (const wrong of ['', 'x', `icw_${'a'.repeat(28)}`, token, ticket.slice(0, -1)])
    await problem(await socketed(wrong), 401, 'unauthenticated')
  await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec('UPDATE tickets SET expires = ?', Date.now() - 1).toArray(),
  )
  await problem(await socketed(ticket), 401, 'unauthenticated')
  const [last, unseen] = [await ticketFor(token), await ticketFor(token)]
  await ask(deployed(), `/api/v1/tokens/${id}`, { method: 'DELETE', token: await adminToken() })
  await problem(await socketed(last), 401, 'unauthenticated')
  const late = await ticketFor((await makeToken({ role: 'viewer' })).token)
  expect(await deployed().REGISTRY.getByName('instance').takeTicket(sha256Hex(unseen))).toBeNull()
  expect(await deployed().REGISTRY.getByName('instance').takeTicket(sha256Hex(late))).not.toBeNull()
})

test('[SE40] local mode has tickets too, and no other mode takes one of local mode', async () => {
  await adminToken()
  const made = async () =>
    (await json<{ ticket: string }>(await api('/api/v1/tickets', { method: 'POST' }), 201)).ticket
  const headers = SOCKET
  opened(await api(`${LOBBY}?ticket=${await made()}`, { token: null, headers })).socket.close()
  await problem(await ask(deployed(), `${LOBBY}?ticket=${await made()}`, { headers }), 401, 'unauthenticated')
})

test('[SE41] only exactly listed origins may ask: every other spelling of one is another', async () => {
  await adminToken()
  const listed = deployed({ IC_ORIGINS: 'https://ic.example, https://ops.example:8443' })
  const { token } = await makeToken({ role: 'viewer' })
  const status = async (origin: string | null, bindings = listed) => {
    const headers = { ...SOCKET, ...(origin === null ? {} : { origin }) }
    const answer = await ask(bindings, `${LOBBY}?ticket=${await ticketFor(token)}`, { headers })
    if (answer.webSocket) opened(answer).socket.close()
    else await problem(answer, 403, 'origin-not-allowed')
    return answer.status
  }
  const spellings: [string | null, number][] = [
    ['https://ic.example', 101],
    ['https://ops.example:8443', 101],
    // No page at all: whoever has a ticket and is no browser.
    [null, 101],
    ['null', 403],
    ['https://ic.example.evil.example', 403],
    ['https://evil-ic.example', 403],
    ['https://sub.ic.example', 403],
    ['https://ic.example:8443', 403],
    ['https://ic.example:443', 403],
    ['http://ic.example', 403],
    ['HTTPS://IC.EXAMPLE', 403],
    ['https://ic.example/', 403],
    ['https://ic.example@evil.example', 403],
    ['https://ic.example https://evil.example', 403],
    ['https://ic.example.', 403],
    ['https://ops.example', 403],
  ]
  for (const [origin, expected] of spellings) expect([origin, await status(origin)]).toEqual([origin, expected])
  expect(isAllowedOrigin('', 'https://ic.example', ['https://ic.example'])).toBe(false)
  // Without a list it is the origin that was asked.
  expect(await status('https://ic.example', deployed())).toBe(101)
  expect(await status('https://ops.example:8443', deployed())).toBe(403)
  const asked = await ask(listed, '/api/v1/me', { token, headers: { origin: 'https://evil.example' } })
  await problem(asked, 403, 'origin-not-allowed')
})

test('[SE42] revoking a token ends its sockets in rooms and lobby, and leaves everybody else in', async () => {
  const [gone, stays] = [await makeToken({ role: 'commander' }), await makeToken({ role: 'commander' })]
  const id = await declare()
  const enter = async (token: string, path: string) => opened(await ask(deployed(), path, { token, headers: SOCKET }))
  const room = await enter(gone.token, `/api/v1/incidents/${id}/room`)
  const lobby = await enter(gone.token, LOBBY)
  const byTicket = opened(
    await ask(deployed(), `/api/v1/incidents/${id}/room?ticket=${await ticketFor(gone.token)}`, { headers: SOCKET }),
  )
  const other = await enter(stays.token, `/api/v1/incidents/${id}/room`)
  await ask(deployed(), `/api/v1/tokens/${gone.id}`, { method: 'DELETE', token: await adminToken() })
  expect(await Promise.all([room.closed, lobby.closed, byTicket.closed])).toEqual([4001, 4001, 4001])
  expect(room.heard.at(-1)).toMatchObject({ type: 'bye', code: 4001, reason: 'token-revoked' })
  // This isolate may still remember the token: the registry has the last word on sockets.
  await problem(await ask(deployed(), LOBBY, { token: gone.token, headers: SOCKET }), 401, 'unauthenticated')
  const command = { type: 'command', cmd: 'still-here', command: { type: 'acknowledge' } }
  other.socket.send(JSON.stringify(command))
  await expect.poll(() => other.heard.find(({ type }) => type === 'result')).toMatchObject({ ok: true })
  other.socket.close()
})

test('[SE42] an event stream ends with its token too', async () => {
  const { id: tokenId, token } = await makeToken({ role: 'viewer' })
  const id = await declare()
  const headers = { accept: 'text/event-stream', authorization: `Bearer ${token}` }
  const request = new Request(`${SITE}/api/v1/incidents/${id}/events`, { headers })
  const context = createExecutionContext()
  const answer = await worker.fetch(request, deployed(), context)
  expect(answer.headers.get('content-type')).toMatch(/event-stream/)
  const whole = answer.text()
  await ask(deployed(), `/api/v1/tokens/${tokenId}`, { method: 'DELETE', token: await adminToken() })
  expect(await whole).toContain('token-revoked')
})

test('[SE42] what a revoked socket still sends is not heard', async () => {
  const { id: tokenId, token } = await makeToken({ role: 'commander' })
  const id = await declare()
  const { socket } = opened(await ask(deployed(), `/api/v1/incidents/${id}/room`, { token, headers: SOCKET }))
  const revoked = ask(deployed(), `/api/v1/tokens/${tokenId}`, { method: 'DELETE', token: await adminToken() })
  await revoked
  const command = { type: 'command', cmd: 'too-late', command: { type: 'acknowledge' } }
  try {
    socket.send(JSON.stringify(command))
  } catch {
    // Closed already.
  }
  const detail = await ask(deployed(), `/api/v1/incidents/${id}`, { token: await adminToken() })
  expect(await json(detail)).toMatchObject({ state: 'triggered' })
})

test('[SE43] a sign-in that ends by itself ends its sockets, by an alarm of the registry', async () => {
  const { id: tokenId, token } = await makeToken({ role: 'viewer' }, { expiresInDays: 1 })
  const { closed } = opened(await ask(deployed(), LOBBY, { token, headers: SOCKET }))
  const due = await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec<{ due: number }>('SELECT due FROM sockets WHERE session = ?', tokenId).one(),
  )
  // Not later than the sign-in itself, nor than half a day.
  expect(due.due - Date.now()).toBeLessThanOrEqual(12 * 3_600_000)
  await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec('UPDATE sockets SET due = ?, opened = 0 WHERE session = ?', Date.now() - 1, tokenId).toArray(),
  )
  await runDurableObjectAlarm(registry())
  expect(await closed).toBe(4001)
  const left = await runInDurableObject(registry(), (_, { storage }) =>
    storage.sql.exec('SELECT * FROM sockets WHERE session = ?', tokenId).toArray(),
  )
  expect(left).toEqual([])
})
