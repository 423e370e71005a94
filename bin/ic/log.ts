import { createHash } from 'node:crypto'
import { type ExportFile, foldExport, readExport } from '../../durable/core/export/file.ts'
import { canonical } from '../../durable/protocol/canonical.ts'
import { type View } from '../../durable/protocol/view.ts'
import { verifyChain } from '../../durable/protocol/verify.ts'
import { CliError, EXIT } from './exit.ts'
import { readText } from './stdin.ts'

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** SHA-256 of the canonical JSON of a folded state: two logs that came to the same have the same. */
export function stateHash(view: View): string {
  return sha256(canonical(view))
}

/** A file as an export, by its shape alone. */
export function exportIn(path: string): ExportFile {
  return exportAndText(path).file
}

/** The same with its text, for whoever looks at each byte. */
export function exportAndText(path: string): { file: ExportFile; text: string } {
  const text = readText(path, 'the export')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new CliError(EXIT.error, 'not-an-export', `${path} is no JSON: an export as JSON is needed`)
  }
  const read = readExport(value)
  if (read.ok) return { file: read.file, text }
  const places = read.problems.map(({ at, says }) => `${at || 'the file'} ${says}`)
  throw new CliError(EXIT.error, 'not-an-export', `${path} is no exported incident`, places.slice(0, 5))
}

/** Walks the chain and folds the log; throws at the first event that is not as it was. */
export async function verified(file: ExportFile): Promise<View> {
  const chain = await verifyChain(file.events, sha256)
  if (!chain.ok)
    throw new CliError(EXIT.error, 'chain-broken', `event ${chain.seq}: ${chain.reason}; the log was altered there`)
  if (chain.head !== file.chainHead)
    throw new CliError(
      EXIT.error,
      'chain-broken',
      `the chain ends in ${chain.head}, and the file names ${file.chainHead}: events are missing at its end`,
    )
  return folded(file)
}

export function folded(file: ExportFile): View {
  const answer = foldExport(file)
  if (answer.ok) return answer.view
  throw new CliError(EXIT.error, answer.reason, `event ${answer.seq}: ${answer.detail}`)
}
