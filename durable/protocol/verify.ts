/** What a copy of a room's log is checked with: its chain alone, or everything that it claims. */
export { CHAIN_START, type ChainVerdict, chainInput, verifyChain } from './verify-chain.ts'
export { type LogProblem, type LogVerdict, verifyCertificate, verifyLog, verifyLogText } from './verify-log.ts'
export { type LogCrypto, verifyClerk, verifyVote } from './verify-vote.ts'
export { webCrypto } from './verify-web.ts'
