package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := chroot.NewJailBundle(ctx, "named", &chroot.JailBundleArgs{
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
			Writable: pulumi.StringMap{
				"var/run": pulumi.String("named writes its PID file here"),
			},
			Rules: chroot.BundleRuleMap{
				"var": &chroot.BundleRuleArgs{
					Match:         pulumi.String("var"),
					DirectoryMode: pulumi.String("u=rwx,g=x,o="),
					Reason:        pulumi.String("only the way to var/run; nobody lists it"),
				},
			},
			Files: chroot.BundleFileMap{
				"named.conf": &chroot.BundleFileArgs{
					Path:    pulumi.String("etc/named.conf"),
					Content: pulumi.String("options { directory \"/conf\"; };"),
					Reason:  pulumi.String("named reads its configuration after it has changed its root"),
				},
			},
		})
		return err
	})
}
