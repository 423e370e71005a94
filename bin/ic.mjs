#!/usr/bin/env node
// `ic`, the command line. Plain JavaScript, so that any Node can start it; the rest is TypeScript, which Node reads by
// itself from 22.18 on. An older one hands over to the Node that came with the packages.
import { become } from './become.mjs'
import { fittingNode } from './node.mjs'

/** The first Node that imports TypeScript without being asked to. */
const NODE_MIN = [22, 18]

try {
  const node = fittingNode(NODE_MIN)
  // Node calls its reading of TypeScript experimental in some of these versions; whoever runs `ic` need not hear of it.
  process.removeAllListeners('warning')
  if (node === process.execPath) await import('./ic.ts')
  else become(node, ['--no-warnings', import.meta.filename ?? process.argv[1], ...process.argv.slice(2)], process.env)
} catch (error) {
  console.error(`ic: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
