import { shareText } from './figures.ts'
import { type Counts, GROUPS, type Group, type Report, type Row } from './report.ts'

const SAYS: Record<Group, string> = {
  none: 'no fault',
  common: 'f = 0, text or a moved world for all',
  one: 'f = 1',
  two: 'f = 2',
  poisoned: 'one metric lies to all, f = 0 or 1',
}

/** The report in Markdown. */
export function tableOf(report: Report): string {
  return [
    `${report.runs} runs, ${report.injected} of them with faults. Shares are k/n (%, 95 % interval by Wilson).`,
    claimOf(report),
    '### By faulty voters',
    rowsTable(GROUPS.map((group) => ({ ...report.totals[group], name: SAYS[group] }))),
    '### By fault',
    rowsTable(report.rows),
    '### What the log shows',
    table(
      ['fault', 'signs (runs)'],
      report.rows.filter(({ detected }) => detected.n > 0).map(({ name, signs }) => [name, signsText(signs)]),
    ),
    '### The same runs, decided otherwise',
    ...GROUPS.flatMap((group) => [
      `${SAYS[group]}:`,
      table(
        ['rule', 'correct', 'wrong', 'unsafe', 'abstained'],
        Object.entries(report.baselines).map(([rule, by]) => [rule, ...countsCells(by[group])]),
      ),
    ]),
    '### What ran and should not have',
    table(
      ['', 'ran', 'without a way back', 'restored, of all', 'restored, of those with a way back'],
      GROUPS.map((group) => {
        const { ran, irreversible, undone, undoable } = report.harm[group]
        return [SAYS[group], String(ran), String(irreversible), shareText(undone), shareText(undoable)]
      }),
    ),
    '### Confidence of the first settled hypothesis, against the truth',
    table(
      ['Diagnosis is', 'n', 'Brier', 'ECE'],
      Object.entries(report.confidence).map(([who, { n, brier, ece }]) => [
        who,
        String(n),
        number(brier, 3),
        number(ece, 3),
      ]),
    ),
    '### Honest voters that are wrong together',
    table(
      ['pair', 'answers', 'first wrong', 'second wrong', 'both', 'both, were they independent'],
      report.coFailure.map(({ pair, n, first, second, both, ifIndependent }) => [
        pair,
        ...[n, first, second, both].map(String),
        number(ifIndependent, 1),
      ]),
    ),
    `Overlap (Jaccard) of what two supporters of a carried ballot cite: median ${number(report.overlap.median, 2)}, middle half ${number(report.overlap.q25, 2)} to ${number(report.overlap.q75, 2)}, over ${report.overlap.n} runs.`,
  ].join('\n\n')
}

/** What the claim is about, in one sentence: text, a moved world or one faulty voter of any kind. */
function claimOf({ totals: { common, one } }: Report): string {
  const n = common.n + one.n
  const k = [common, one].reduce((sum, { outcomes }) => sum + outcomes.wrong.k + outcomes.unsafe.k, 0)
  const other = common.different.k + one.different.k
  const bound = k === 0 ? `; at most ${((100 * 3) / n).toFixed(2)} % with 95 % confidence (rule of three)` : ''
  return `With at most one faulty voter, ${n} runs: ${k} wrong or unsafe, ${other} with another action than without faults${bound}.`
}

function rowsTable(rows: readonly Row[]): string {
  return table(
    [
      'fault',
      'n',
      'correct',
      'wrong',
      'unsafe',
      'abstained',
      'another action',
      'acted after, s',
      'asked after, s',
      'seen',
      'accused falsely',
    ],
    rows.map((row) => [
      row.name,
      String(row.n),
      ...countsCells(row.outcomes),
      shareText(row.different),
      seconds(row.actedS),
      seconds(row.askedS),
      row.detected.n === 0 ? '' : shareText(row.detected),
      shareText(row.accused),
    ]),
  )
}

function countsCells({ correct, wrong, unsafe, abstained }: Counts): string[] {
  return [correct, wrong, unsafe, abstained].map(shareText)
}

const seconds = ({ median, p90 }: Row['actedS']): string =>
  median === null ? '' : `${number(median, 1)} (p90 ${number(p90, 1)})`
const number = (value: number | null, digits: number): string => (value === null ? 'no data' : value.toFixed(digits))
const signsText = (signs: Row['signs']): string =>
  Object.entries(signs)
    .sort((a, b) => b[1] - a[1])
    .map(([sign, runs]) => `${sign} ${runs}`)
    .join(', ')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
