/** Facts about a host that decide whether a launcher works there. */
export interface LaunchHost {
  /** The tools that a script launcher misses there, as sentences. Raw: `showRemote` before it is printed. */
  readonly lacks: readonly string[];
  /** Whether its PID 1 is systemd, and systemctl is there. */
  readonly systemd: boolean;
  /** Numbers of the daemon user's groups in the host's own database, without its primary one. */
  readonly memberOf: readonly number[];
}
