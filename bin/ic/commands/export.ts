import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HistoryRow } from '../../../durable/protocol/objects.ts'
import { type Command, incidentIn, wordIn } from '../command.ts'
import { CliError, EXIT } from '../exit.ts'
import { readText } from '../stdin.ts'

const FORMATS = ['json', 'markdown', 'csv'] as const

export const exportCommand: Command = {
  name: 'export',
  takes: '<incident>',
  args: { min: 1, max: 1 },
  says: 'an incident as a file: JSON that verifies, Markdown, CSV',
  example: 'ic export inc_1a2b3c4d5e6f -o inc.json',
  options: {
    format: { type: 'string', short: 'f', value: 'FORMAT', says: `${FORMATS.join(', ')} (json)` },
    output: { type: 'string', short: 'o', value: 'FILE', says: 'write there instead of stdout' },
  },
  async run(context) {
    const id = incidentIn(context)
    const format = wordIn(context, 'format', FORMATS, 'json')
    const response = await context.api().send('GET', `/api/v1/incidents/${id}/export?format=${format}`)
    const path = context.text('output')
    if (!response.body) throw new CliError(EXIT.temporary, 'no-body', 'the export came without a body')
    const body = Readable.fromWeb(response.body)
    if (path === undefined) return pipeline(body, process.stdout, { end: false })
    await whole(path, (fresh) => pipeline(body, createWriteStream(fresh, { mode: 0o600 })))
    context.out.say(`${id} is in ${path}.`)
  },
}

export const importCommand: Command = {
  name: 'import',
  takes: '<file|->',
  args: { min: 1, max: 1 },
  says: 'take an exported incident into history; its chain is verified first',
  example: 'ic import inc.json',
  options: {},
  async run(context) {
    const { out } = context
    const content = readText(context.args[0] ?? '-', 'the export')
    if (context.dryRun) return out.say('Would import it; `ic verify` looks at the file alone.')
    const text = { content, type: 'application/json' }
    const response = await context.api().send('POST', '/api/v1/imports', { text })
    const done = (await response.json()) as { already: boolean; row: HistoryRow; stateHash: string }
    if (out.json) return out.value(done)
    out.say(done.already ? `${done.row.id} was here already.` : `${done.row.id} stands in history, marked as imported.`)
    out.fields([
      ['incident', done.row.id],
      ['events', String(done.row.seq)],
      ['chain head', done.row.chainHead],
      ['state hash', done.stateHash],
    ])
  },
}

/** Written beside and swapped in: half an export is never taken for one. */
async function whole(path: string, write: (fresh: string) => Promise<void>): Promise<void> {
  const fresh = `${path}.${process.pid}.part`
  try {
    await write(fresh)
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new CliError(EXIT.error, 'not-written', `${path} was not written: ${why}`)
  }
}
