package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewJailFleet(ctx, "named", &chroot.JailFleetArgs{
			Hosts: chroot.FleetConnectionMap{
				"ns1": &chroot.FleetConnectionArgs{
					Host: pulumi.String("ns1.example.com"),
					Labels: pulumi.Map{
						"site": pulumi.Any("ams"),
					},
				},
				"ns2": &chroot.FleetConnectionArgs{
					Host: pulumi.String("ns2.example.com"),
					Labels: pulumi.Map{
						"site": pulumi.Any("fra"),
					},
				},
				"ns3": &chroot.FleetConnectionArgs{
					Host: pulumi.String("ns3.example.com"),
					Labels: pulumi.Map{
						"site": pulumi.Any("fra"),
					},
				},
			},
			Waves: chroot.FleetWaveArray{
				&chroot.FleetWaveArgs{
					Name:   pulumi.String("canary"),
					Size:   pulumi.Any(1),
					Canary: pulumi.Bool(true),
					Gates: chroot.FleetGateArray{
						&chroot.FleetGateArgs{Dns: &chroot.DnsCheckArgs{Name: pulumi.String("www.example.com")}},
					},
				},
				&chroot.FleetWaveArgs{Name: pulumi.String("rest")},
			},
			Jails: chroot.FleetJailMap{
				"named": &chroot.FleetJailArgs{
					Root:  pulumi.String("/chroot/named"),
					User:  pulumi.String("bind"),
					Group: pulumi.String("bind"),
					Baseline: &chroot.BaselineArgs{
						Owner:         pulumi.String("root"),
						Group:         pulumi.String("bind"),
						FileMode:      pulumi.String("u=rw,g=r,o="),
						DirectoryMode: pulumi.String("u=rwx,g=rx,o="),
					},
					Writable: pulumi.StringMap{
						"var/run": pulumi.String("named writes its PID file here"),
					},
				},
			},
		})
		return err
	})
}
