package main

import (
	"github.com/pulumi-chroot/pulumi-chroot/sdk/go/chroot"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		root := valueOr(settings.Get("root"), "/chroot/named")
		user := pulumi.String(valueOr(settings.Get("user"), "bind")) // Debian, Ubuntu; elsewhere: named
		_, err := chroot.NewJailBundle(ctx, "named", &chroot.JailBundleArgs{
			Connection: chroot.ConnectionArgs{
				Host: pulumi.String(settings.Require("host")),
				Port: pulumi.Int(portOr(settings.GetInt("port"), 22)),
			},
			Root:  pulumi.String(root),
			User:  user,
			Group: user,
			// By default root owns every entry, only root can write, and named's group may read.
			Baseline: chroot.BaselineArgs{
				Owner:         pulumi.String("root"),
				Group:         user,
				FileMode:      pulumi.String("u=rw,og=r"),
				DirectoryMode: pulumi.String("u=rwx,og=rx"),
			},
			Directories: pulumi.StringMap{
				"etc":  pulumi.String("named reads named.conf here after it has changed its root"),
				"conf": pulumi.String("zones that this server is the primary of"),
			},
			Writable: pulumi.StringMap{
				"conf/secondaries": pulumi.String("named stores the zones that it transfers from primary servers here"),
				"var/run":          pulumi.String("named writes its PID file here"),
			},
			Adopt: pulumi.Bool(settings.GetBool("adopt")),
			Rules: rules(user),
			Files: files(root, settings.RequireSecret("rndcKey")),
		})
		return err
	})
}

func rules(user pulumi.String) chroot.BundleRuleMap {
	return chroot.BundleRuleMap{
		"secondaries": chroot.BundleRuleArgs{
			Match:    pulumi.String("conf/secondaries/**"),
			Runtime:  pulumi.Bool(true),
			Owner:    user,
			Group:    user,
			FileMode: pulumi.String("ug=r,o="),
			Reason:   pulumi.String("a transferred zone is replaced as a whole, never edited, and is nobody else's business"),
		},
		"var": chroot.BundleRuleArgs{
			Match:         pulumi.String("var"),
			Owner:         pulumi.String("root"),
			Group:         pulumi.String("root"),
			DirectoryMode: pulumi.String("u=rwx,og=x"),
			Reason:        pulumi.String("only the way to var/run; nobody lists it"),
		},
		"run": chroot.BundleRuleArgs{
			Match:         pulumi.String("var/run"),
			DirectoryMode: pulumi.String("ug=rwx,o=rx"),
			Reason:        pulumi.String("anybody may read the PID, to see whether named runs"),
		},
	}
}

func files(root string, rndcKey pulumi.StringOutput) chroot.BundleFileMap {
	// named may write its PID file, so a signal to that PID would be unsafe. Before its first start there is nothing to reload.
	reload := `test ! -e "$0/var/run/named.pid" || exec rndc -k "$0/etc/rndc.key" reload`
	onChange := pulumi.ToStringArray([]string{"sh", "-c", reload, root})
	return chroot.BundleFileMap{
		"rndc.key": chroot.BundleFileArgs{
			Path:    pulumi.String("etc/rndc.key"),
			Content: pulumi.Sprintf("key \"rndc-key\" { algorithm hmac-sha256; secret \"%s\"; };\n", rndcKey),
			Mode:    pulumi.String("u=rw,g=r,o="),
			Reason:  pulumi.String("the key gives control of named, so only its group may read it"),
		},
		"named.conf": chroot.BundleFileArgs{
			Path:     pulumi.String("etc/named.conf"),
			Source:   pulumi.NewFileAsset("../named/named.conf"),
			Validate: pulumi.ToStringArray([]string{"named-checkconf", "-t", "{root}", "{jailFile}"}), // reads rndc.key, which is put in place before
			OnChange: onChange,
			Reason:   pulumi.String("named reads its configuration after it has changed its root"),
		},
		"example.com.zone": chroot.BundleFileArgs{
			Path:     pulumi.String("conf/example.com.zone"),
			Source:   pulumi.NewFileAsset("../named/example.com.zone"),
			Validate: pulumi.ToStringArray([]string{"named-checkzone", "example.com", "{file}"}),
			OnChange: onChange,
			Reason:   pulumi.String("the zone that this server is the primary of"),
		},
	}
}

func valueOr(value, usual string) string {
	if value == "" {
		return usual
	}
	return value
}

func portOr(value, usual int) int {
	if value == 0 {
		return usual
	}
	return value
}
