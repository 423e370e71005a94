import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { PersonCommand } from '../../durable/protocol/commands.ts'
import type { Role } from '../../durable/protocol/domain.ts'
import type { Bindings } from '../../worker/env.ts'
import { openRoom } from './opening.ts'
import { type Client, join, until } from './socket.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']
const DIGEST = '0'.repeat(64)
const PROPOSAL = { proposal: 'prp_none', digest: DIGEST, reason: 'a test' }

/** The least role of each command, and one of its kind that changes nothing whoever sends it. A new command without a row does not compile. */
const LEAST: Record<PersonCommand['type'], { role: Role; command: PersonCommand }> = {
  acknowledge: { role: 'responder', command: { type: 'acknowledge' } },
  'add-note': { role: 'responder', command: { type: 'add-note', text: '' } },
  mitigate: { role: 'responder', command: { type: 'mitigate', reason: '' } },
  resolve: { role: 'responder', command: { type: 'resolve', reason: '' } },
  close: { role: 'responder', command: { type: 'close', reason: '' } },
  approve: { role: 'commander', command: { type: 'approve', ...PROPOSAL } },
  reject: { role: 'commander', command: { type: 'reject', ...PROPOSAL } },
  'request-changes': { role: 'commander', command: { type: 'request-changes', ...PROPOSAL, wants: {} } },
  undo: { role: 'commander', command: { type: 'undo', ...PROPOSAL } },
  'complete-step': {
    role: 'responder',
    command: { type: 'complete-step', proposal: 'prp_none', step: 'none', outcome: 'done', reason: '' },
  },
  'decide-myself': {
    role: 'commander',
    command: {
      type: 'decide-myself',
      runbook: 'no-such',
      target: 'no-such',
      parameters: {},
      confirm: 'no-such',
      passed: [],
      reason: 'a test',
    },
  },
  'settle-outcome': {
    role: 'commander',
    command: { type: 'settle-outcome', proposal: 'prp_none', outcome: 'it-did-not', reason: 'a test' },
  },
  reopen: { role: 'responder', command: { type: 'reopen', reason: '' } },
  cancel: { role: 'responder', command: { type: 'cancel', reason: '' } },
  'set-severity': { role: 'responder', command: { type: 'set-severity', severity: 'SEV-1', reason: '' } },
  'assign-role': {
    role: 'responder',
    command: { type: 'assign-role', role: 'scribe', person: '', reason: '' },
  },
  'release-role': {
    role: 'responder',
    command: { type: 'release-role', role: 'scribe', person: 'nobody', reason: '' },
  },
  'add-task': { role: 'responder', command: { type: 'add-task', kind: 'task', text: '', owner: null, dueWall: null } },
  'change-task': { role: 'responder', command: { type: 'change-task', task: 'no-such', change: {} } },
  'set-field': { role: 'responder', command: { type: 'set-field', name: 'no-such', value: null } },
  'set-privacy': { role: 'commander', command: { type: 'set-privacy', private: false, reason: '' } },
  'set-incident-control': {
    role: 'commander',
    command: { type: 'set-incident-control', control: 'dry-run', on: false, reason: 'a test' },
  },
  'set-access': { role: 'commander', command: { type: 'set-access', person: 'nobody', allowed: false } },
  merge: { role: 'responder', command: { type: 'merge', into: 'no-such', reason: '' } },
  unmerge: { role: 'responder', command: { type: 'unmerge', reason: '' } },
  split: { role: 'responder', command: { type: 'split', alerts: [], title: '', reason: '' } },
  'set-parent': { role: 'responder', command: { type: 'set-parent', parent: null, reason: '' } },
  escalate: { role: 'responder', command: { type: 'escalate', reason: '' } },
}

async function say(client: Client, cmd: string, command: PersonCommand) {
  client.socket.send(JSON.stringify({ type: 'command', cmd, command }))
  const result = () => client.messages.find((message) => message.type === 'result' && message.cmd === cmd)
  await until(() => result() !== undefined, `an answer to ${cmd}`)
  return result() as Extract<Client['messages'][number], { type: 'result' }>
}

test('[SE50] every command over a socket × each role: below the least role role-too-low, from it on decided', async () => {
  const { room } = await openRoom()
  for (const [rank, role] of ROLES.entries()) {
    const client = await join(room, { headers: { 'ic-person': role, 'ic-role': role } })
    for (const [type, { role: least, command }] of Object.entries(LEAST)) {
      const result = await say(client, `${role}-${type}`, command)
      const tooLow = !result.ok && result.reason === 'role-too-low'
      expect([type, role, tooLow]).toEqual([type, role, rank < ROLES.indexOf(least)])
    }
    client.socket.close()
  }
})

test('[AU10] an order over a socket leaves a line of audit, refused or not; a note does not', async () => {
  const { id, room } = await openRoom()
  const client = await join(room, { headers: { 'ic-person': 'ada', 'ic-role': 'commander' } })
  await say(client, 'note-1', { type: 'add-note', text: 'hello' })
  await say(client, 'ack-1', { type: 'acknowledge' })
  await say(client, 'approve-1', { type: 'approve', ...PROPOSAL })
  const registry = (env as unknown as Bindings).REGISTRY.getByName('instance')
  const lines = async () => {
    const { items } = await registry.audit(0, 200)
    return items
      .filter(({ subject }) => subject.endsWith(id))
      .map(({ who, role, via, action, outcome, code, requestId }) => [who, role, via, action, outcome, code, requestId])
  }
  await expect.poll(lines, { timeout: 10_000 }).toEqual([
    ['ada', 'commander', 'socket', 'socket acknowledge', 'ok', '', 'ack-1'],
    ['ada', 'commander', 'socket', 'socket approve', 'refused', 'no-such-proposal', 'approve-1'],
  ])
  client.socket.close()
})
