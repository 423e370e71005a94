import { spawn, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { apiOf } from './api.ts'
import { commandOf, processTree, untilGone } from './processes.ts'
import { ROOT, type Server, startServer } from './server.ts'
import { until } from './until.ts'

test('[GR1] npm start serves API and page on loopback, as the local person dev, with no credentials', async () => {
  const server = await startServer()
  try {
    expect(await (await fetch(`${server.url}/livez`)).json()).toMatchObject({ ok: true })
    const page = await fetch(`${server.url}/ops`)
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
    expect(await page.text()).toMatch(/<script type="module"/)
    expect(await apiOf(server.url).incidents()).toEqual([])
    expect(server.log()).toContain(`http://127.0.0.1:${server.port}/ops`)
  } finally {
    await server.kill()
  }
})

test.each(['SIGTERM', 'SIGINT'] as const)('[GR2] %s to what was started leaves no process behind', async (signal) => {
  const server = await startServer()
  const tree = processTree(server.pid)
  expect(tree.map(commandOf).join('\n')).toContain('workerd')
  server.child.kill(signal)
  await untilGone(tree, 20_000)
})

test('[GR2] where Node cannot replace itself, the parent hands on the signal and leaves with the child', async () => {
  const program = `process.execve = undefined
    const { become } = await import('./bin/become.mjs')
    become(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], process.env)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT, stdio: 'inherit' })
  const pid = parent.pid ?? 0
  const tree = await until('the child runs', 10_000, () => {
    const found = processTree(pid)
    return found.length === 2 ? found : null
  })
  parent.kill('SIGTERM')
  await untilGone(tree, 10_000)
})

test('[GR3] two at once, on two ports and two states, do not know of one another and both stop cleanly', async () => {
  const two = await Promise.all([startServer(), startServer()])
  const [one, other] = two.map((server) => apiOf(server.url))
  await one?.post('/api/v1/incidents', { title: 'only here', severity: 'SEV-3', service: 'checkout' })
  expect((await one?.incidents())?.map((row) => row.title)).toEqual(['only here'])
  expect(await other?.incidents()).toEqual([])
  for (const server of two) expect((await fetch(`${server.url}/ops`)).status).toBe(200)
  await Promise.all(two.map((server: Server) => server.stop()))
})

test('[GR6] a Node that is too old to run the tools hands over to the one that came with the packages', () => {
  const asked = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })
       const { fittingNode } = await import('./bin/node.mjs')
       console.log(fittingNode())`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  )
  expect(asked.stdout.trim()).toMatch(/node_modules\/node-linux-\w+\/bin\/node$/)
})
