/** What a host tells of itself before something is written there that starts a daemon. */
export interface LaunchHost {
  /** What it has not that the script form needs, as sentences; none where all is there. Raw: `showRemote` before it is printed. */
  readonly lacks: readonly string[];
  /** Whether its PID 1 is systemd, and systemctl is there. */
  readonly systemd: boolean;
  /** Numbers of the groups that the host's own database has the daemon's user in, beside its primary one. */
  readonly memberOf: readonly number[];
}
