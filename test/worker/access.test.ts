import { expect, test } from 'vitest'
import type { Role } from '../../durable/protocol/domain.ts'
import worker from '../../worker/index.ts'
import { localPerson } from '../../worker/auth/person.ts'
import { api, json, problem } from './api.ts'
import { type Address, addresses, isIntake, PUBLIC } from './addresses.ts'
import { LEAST } from './roles.ts'
import { adminToken, ask, deployed, INIT_TOKEN, makeToken } from './deployed.ts'

const ROLES: readonly Role[] = ['viewer', 'responder', 'commander', 'admin']

/** It judges a token of its own. */
const INIT = 'POST /api/v1/init'

function forPeople(): Address[] {
  return addresses().filter(
    ({ path, route, method }) => !PUBLIC.includes(path) && !isIntake(path, method) && `${method} ${route}` !== INIT,
  )
}

test('[SE24] every address for people has its least role in the table, and the table has no others', () => {
  const routes = forPeople().map(({ method, route }) => `${method} ${route}`)
  expect(routes.sort()).toEqual(Object.keys(LEAST).sort())
  expect(worker.routes.length).toBeGreaterThan(40)
})

test('[SE24] every address × each role: below the least role 403 role-too-low, from it on let in', async () => {
  for (const [rank, role] of ROLES.entries()) {
    const { token } = await makeToken({ role })
    for (const { method, path, route } of forPeople()) {
      const least = LEAST[`${method} ${route}`] ?? 'admin'
      const answer = await ask(deployed(), path, { method, token })
      if (rank < ROLES.indexOf(least)) await problem(answer, 403, 'role-too-low')
      else {
        expect([method, path, [401, 403, 500].includes(answer.status)]).toEqual([method, path, false])
        await answer.text()
      }
    }
  }
}, 60_000)

test('[SE25] in local mode @role after the name chooses the role; without it everybody is a commander', async () => {
  for (const role of ROLES) {
    expect(await json(await api('/api/v1/me', { token: `dev@${role}` }))).toMatchObject({ name: 'dev', role })
    expect(await json(await api('/api/v1/me', { token: `dev:Ada L@${role}` }))).toMatchObject({ name: 'Ada L', role })
  }
  expect(localPerson('dev:Ada')?.role).toBe('commander')
  for (const token of ['dev@', 'dev@root', 'dev@Admin', 'dev:@admin', 'dev@admin:Ada', 'dev:a@b@admin'])
    expect(localPerson(token)).toBeNull()
  await problem(await api('/api/v1/tokens'), 403, 'role-too-low')
  await json(await api('/api/v1/tokens', { token: 'dev@admin' }))
})

test('[SE33] the first admin token is made once, with the init token alone', async () => {
  const bindings = deployed({ IC_INIT_TOKEN: INIT_TOKEN })
  const body = { name: 'somebody' }
  await adminToken()
  for (const token of [null, 'guess', INIT_TOKEN.slice(1), 'dev'])
    await problem(await ask(bindings, '/api/v1/init', { token, body }), 401, 'unauthenticated')
  await problem(await ask(bindings, '/api/v1/init', { token: INIT_TOKEN, body }), 409, 'already-initialised')
  for (const weak of ['', 'short'])
    await problem(
      await ask(deployed({ IC_INIT_TOKEN: weak }), '/api/v1/init', { token: weak || 'x', body }),
      401,
      'unauthenticated',
    )
  expect(await json(await ask(deployed(), '/api/v1/me', { token: await adminToken() }))).toMatchObject({
    role: 'admin',
  })
})
