// Command lab-coredns is CoreDNS with the plugins that a cluster without an
// upstream resolver needs, and no others.
package main

import (
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/hosts"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
	_ "github.com/coredns/coredns/plugin/template"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
)

func init() {
	// The order in which a query passes through the plugins, whatever the
	// order in the Corefile.
	dnsserver.Directives = []string{
		"reload", "health", "ready", "errors", "cache", "hosts", "kubernetes", "template",
	}
}

func main() {
	coremain.Run()
}
