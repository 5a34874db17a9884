package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewPermissionRule(ctx, "secondaries", &chroot.PermissionRuleArgs{
			Jail: &chroot.JailReferenceArgs{
				Connection: &chroot.ConnectionArgs{
					Host: pulumi.String("ns1.example.com"),
				},
				Root: pulumi.String("/chroot/named"),
			},
			Match:    pulumi.String("conf/secondaries/**"),
			Runtime:  pulumi.Bool(true),
			Owner:    pulumi.String("bind"),
			Group:    pulumi.String("bind"),
			FileMode: pulumi.String("ug=r,o="),
			Reason:   pulumi.String("a transferred zone is replaced as a whole, never edited, and is nobody else's business"),
		})
		return err
	})
}
