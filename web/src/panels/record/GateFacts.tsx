import type { GateVerdict } from '../../../../durable/protocol/domain.ts'
import { list } from '../../format/figures.ts'

/** The gate asks for two kinds from two sources, one of them observed now (SPEC CN6). */
const KINDS_NEEDED = 2
const SOURCES_NEEDED = 2
const NOW_NEEDED = 1

/** Kinds, sources and what was seen now, each beside what is needed. */
export function GateFacts(props: { gate: GateVerdict }) {
  return (
    <dl class="pairs wide-terms">
      <dt>Kinds</dt>
      <dd>
        <b>{props.gate.kinds.length}</b>, needs {KINDS_NEEDED}
        {props.gate.kinds.length === 0 ? '' : `: ${list(props.gate.kinds)}`}
      </dd>
      <dt>Sources</dt>
      <dd>
        <b>{props.gate.sources.length}</b>, needs {SOURCES_NEEDED}
        {props.gate.sources.length === 0 ? '' : `: ${list(props.gate.sources)}`}
      </dd>
      <dt>Now</dt>
      <dd>
        <b>{props.gate.observedNow.length}</b> seen now on target or path, needs {NOW_NEEDED}
      </dd>
      <dt>Tainted</dt>
      <dd>
        <b>{props.gate.notCounted.filter((item) => item.why === 'tainted').length}</b> cited; tainted text counts zero
      </dd>
    </dl>
  )
}
