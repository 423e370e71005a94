import { lazy } from 'solid-js'

/**
 * What a tab or a press shows: loaded after the page stands, before anybody asks for it, so that it is there also where the
 * network then goes.
 */
const records = () => import('../../panels/record/ProposalRecord.tsx')
const votes = () => import('../../panels/votes/VotesTable.tsx')
const gaps = () => import('../../panels/doubt/GapTable.tsx')
const taint = () => import('../../panels/doubt/TaintList.tsx')
const log = () => import('../../panels/log/EventLog.tsx')
const drawer = () => import('../../panels/evidence/EvidenceDrawer.tsx')
const decides = () => import('./Decides.tsx')

export const Decides = lazy(async () => ({ default: (await decides()).Decides }))
export const Records = lazy(async () => ({ default: (await records()).Records }))
export const VotesTables = lazy(async () => ({ default: (await votes()).VotesTables }))
export const GapTable = lazy(async () => ({ default: (await gaps()).GapTable }))
export const TaintList = lazy(async () => ({ default: (await taint()).TaintList }))
export const EventLog = lazy(async () => ({ default: (await log()).EventLog }))
export const EvidenceDrawer = lazy(async () => ({ default: (await drawer()).EvidenceDrawer }))

/** How long the first paint is left alone, ms. */
const SETTLE_MS = 300

/** Fetches every part once the page has settled; one that cannot be fetched is asked for again when it is wanted. */
export function loadParts(): void {
  setTimeout(() => {
    for (const part of [decides, records, votes, gaps, taint, log, drawer]) part().catch(() => undefined)
  }, SETTLE_MS)
}
