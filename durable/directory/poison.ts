/** What SQLite says when the thing to be stored is at fault, not the store. */
const ABOUT_THE_THING = /SQLITE_(?:TOOBIG|MISMATCH|RANGE)/
const STORAGE_SPOKE = /SQLITE_|storage|disk|database/i

/**
 * Whether a post is itself the reason that it cannot be committed: its neighbours could, or what was thrown is no word of
 * the storage. A storage that fails must refuse, so that the sender comes again; a poisoned post would come for ever.
 */
export function isPoisoned(thrown: unknown, neighboursStand: boolean): boolean {
  const says = thrown instanceof Error ? thrown.message : String(thrown)
  return neighboursStand || ABOUT_THE_THING.test(says) || !STORAGE_SPOKE.test(says)
}
