import type { Severity, SourceSeverity } from '../../protocol/domain.ts'

const SEVERITY: Record<SourceSeverity, Severity> = {
  critical: 'SEV-1',
  error: 'SEV-2',
  warning: 'SEV-3',
  info: 'SEV-4',
}

/** The incident's severity as its first alert's source has it. People lower it, alerts only raise it. */
export function severityOf(source: SourceSeverity): Severity {
  return SEVERITY[source]
}

/** The nearest source severity of a declared incident, which no source has judged. */
export function sourceSeverityOf(severity: Severity): SourceSeverity {
  if (severity === 'SEV-1') return 'critical'
  if (severity === 'SEV-2') return 'error'
  return severity === 'SEV-3' ? 'warning' : 'info'
}
