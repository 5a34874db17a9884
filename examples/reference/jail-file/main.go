package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewJailFile(ctx, "configuration", &chroot.JailFileArgs{
			Jail: &chroot.JailReferenceArgs{
				Connection: &chroot.ConnectionArgs{
					Host: pulumi.String("ns1.example.com"),
				},
				Root: pulumi.String("/chroot/named"),
			},
			Path:    pulumi.String("etc/named.conf"),
			Content: pulumi.String("options { directory \"/conf\"; };"),
			Validate: pulumi.StringArray{
				pulumi.String("named-checkconf"),
				pulumi.String("{file}"),
			},
			Reason: pulumi.String("named reads its configuration after it has changed its root"),
		})
		return err
	})
}
