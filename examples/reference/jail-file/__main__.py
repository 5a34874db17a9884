import pulumi_chroot as chroot

chroot.JailFile("configuration",
    jail={
        "connection": {
            "host": "ns1.example.com",
        },
        "root": "/chroot/named",
    },
    path="etc/named.conf",
    content="options { directory \"/conf\"; };",
    validate=[
        "named-checkconf",
        "{file}",
    ],
    reason="named reads its configuration after it has changed its root")
