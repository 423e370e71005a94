/** The wire version spoken in a room. A client that says another one is told which are spoken and closed with 4010. */
export const PROTOCOL_VERSION = 1

/** The version every stored event carries. Events never change meaning: a new meaning is a new version and one upcaster in `upgrade.ts`. */
export const EVENT_VERSION = 1

/** The version of the rules in `core/consensus`, bound into each proposal's digest. `policy-2`: votes are signed, equivocation quarantines. */
export const POLICY_VERSION = 'policy-2'
