/** Limits of the words on the wire. Every other limit stands beside what it limits. SPEC: LM. */

/** A request body, inflated. Larger is 413. Alertmanager's 1,000-alert group is 340 kB (measured). */
export const INGEST_BODY_BYTES_MAX = 5_000_000
/** Alerts in one POST; more are quarantined as a body. 1,000 in a group were seen; ten times that is room to spare. */
export const ALERTS_PER_POST_MAX = 10_000
/** A client's frame on the room's socket. */
export const FRAME_BYTES_MAX = 65_536
/** A client's commands a minute. */
export const COMMANDS_PER_MINUTE_MAX = 100
/** A note's text, in UTF-16 units: four thousand is a long screen. */
export const NOTE_CHARS_MAX = 4_000
export const NOTES_PER_INCIDENT_MAX = 1_000
export const REASON_CHARS_MAX = 500
/** A person's name as it stands in the record. */
export const PERSON_CHARS_MAX = 100
/** A word or an address range that a parameter of an action may be. */
export const PARAMETER_CHARS_MAX = 100
export const TITLE_CHARS_MAX = 200
/** Of one role: experts are called in by the handful. */
export const EXPERTS_MAX = 20
/** Tasks and action items together. */
export const TASKS_PER_INCIDENT_MAX = 200
export const TASK_CHARS_MAX = 500
export const FIELDS_PER_INCIDENT_MAX = 30
export const FIELD_CHARS_MAX = 500
/** People named in a private incident. */
export const NAMED_MAX = 100
/** Alerts that one split takes along. */
export const SPLIT_ALERTS_MAX = 200
/** Calls in one incident: a loop of reopenings must not wake somebody all night. */
export const PAGES_PER_INCIDENT_MAX = 100
/** Matchers of one silence or window, and characters of one: a pattern is read by a machine of its own and stays short. */
export const MATCHERS_MAX = 20
export const MATCHER_NAME_CHARS_MAX = 128
export const MATCHER_VALUE_CHARS_MAX = 256
/** Labels or annotations of one alert; the rest is cut and said so in label `ic_cut`. */
export const LABELS_MAX = 64
export const LABEL_CHARS_MAX = 1_024
/** Alerts a room carries in full; beyond it they are counted, and stay readable in the directory's journal. */
export const ALERTS_PER_ROOM_MAX = 200
/** Evidence a room holds. */
export const EVIDENCE_PER_ROOM_MAX = 400
/** Series frozen into a room for one run of the agents. */
export const SERIES_PER_RUN_MAX = 40
/** Samples of one frozen window: ten minutes at one a second. */
export const SAMPLES_PER_WINDOW_MAX = 600
/** Proposals by the system in one incident before only people may go on. */
export const PROPOSALS_PER_INCIDENT_MAX = 4
/** Void votes kept on one proposal: sixteen for each voter show what happened; more of them say nothing new. */
export const VOID_VOTES_PER_PROPOSAL_MAX = 64
/** Events kept for resuming by delta; further back a client gets a snapshot. */
export const RESUME_EVENTS_MAX = 1_000
/** Server says the beat; clients ping this often. */
export const HEARTBEAT_MS = 25_000
/** What a socket may be sent beyond what its client said it has read; then it waits, and in the end it is closed. */
export const WINDOW_EVENTS_MAX = 256
export const WINDOW_BYTES_MAX = 512_000
/** A client says how far it has read after so many events, so many bytes of them, or so long after the first unsaid one. */
export const ACK_EVENTS = WINDOW_EVENTS_MAX / 2
export const ACK_BYTES = WINDOW_BYTES_MAX / 2
export const ACK_WITHIN_MS = 10_000
