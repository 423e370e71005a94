export { delayOf, has } from './door.ts'
export { changedMeanwhile, injectedLog, poisoned, seenBy } from './sight.ts'
export { foundBy } from './word.ts'
export { type Spoken, spokenBy } from './votes.ts'
