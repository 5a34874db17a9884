package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewWrapper(ctx, "start", &chroot.WrapperArgs{
			Jail: &chroot.JailReferenceArgs{
				Connection: &chroot.ConnectionArgs{
					Host: pulumi.String("ns1.example.com"),
				},
				Root: pulumi.String("/chroot/app"),
			},
			Path: pulumi.String("/usr/local/sbin/start-app"),
			Command: pulumi.StringArray{
				pulumi.String("/bin/app"),
				pulumi.String("--foreground"),
			},
			Reason: pulumi.String("the unit starts the daemon by this command"),
		})
		return err
	})
}
