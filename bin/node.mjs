import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The oldest Node that the toolchain runs on (wrangler 4.155.0 asks for 22, vite 8 for 22.12; with a margin). */
const NODE_MIN = [22, 13]

/** The folder of the checkout, with a trailing slash. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * The Node that carries the toolchain, or what asks for another `least` version: this one when it is new enough, else the
 * one that `npm ci` brought along. Throws when neither is there, with what to do.
 */
export function fittingNode(least = NODE_MIN) {
  if (isNewEnough(process.versions.node, least)) return process.execPath
  const packed = `${ROOT}node_modules/node-linux-${process.arch}/bin/node`
  if (process.platform === 'linux' && existsSync(packed)) return packed
  throw new Error(
    `Node ${process.versions.node} is too old: install Node ${least.join('.')} or newer, or run \`npm ci\` on Linux`,
  )
}

/** The environment for the toolchain's children: `node` and the packages' commands are found first in PATH. */
export function toolEnv(extra = {}) {
  return { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env.PATH ?? ''}`, ...extra }
}

function isNewEnough(version, least) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > least[0] || (major === least[0] && minor >= least[1])
}
