import { plainLine } from '../../../durable/core/export/text.ts'
import type { CatalogueChangeRow, CatalogueDiff } from '../../../durable/protocol/catalogue.ts'
import { type Ask, ApiError } from '../api.ts'
import type { Command, Context } from '../command.ts'
import { CliError } from '../exit.ts'
import { readText } from '../stdin.ts'

const STYLE = { added: 'green', removed: 'red', changed: 'yellow' } as const

export const diff: Command = {
  name: 'diff',
  takes: '<catalogue.yaml|->',
  args: { min: 1, max: 1 },
  says: 'what applying a catalogue would change',
  example: 'ic diff catalogue.yaml',
  options: {},
  async run(context) {
    const found = await compare(context)
    if (context.out.json) return context.out.value(found)
    sayChanges(context, found)
  },
}

export const apply: Command = {
  name: 'apply',
  takes: '<catalogue.yaml|->',
  args: { min: 1, max: 1 },
  says: 'put a catalogue, after showing what changes; YAML or JSON',
  more: ['What somebody else put meanwhile is not overwritten: that ends with 5, and the change is shown again.'],
  example: 'ic apply catalogue.yaml --yes',
  options: {},
  async run(context) {
    const { out, ask } = context
    const api = context.api()
    const head = await api.send('GET', '/api/v1/catalogue')
    await head.body?.cancel()
    const found = await compare(context)
    if (!out.json) sayChanges(context, found)
    if (found.changes.length === 0) return out.json ? out.value(found) : undefined
    if (context.dryRun) return out.json ? out.value(found) : out.say('Nothing was put.')
    await ask.confirm(`Put ${count(found)}?`, '--yes puts it.')
    const sent = { ...document(context), headers: { 'if-match': head.headers.get('etag') ?? '*' } }
    const put = (await (await placed(context, () => api.send('PUT', '/api/v1/catalogue', sent))).json()) as {
      revision: number
      version: string
    }
    if (out.json) return out.value(put)
    out.say(`Revision ${put.revision}, version ${put.version}. Open rooms keep what they opened with.`)
  },
}

async function compare(context: Context): Promise<CatalogueDiff> {
  const sent = document(context)
  const response = await placed(context, () => context.api().send('POST', '/api/v1/catalogue/diff', sent))
  return (await response.json()) as CatalogueDiff
}

let read: Required<Pick<Ask, 'text'>> | null = null

/** The file, read once. JSON is YAML too, and YAML is answered with lines. */
function document(context: Context): Required<Pick<Ask, 'text'>> {
  const path = context.args[0] ?? '-'
  read ??= { text: { content: readText(path, 'the catalogue'), type: 'application/yaml' } }
  return read
}

/** A refusal by place becomes one line for each place, as compilers say it: `file:line:column: what`. */
async function placed<T>({ args, out }: Context, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof ApiError) || error.errors.length === 0 || out.json) throw error
    const file = args[0] === '-' ? 'stdin' : plainLine(args[0] ?? '')
    for (const { at, says, line, column } of error.errors) {
      const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
      process.stderr.write(`${place}: ${at === '' ? '' : `${plainLine(at)}: `}${plainLine(says)}\n`)
    }
    throw new CliError(error.exit, error.code, error.message)
  }
}

function sayChanges({ out }: Context, { changes, beyond }: CatalogueDiff): void {
  if (changes.length === 0) out.say('It is what stands.')
  for (const change of changes) out.line(sayChange(change))
  if (beyond > 0) out.say(`and ${beyond} more`)

  function sayChange({ kind, says }: CatalogueChangeRow): string {
    return out.style(STYLE[kind], plainLine(says))
  }
}

function count({ changes, beyond }: CatalogueDiff): string {
  const n = changes.length + beyond
  return n === 1 ? 'this change' : `these ${n} changes`
}
