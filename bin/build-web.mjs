#!/usr/bin/env node
// Builds the dashboards into dist/web. Run by `npm start`, `npm run build` and wrangler's [build].
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './node.mjs'

/** Everything that the page is made of; the pages import nothing else (test/tidy.test.ts holds that). */
const INPUTS = ['web', 'durable/protocol', 'package-lock.json', 'bin/build-web.mjs']
/** A build takes seconds; who waits longer than this finds a lock that nobody will give back. */
const LOCK_WAIT_MS_MAX = 120_000
const LOCK_POLL_MS = 50

/**
 * Builds when an input changed since the last build, into a folder of its own that is then swapped in whole: a reader
 * never sees half a page, and a build that fails leaves the old page. Answers `built` or `fresh`; throws what vite throws.
 */
export async function buildWeb(root = ROOT) {
  if (isFresh(root)) return 'fresh'
  mkdirSync(join(root, 'dist'), { recursive: true })
  const lock = join(root, 'dist/web.lock')
  await take(lock)
  try {
    // Another instance may have built it while this one waited.
    if (isFresh(root)) return 'fresh'
    await build(root)
    return 'built'
  } finally {
    rmSync(lock, { force: true })
  }
}

const outOf = (root) => join(root, 'dist/web')
const stampOf = (root) => join(root, 'dist/web.stamp')

async function build(root) {
  const inputs = hashOfInputs(root)
  const fresh = join(root, `dist/.web-${process.pid}`)
  const old = `${fresh}-old`
  const vite = await import('vite')
  try {
    await vite.build({
      configFile: join(root, 'web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    })
    rmSync(stampOf(root), { force: true })
    if (existsSync(outOf(root))) renameSync(outOf(root), old)
    renameSync(fresh, outOf(root))
    writeFileSync(stampOf(root), inputs)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
    rmSync(old, { recursive: true, force: true })
  }
}

function isFresh(root) {
  const stamp = stampOf(root)
  return (
    existsSync(join(outOf(root), 'index.html')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hashOfInputs(root)
  )
}

function hashOfInputs(root) {
  const hash = createHash('sha256')
  const files = INPUTS.flatMap((input) => filesOf(root, input))
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

function filesOf(root, path) {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`))
}

/** The lock is a file made exclusively that holds its maker's process id; a dead maker's lock is taken over. */
async function take(lock) {
  const giveUpAt = Date.now() + LOCK_WAIT_MS_MAX
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (holderIsGone(lock)) rmSync(lock, { force: true })
    else if (Date.now() > giveUpAt) throw new Error(`another build holds ${lock} for too long`)
    else await sleep(LOCK_POLL_MS)
  }
}

function holderIsGone(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    // An empty file is a lock whose maker has not written its id yet.
    if (holder === 0) return false
    process.kill(holder, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

if (process.argv[1] === import.meta.filename) console.log(`dist/web is ${await buildWeb()}`)
