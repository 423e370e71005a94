import type { Catalogue } from '../../protocol/domain.ts'
import { MATCHERS_MAX, MATCHER_NAME_CHARS_MAX, MATCHER_VALUE_CHARS_MAX } from '../../protocol/limits.ts'
import { WEEKDAYS } from '../../protocol/noise.ts'
import { matcherProblems } from '../correlate/silence.ts'
import { isZone } from '../oncall/zone.ts'
import { type Check, type Problem, instant, listOf, oneOf, optional, record, text, that } from './shape.ts'

/** Windows of one catalogue: each is asked for each new alert, beside the silences. */
export const MAINTENANCE_WINDOWS_MAX = 100
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

const time = that((value) => TIME.test(value), 'must be a time of day: HH:MM')

export const maintenance = listOf(
  record({
    name: that((value) => NAME.test(value), 'must be a name: a-z, 0-9, dot, - and _'),
    matchers: listOf(
      record({
        name: that(
          (value) => value !== '' && value.length <= MATCHER_NAME_CHARS_MAX,
          `must be a label, ${MATCHER_NAME_CHARS_MAX} characters at most`,
        ),
        op: optional(oneOf('=', '!=', '=~', '!~')),
        value: that(
          (value) => value.length <= MATCHER_VALUE_CHARS_MAX,
          `must be a text, ${MATCHER_VALUE_CHARS_MAX} characters at most`,
        ),
      }),
    ),
    comment: text,
    from: optional(instant),
    until: optional(instant),
    weekly: optional(
      record({
        days: listOf(oneOf(...WEEKDAYS)),
        from: time,
        until: time,
        zone: that(isZone, 'must be an IANA time zone, like Europe/Berlin'),
      }),
    ),
  }),
) satisfies Check

/** What the shape cannot see: names twice, a window without a time or with two, one that matches everything. */
export function maintenanceProblems({ maintenance: windows = [] }: Catalogue): Problem[] {
  const problems: Problem[] = []
  const say = (at: string, says: string) => problems.push({ at, says })
  if (windows.length > MAINTENANCE_WINDOWS_MAX) say('maintenance', `must be at most ${MAINTENANCE_WINDOWS_MAX}`)
  const seen = new Set<string>()
  for (const [index, { name, matchers, from, until, weekly }] of windows.entries()) {
    const at = `maintenance[${index}]`
    if (seen.has(name)) say(`${at}.name`, `${name} stands there twice`)
    seen.add(name)
    if (matchers.length === 0 || matchers.length > MATCHERS_MAX) say(`${at}.matchers`, `must be 1 to ${MATCHERS_MAX}`)
    else
      for (const problem of matcherProblems(
        matchers.map(({ name: label, op = '=', value }) => ({ name: label, op, value })),
      ))
        say(`${at}.${problem.at.replace(/\.(\d+)/g, '[$1]')}`, problem.says)
    if (weekly ? from !== undefined || until !== undefined : from === undefined || until === undefined)
      say(at, 'must say from and until, or weekly')
    else if (weekly?.days.length === 0) say(`${at}.weekly.days`, 'names no day')
    else if (!weekly && Date.parse(until ?? '') <= Date.parse(from ?? '')) say(`${at}.until`, 'ends before it starts')
  }
  return problems
}
