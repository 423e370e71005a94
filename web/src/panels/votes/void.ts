/** What a void vote's reason word means, as a sentence without its end. A word that is not here speaks for itself. */
export const VOID_SAYS: Partial<Record<string, string>> = {
  'unknown-evidence': 'it cites an id that this room does not hold',
  'wrong-digest': 'it was signed for another proposal',
  late: 'it came after the deadline',
  'ballot-closed': 'the ballot had closed',
  'second-vote': 'another signed vote of this voter stands; both are the proof',
  'bad-signature': 'the signature is not that of this text; anybody can write one, so it accuses nobody',
  'unknown-key': 'the key is none of this instance; anybody can bring one, so it accuses nobody',
  replayed: 'the same signed vote came again; anybody can repeat one, so it accuses nobody',
  quarantined: 'its voter signed two different votes in this incident',
}
