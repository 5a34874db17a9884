export type Severity = "info" | "warning";

/** Writes a line for people. The line belongs to the resource with that URN; "" stands for no resource. */
export type Log = (urn: string, severity: Severity, message: string) => Promise<void>;
