import { weightClasses } from "../plan/difference";
import { type FleetReport, outcomes } from "./fleet-report-v1";
import { between, millisecondsOf } from "./instant";
import { oneLine } from "./words";

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/**
 * A report as metrics for node_exporter's textfile collector: hosts by outcome, differences by host and weight, and the time of the
 * run. A host of which a part was not looked at has no differences, rather than none that differ.
 */
export function prometheusReport({ name, report, started, ended, hosts }: FleetReport): string {
  const run = { fleet: name, report };
  const seen = hosts.filter(({ jails }) => jails.length > 0 && jails.every(isSeen));
  const metrics: Metric[] = [
    {
      name: "pulumi_chroot_hosts",
      help: "Hosts of a fleet by the outcome of the last run.",
      samples: outcomes.map((outcome) => [
        { ...run, outcome },
        hosts.filter((host) => host.outcome === outcome).length,
      ]),
    },
    {
      name: "pulumi_chroot_differences",
      help: "Paths of a host that differed from the declaration in the last run, by weight.",
      // Two stacks may have jails on one host, and a collector refuses a file that has a sample twice.
      samples: seen.flatMap(({ name: host, stack = "", jails }) =>
        weightClasses.map((weight) => {
          const found = jails.flatMap(({ differences }) => differences.filter((one) => one.weight === weight));
          return [{ ...run, stack, host, weight }, found.length] as const;
        }),
      ),
    },
    {
      name: "pulumi_chroot_last_run_timestamp_seconds",
      help: "When the last run ended, in seconds since 1970.",
      samples: [[run, (millisecondsOf(ended) ?? 0) / 1000]],
    },
    {
      name: "pulumi_chroot_last_run_duration_seconds",
      help: "How long the last run took.",
      samples: [[run, (between(started, ended) ?? 0) / 1000]],
    },
  ];
  return metrics.map(metricText).join("");
}

function isSeen({ state }: FleetReport["hosts"][number]["jails"][number]): boolean {
  return state === "drifted" || state === "in-sync";
}

function metricText({ name, help, samples }: Metric): string {
  const lines = samples.map(([labels, value]) => {
    const list = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    return `${name}{${list.join()}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join("")}`;
}

/** A label's value: a collector refuses the whole file for one control character or quote too many. */
function escaped(text: string): string {
  return oneLine(text).replace(/[\\"]/g, (character) => `\\${character}`);
}
