package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewJail(ctx, "named", &chroot.JailArgs{
			Connection: &chroot.ConnectionArgs{
				Host: pulumi.String("ns1.example.com"),
			},
			Root:  pulumi.String("/chroot/named"),
			User:  pulumi.String("bind"),
			Group: pulumi.String("bind"),
			Baseline: &chroot.BaselineArgs{
				Owner:         pulumi.String("root"),
				Group:         pulumi.String("bind"),
				FileMode:      pulumi.String("u=rw,g=r,o="),
				DirectoryMode: pulumi.String("u=rwx,g=rx,o="),
			},
			Directories: pulumi.StringMap{
				"etc": pulumi.String("named reads named.conf here after it has changed its root"),
			},
		})
		return err
	})
}
